from django.urls import path

from meetings.views import attendance, contacts, follow_ups, meetings, missed, performance

app_name = "meetings"

urlpatterns = [
    path("meetings/", meetings.MeetingList.as_view(), name="list"),
    path("meetings/import/", meetings.import_file, name="import"),
    path("meetings/<slug:reference>/", meetings.MeetingDetail.as_view(), name="meeting"),
    path("meetings/<slug:reference>/attendance/", attendance.attendance, name="attendance"),
    path("meetings/<slug:reference>/attendance/<int:position>/", attendance.case, name="attendance_case"),
    path("meetings/<slug:reference>/follow-up/", follow_ups.start, name="follow_up_start"),
    path("follow-ups/", follow_ups.FollowUpList.as_view(), name="follow_ups"),
    path("follow-ups/<slug:reference>/", follow_ups.follow_up, name="follow_up"),
    path("follow-ups/<slug:reference>/send/", follow_ups.send, name="follow_up_send"),
    path("follow-ups/<slug:reference>/answer/", follow_ups.answer, name="follow_up_answer"),
    path("follow-ups/<slug:reference>/explanation/", follow_ups.explain, name="follow_up_explain"),
    path("follow-ups/<slug:reference>/escalate/", follow_ups.escalate, name="follow_up_escalate"),
    path("follow-ups/<slug:reference>/close/", follow_ups.close, name="follow_up_close"),
    path("escalations/", follow_ups.EscalationList.as_view(), name="escalations"),
    path("escalations/<slug:reference>/", follow_ups.escalation, name="escalation"),
    path("contacts/", contacts.contact_list, name="contacts"),
    path("contacts/ask/", contacts.ask_all, name="contacts_ask"),
    path("contacts/<slug:borough>/<slug:agency>/", contacts.ContactEdit.as_view(), name="contact"),
    path("contacts/<slug:borough>/<slug:agency>/end/", contacts.ContactEnd.as_view(), name="contact_end"),
    path("contacts/<slug:borough>/<slug:agency>/ask/", contacts.ask, name="contact_ask"),
    path("c/<str:token>/", contacts.contact_link, name="contact_link"),
    path("performance/", performance.performance, name="performance"),
    path("performance/<str:kpi>/missed/", missed.missed, name="missed"),
    path("performance/<str:kpi>/missed/export/", missed.export, name="missed_export"),
]
