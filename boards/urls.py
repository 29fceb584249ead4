from django.urls import path

from boards import views
from boards.views import organisations, people, settings
from boards.views.switcher import switch

app_name = "boards"
AREA = "admin/area/<slug:area>/"
ORGANISATION = f"{AREA}organisations/<slug:slug>/"
PERSON = f"{AREA}people/<uuid:reference>/"

urlpatterns = [
    path("boards/", views.board_list, name="board_list"),
    path("boroughs/", views.borough_list, name="borough_list"),
    path("boards/<slug:slug>/", views.board, name="board"),
    path("boroughs/switch/", switch, name="switch"),
    path("boroughs/<slug:slug>/", views.borough, name="borough"),
    path("admin/area/", settings.choose_area, name="area"),
    path(AREA, settings.AreaSetUp.as_view(), name="set_up"),
    path(f"{AREA}settings/<slug:group>/", settings.SettingsEdit.as_view(), name="settings"),
    path(f"{AREA}approving-bodies/", settings.ApprovingBodies.as_view(), name="approving_bodies"),
    path(f"{AREA}boroughs/", organisations.BoroughList.as_view(), name="boroughs"),
    path(f"{AREA}organisations/", organisations.OrganisationList.as_view(), name="organisations"),
    path(f"{AREA}add-organisation/", organisations.OrganisationAdd.as_view(), name="organisation_add"),
    path(ORGANISATION, organisations.OrganisationDetail.as_view(), name="organisation"),
    path(f"{ORGANISATION}rename/", organisations.OrganisationRename.as_view(), name="rename"),
    path(f"{ORGANISATION}coverage/", organisations.OrganisationCover.as_view(), name="coverage"),
    path(f"{ORGANISATION}grades/", organisations.OrganisationGrades.as_view(), name="grades"),
    path(f"{ORGANISATION}reach/", organisations.OrganisationReach.as_view(), name="reach"),
    path(f"{ORGANISATION}appoint/", people.Appoint.as_view(), name="appoint"),
    path(f"{AREA}people/", people.PeopleList.as_view(), name="people"),
    path(f"{AREA}people/confirm/", people.confirm, name="confirm"),
    path(PERSON, people.AppointmentDetail.as_view(), name="appointment"),
    path(f"{PERSON}change/", people.AppointmentChange.as_view(), name="appointment_change"),
    path(f"{PERSON}end/", people.AppointmentEnd.as_view(), name="appointment_end"),
    path(f"{PERSON}withdraw/", people.withdraw, name="appointment_withdraw"),
    path(f"{PERSON}account/", people.account, name="appointment_account"),
]
