from django.urls import path

from documents import views

app_name = "documents"
urlpatterns = [
    path("", views.start, name="verify_start"),
    path("<str:code>/", views.check, name="verify"),
]
