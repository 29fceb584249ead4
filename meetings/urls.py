from django.urls import path

from meetings.views import attendance, meetings, performance

app_name = "meetings"

urlpatterns = [
    path("meetings/", meetings.MeetingList.as_view(), name="list"),
    path("meetings/import/", meetings.import_file, name="import"),
    path("meetings/<slug:reference>/", meetings.MeetingDetail.as_view(), name="meeting"),
    path("meetings/<slug:reference>/attendance/", attendance.attendance, name="attendance"),
    path("meetings/<slug:reference>/attendance/<int:position>/", attendance.case, name="attendance_case"),
    path("performance/", performance.performance, name="performance"),
    path("performance/<str:kpi>/missed/", performance.missed, name="missed"),
]
