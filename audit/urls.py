from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [
    path("", views.event_list, name="list"),
    path("check/", views.check, name="check"),
    path("export/", views.export, name="export"),
]
