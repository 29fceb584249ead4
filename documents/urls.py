from django.urls import path

from documents import views

app_name = "documents"
urlpatterns = [
    path("", views.start, name="verify_start"),
    path("authority.pem", views.certificates, name="certificates"),
    path("<str:code>/", views.check, name="verify"),
]
