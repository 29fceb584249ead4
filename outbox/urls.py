from django.urls import path

from outbox import views

app_name = "outbox"
urlpatterns = [
    path("", views.message_list, name="list"),
    path("jobs/", views.job_list, name="jobs"),
    path("jobs/<uuid:reference>/try-again/", views.try_again, name="try_again"),
    path("jobs/<uuid:reference>/close/", views.close, name="close"),
    path("<uuid:reference>/", views.message_detail, name="message"),
    path("<uuid:reference>/resend/", views.resend, name="resend"),
]
