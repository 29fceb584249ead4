"""People and their seats: appointed, changed, confirmed, ended."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.models import User
from boards import actions
from boards.access import seats_of
from boards.models import Appointment, AreaSettings, Organisation
from boards.roles import Seat
from mappa_portal.exceptions import Conflict, StaleEdit
from outbox.models import Message
from tests.boards.helpers import UNIT, appointment, events


def post_appointment(client, slug: str = "camden-children-s-services", **values):
    slug = Organisation.objects.get(name="Camden Children's Services").slug if "children" in slug else slug
    first, confirm = localdate(), localdate() + timedelta(days=180)
    sent = {"email": "new@example.org", "name": "New Person", "seat": "spoc", "job_title": "", **values}
    for name, day in (("starts_on", first), ("confirm_by", confirm)):
        sent |= {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}
    return client.post(f"/admin/area/london/organisations/{slug}/appoint/", sent)


def test_appointing_makes_an_account_and_an_invitation_only_for_who_has_none(world, client):
    client.force_login(world.area_administrator)
    assert post_appointment(client).status_code == 302
    new = Appointment.objects.get(user__email="new@example.org")
    assert (new.seat, new.user.name, new.user.has_usable_password()) == ("spoc", "New Person", False)
    assert post_appointment(client, email="CAMDEN_BOARD_CHAIR@example.org").status_code == 302
    assert User.objects.filter(email__iexact="camden_board_chair@example.org").count() == 1
    kinds = sorted(Message.objects.values_list("kind", "to_email"))
    assert kinds == [
        ("account_invitation", "new@example.org"),
        ("appointment", "camden_board_chair@example.org"),
    ]
    invitation = Message.objects.get(kind="account_invitation").text
    assert "Your seat: Single point of contact, Camden Children's Services" in invitation
    again = post_appointment(client)
    assert again.status_code == 200 and "already holds this seat" in again.content.decode()


@pytest.mark.parametrize(
    ("where", "seat", "error"),
    [
        (UNIT, Seat.AREA_ADMINISTRATOR, "Select a seat that"),  # a borough's unit never sets up the area
        ("camden-lscb", Seat.SPOC, "Select a seat that"),
        ("camden-lscb", Seat.SUBSTITUTE, "must be different people"),
    ],
)
def test_seats_that_cannot_be_given(world, administrator, where, seat, error):
    user = world.camden_business_manager
    board, today = world.organisation("camden-lscb"), localdate()
    actions.appoint(board, user=user, seat=Seat.REPRESENTATIVE, starts_on=today, by=administrator)
    with pytest.raises(ValidationError, match=error):
        actions.appoint(world.organisation(where), user=user, seat=seat, starts_on=today, by=administrator)


def test_representative_and_substitute_are_different_people_on_every_day(world, administrator):
    board, user, today = world.organisation("camden-lscb"), world.camden_business_manager, localdate()
    later = today + timedelta(days=30)
    first = actions.appoint(board, user=user, seat=Seat.SUBSTITUTE, starts_on=later, by=administrator)
    for day in (today, later):
        with pytest.raises(ValidationError, match="must be different people"):
            actions.appoint(board, user=user, seat=Seat.REPRESENTATIVE, starts_on=day, by=administrator)
    actions.end_appointment(first, last_day=later, by=administrator)
    day = later + timedelta(days=1)
    actions.appoint(board, user=user, seat=Seat.REPRESENTATIVE, starts_on=day, by=administrator)


def test_nobody_else_appoints(world):
    for who in ("auditor", "camden_administrator", "leeds_co_ordinator"):
        with pytest.raises(PermissionDenied):
            actions.appoint(
                world.organisation(UNIT),
                user=world.nobody,
                seat=Seat.ADMINISTRATOR,
                starts_on=localdate(),
                by=getattr(world, who),
            )


def test_A6_an_appointment_that_ended_yesterday_opens_nothing_today(world, client):
    one = appointment(world, "camden_administrator")
    client.force_login(world.camden_administrator)
    assert client.get("/boroughs/camden/").status_code == 200
    for last_day, status in ((localdate(), 200), (localdate() - timedelta(days=1), 404)):
        actions.end_appointment(one, last_day=last_day, by=world.area_administrator)
        assert client.get("/boroughs/camden/").status_code == status
    with pytest.raises(Conflict, match="has ended"):
        actions.end_appointment(one, last_day=localdate(), by=world.area_administrator)
    assert len(events("appointment.ended")) == 2


def test_only_a_fresh_appointment_is_taken_back(world, client, administrator):
    client.force_login(administrator)
    fresh = actions.appoint(
        world.organisation(UNIT), user=world.nobody, seat=Seat.CHAIR, starts_on=localdate(), by=administrator
    )
    old = appointment(world, "camden_administrator")
    url = "/admin/area/london/people/{}/withdraw/"
    assert client.post(url.format(old.reference)).status_code == 409
    assert client.post(url.format(fresh.reference)).status_code == 302
    assert list(Appointment.objects.filter(pk__in=[old.pk, fresh.pk])) == [old]
    assert len(events("appointment.withdrawn")) == 1


def test_an_appointment_is_limited_to_covered_boroughs_and_stale_saves_are_refused(world, administrator):
    one = appointment(world, "camden_police_spoc")
    hackney, today = world.territory("hackney"), localdate()
    values = {"job_title": "Sergeant", "confirm_by": today, "by": administrator}
    actions.change_appointment(one, boroughs=[hackney], revision=1, **values)
    assert seats_of(world.camden_police_spoc)[0].boroughs == {hackney.pk}
    with pytest.raises(StaleEdit):
        actions.change_appointment(one, boroughs=[], revision=1, **values)
    with pytest.raises(ValidationError, match="covers"):
        actions.change_appointment(one, boroughs=[world.territory("leeds")], revision=2, **values)


def test_A1_bulk_confirmation_refuses_the_whole_list_for_one_that_is_not_visible(world, client):
    own = [appointment(world, who) for who in ("camden_csc_spoc", "hackney_csc_spoc")]
    foreign = appointment(world, "leeds_csc_spoc")
    client.force_login(world.area_administrator)
    url = reverse("boards:confirm", args=["london"])
    for wrong in (str(foreign.reference), "not-a-reference", "00000000-0000-4000-8000-000000000000"):
        sent = [str(own[0].reference), wrong]
        assert client.post(url, {"appointment": sent}).status_code == 404
        assert not Appointment.objects.filter(confirmed_on__isnull=False).exists()
    sent = [str(one.reference) for one in own]
    assert client.post(url, {"appointment": sent, "filters": "state=overdue"}).url.endswith("?state=overdue")
    assert Appointment.objects.filter(confirmed_on=localdate(), confirm_by__gt=localdate()).count() == 2
    assert "Select at least one person" in client.post(url, {}, follow=True).content.decode()


def test_overdue_confirmations_stand_on_the_home_page_of_who_confirms(world, client):
    Appointment.objects.filter(user=world.camden_csc_spoc).update(confirm_by=localdate() - timedelta(days=1))
    for who, shown in (("area_administrator", True), ("auditor", False), ("camden_administrator", False)):
        client.force_login(getattr(world, who))
        assert ("Confirm 1 appointment in London" in client.get("/").content.decode()) == shown, who


def test_a_second_chair_is_asked_about_and_may_take_the_place_of_the_first(world, client):
    client.force_login(world.area_administrator)
    held = Appointment.objects.filter(organisation__slug="camden-lscb", seat=Seat.CHAIR)
    asked = post_appointment(client, "camden-lscb", seat="chair")
    assert "Should both be chair of Camden LSCB?" in asked.text
    assert "Camden LSCB has a chair: Camden Board Chair, since 1 January 2012." in asked.text
    silent = post_appointment(client, "camden-lscb", seat="chair", confirmed="yes")
    assert "There is a problem" in silent.text and 'name="starts_on_day"' in silent.text
    assert held.count() == 1
    sent = post_appointment(client, "camden-lscb", seat="chair", confirmed="yes", others="end")
    assert sent.status_code == 302
    first, second = held.order_by("starts_on")
    assert first.ends_on == localdate() - timedelta(days=1)
    assert (second.user.email, second.ends_on) == ("new@example.org", None)


def test_both_chairs_stay_when_that_is_wanted(world, client):
    client.force_login(world.area_administrator)
    sent = post_appointment(client, "camden-lscb", seat="chair", confirmed="yes", others="keep")
    assert sent.status_code == 302
    chairs = Appointment.objects.filter(organisation__slug="camden-lscb", seat=Seat.CHAIR)
    assert chairs.filter(ends_on=None).count() == 2


BOTH_PARTIES = [
    (UNIT, "camden_board_chair", "unit", True),
    ("camden-lscb", "camden_mappa_chair", "unit", True),
    ("hackney-lscb", "camden_mappa_chair", "unit", False),  # of another borough
    ("camden-lscb", "smb_chair", "unit", False),  # does not sign there
    ("camden-lscb", "smb_chair", "smb", True),
    ("camden-lscb", "camden_mappa_chair", "smb", False),
]


@pytest.mark.parametrize(("where", "who", "signatory", "warned"), BOTH_PARTIES)
def test_nobody_becomes_chair_of_both_parties_unasked(world, client, where, who, signatory, warned):
    AreaSettings.objects.filter(territory__slug="london").update(mappa_signatory=signatory)
    Appointment.objects.filter(organisation__slug=where, seat=Seat.CHAIR).delete()
    client.force_login(world.area_administrator)
    sent = post_appointment(client, where, seat="chair", email=f"{who}@example.org")
    assert (sent.status_code == 200) == warned
    if warned:
        assert "cannot sign a protocol for both parties" in sent.text
        again = post_appointment(client, where, seat="chair", email=f"{who}@example.org", confirmed="yes")
        assert again.status_code == 302


def test_a_seat_is_ended_at_once(world, client):
    one = appointment(world, "camden_administrator")
    client.force_login(world.area_administrator)
    url = f"/admin/area/london/people/{one.reference}/end/"
    assert "End now" in client.get(url).text
    assert client.post(url, {"now": "yes"}).status_code == 302
    one.refresh_from_db()
    assert one.ends_on == localdate() - timedelta(days=1) and not seats_of(world.camden_administrator)
    Appointment.objects.filter(pk=one.pk).update(starts_on=localdate(), ends_on=None)
    assert "End now" not in client.get(url).text


ACCOUNT = [
    ("invite", "gets a new invitation"),
    ("disable", "is switched off"),
    ("enable", "is switched on again"),
    ("reset", "sets up a new authenticator app"),
    ("promote", None),
]


@pytest.mark.parametrize(("verb", "said"), ACCOUNT)
def test_accounts_are_kept_by_area_administrators_alone(world, client, verb, said):
    one = appointment(world, "camden_administrator").reference
    url = f"/admin/area/london/people/{one}/account/"
    for who, status in (("auditor", 403), ("camden_mappa_chair", 403), ("leeds_co_ordinator", 404)):
        client.force_login(getattr(world, who))
        assert client.post(url, {"verb": verb}).status_code == status
    client.force_login(world.area_administrator)
    response = client.post(url, {"verb": verb}, follow=True)
    assert (response.status_code == 404) if said is None else (said in response.content.decode())


def test_A6_a_disabled_account_opens_nothing_and_nobody_disables_the_own_one(world, client):
    client.force_login(world.area_administrator)
    for who, said in (
        ("area_administrator", "Ask another administrator"),
        ("camden_administrator", "switched off"),
    ):
        one = appointment(world, who).reference
        response = client.post(f"/admin/area/london/people/{one}/account/", {"verb": "disable"}, follow=True)
        assert said in response.content.decode()
    assert world.area_administrator.is_active and not world.camden_administrator.is_active
    client.force_login(world.camden_administrator)
    assert client.get("/boroughs/camden/").status_code == 302


def test_people_are_filtered_by_organisation_seat_and_state(world, client):
    Appointment.objects.filter(user=world.camden_csc_spoc).update(confirm_by=localdate() - timedelta(days=1))
    client.force_login(world.area_administrator)

    def names(query):
        page = client.get(f"/admin/area/london/people/?{query}").context["page"]
        return sorted(held.user.name for held in page)

    assert names("state=overdue") == ["Camden Csc Spoc"]
    assert names(f"organisation={UNIT}&seat=chair") == ["Camden Mappa Chair"]
    Appointment.objects.filter(user=world.hackney_csc_spoc).update(ends_on=localdate() - timedelta(days=1))
    assert names("state=ended") == ["Hackney Csc Spoc"]
    assert not any("Leeds" in name for name in names(""))
