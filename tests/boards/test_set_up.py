"""Area set-up: who may see and change it, and what a change does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.models import User
from audit.models import Event
from boards import actions
from boards.access import seats_of
from boards.models import Appointment, ApprovingBody, AreaSettings, Organisation
from boards.roles import Seat
from boards.scope import everywhere, scope
from mappa_portal.exceptions import Conflict, StaleEdit
from outbox.models import Message

OFFICE = "london-mappa-executive-office"
UNIT = "camden-mappa-unit"
READ = [
    "/admin/area/london/",
    "/admin/area/london/settings/reviews/",
    "/admin/area/london/settings/escalation/",
    "/admin/area/london/approving-bodies/",
    "/admin/area/london/boroughs/",
    "/admin/area/london/organisations/",
    f"/admin/area/london/organisations/{UNIT}/",
    "/admin/area/london/people/",
]
CHANGE = [
    "/admin/area/london/add-organisation/",
    f"/admin/area/london/organisations/{UNIT}/rename/",
    f"/admin/area/london/organisations/{UNIT}/coverage/",
    f"/admin/area/london/organisations/{UNIT}/appoint/",
    "/admin/area/london/organisations/metropolitan-police/grades/",
]
WHO = [  # reading, changing
    ("area_administrator", 200, 200),
    ("auditor", 200, 403),
    ("co_ordinator", 403, 403),
    ("camden_administrator", 403, 403),
    ("smb_chair", 403, 403),
    ("leeds_co_ordinator", 404, 404),
    ("nobody", 404, 404),
]


@pytest.fixture
def settings_of_london(world):
    return AreaSettings.objects.get(territory__slug="london")


@pytest.fixture
def administrator(world):
    return world.area_administrator


def appointment(world, who: str) -> Appointment:
    return Appointment.objects.select_related("organisation__territory").get(user=getattr(world, who))


def events(name: str) -> list[Event]:
    """Leaving a scope forges the links of what was recorded in it."""
    named = everywhere()
    with scope(named.territories, named.areas):
        return list(Event.objects.filter(name=name))


@pytest.mark.parametrize(("who", "reading", "changing"), WHO)
def test_who_opens_which_page(world, client, who, reading, changing):
    client.force_login(getattr(world, who))
    one = appointment(world, "camden_administrator").reference
    pages = [(url, reading) for url in READ] + [(url, changing) for url in CHANGE]
    pages += [(f"/admin/area/london/people/{one}/", reading)]
    pages += [(f"/admin/area/london/people/{one}/{verb}/", changing) for verb in ("change", "end")]
    found = {url: client.get(url).status_code for url, _ in pages}
    assert found == dict(pages)


def test_an_auditor_reads_and_changes_nothing(world, client, settings_of_london):
    client.force_login(world.auditor)
    page = client.get("/admin/area/london/settings/meetings/").content.decode()
    assert "Days of notice" in page and '<button class="govuk-button" data-module' not in page
    sent = {"revision": 1, "notice_days": 21, "level2_grade": 2, "level3_grade": 3}
    assert client.post("/admin/area/london/settings/meetings/", sent).status_code == 403
    settings_of_london.refresh_from_db()
    assert settings_of_london.notice_days == 14


def test_settings_that_wait_for_meetings_or_returns_say_so(world, client):
    client.force_login(world.area_administrator)
    page = client.get("/admin/area/london/").content.decode()
    assert page.count("Used when meetings start") == 3 and page.count("Used when data returns start") == 1
    assert "Used when meetings start" in client.get("/admin/area/london/settings/levels/").content.decode()
    assert "Used when" not in client.get("/admin/area/london/settings/reviews/").content.decode()


SETTINGS = [
    (
        "meetings",
        {"notice_days": "0", "level2_grade": 2, "level3_grade": 3},
        "Notice must be between 1 and 60 days",
    ),
    (
        "meetings",
        {"notice_days": "61", "level2_grade": 2, "level3_grade": 3},
        "Notice must be between 1 and 60 days",
    ),
    ("figures", {"suppression_threshold": "4"}, "Smallest count shown must be 5 or more"),
    (
        "reviews",
        {"first_review_months": "a year", "review_months": 24, "review_anchor": "due"},
        "a whole number",
    ),
    (
        "levels",
        {"level1_review_months": 4, "level2_review_days": 0, "level3_review_days": 56},
        "must be 1 or more",
    ),
    ("escalation", {"step_1": 2, "step_2": "", "step_3": 10}, "Enter step 2"),
]


@pytest.mark.parametrize(("group", "sent", "error"), SETTINGS)
def test_settings_out_of_range_are_refused_with_the_input_kept(world, client, group, sent, error):
    client.force_login(world.area_administrator)
    response = client.post(f"/admin/area/london/settings/{group}/", {"revision": 1, **sent})
    assert response.status_code == 200
    assert error.lower() in response.content.decode().lower()
    assert AreaSettings.objects.get(territory__slug="london").revision == 1


def test_C2_a_stale_save_is_refused_with_both_versions_and_the_second_try_holds(
    world, client, settings_of_london
):
    actions.change_settings(settings_of_london, revision=1, by=world.area_administrator, notice_days=20)
    client.force_login(world.area_administrator)
    sent = {"revision": 1, "notice_days": 30, "level2_grade": 2, "level3_grade": 3}
    response = client.post("/admin/area/london/settings/meetings/", sent)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Area Administrator changed this at" in page and "Check their change, then save yours" in page
    assert ">20<" in page and ">30<" in page

    response = client.post("/admin/area/london/settings/meetings/", {**sent, "revision": 2})
    assert response.status_code == 302
    settings_of_london.refresh_from_db()
    assert (settings_of_london.notice_days, settings_of_london.revision) == (30, 3)


def test_C2_of_many_saves_at_once_one_holds(committed):
    administrator = committed.area_administrator

    def save(days: int) -> bool:
        try:
            with committed.scope():
                settings = AreaSettings.objects.get(territory__slug="london")
                actions.change_settings(settings, revision=1, by=administrator, notice_days=days)
            return True
        except StaleEdit:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        held = list(threads.map(save, range(20, 40)))
    assert held.count(True) == 1
    with committed.scope():
        after = AreaSettings.objects.get(territory__slug="london")
        assert (after.revision, after.notice_days) == (2, 20 + held.index(True))


def test_a_change_is_in_the_history_with_before_and_after(world, client, settings_of_london):
    with world.acting(world.area_administrator):
        actions.change_settings(settings_of_london, revision=1, by=world.area_administrator, notice_days=21)
    (event,) = events("settings.changed")
    change = event.changes.get()
    assert (change.before, change.after) == ({"notice_days": 14}, {"notice_days": 21})
    client.force_login(world.auditor)
    page = client.get("/admin/area/london/").content.decode()
    assert "Days of notice" in page and "by Area Administrator" in page


def test_the_threshold_only_rises(world, settings_of_london, administrator):
    actions.change_settings(settings_of_london, revision=1, by=administrator, suppression_threshold=10)
    with pytest.raises(ValidationError, match="10 or more"):
        actions.change_settings(settings_of_london, revision=2, by=administrator, suppression_threshold=5)


def test_approving_bodies_change_order_and_keep_what_they_see(world, client, settings_of_london):
    client.force_login(world.area_administrator)
    sent = {
        "revision": 1,
        "place_london-smb": 1,
        "sees_london-smb": "whole",
        "place_london-scb": 2,
        "sees_london-scb": "whole",
        "place_london-lscb-chairs": "",
        "sees_london-lscb-chairs": "whole",
    }
    assert client.post("/admin/area/london/approving-bodies/", sent).status_code == 302
    order = ApprovingBody.objects.values_list("organisation__slug", "position", "sees").order_by("position")
    assert list(order) == [("london-smb", 1, "whole"), ("london-scb", 2, "whole")]
    again = client.post(
        "/admin/area/london/approving-bodies/", {**sent, "revision": 2, "place_london-smb": 2}
    )
    assert "Give each body that approves a place of its own" in again.content.decode()
    with pytest.raises(ValidationError, match="not a board of the whole area"):
        foreign = [(world.organisation("west-yorkshire-smb"), "whole")]
        actions.set_approving_bodies(
            settings_of_london, bodies=foreign, revision=2, by=world.area_administrator
        )


# -- Organisations --


def add(world, **values):
    settings = AreaSettings.objects.get(territory__slug="london")
    return actions.add_organisation(settings, by=world.area_administrator, **values)


def test_an_organisation_stands_in_its_only_borough_else_in_the_area(world):
    camden, hackney = world.territory("camden"), world.territory("hackney")
    one = add(world, kind="agency", agency_type="HSG", name="Camden Housing", boroughs=[camden])
    two = add(world, kind="agency", agency_type="HPR", name="North Trust", boroughs=[camden, hackney])
    assert (one.territory, two.territory.slug) == (camden, "london")
    assert set(two.boroughs.all()) == {camden, hackney}
    assert [event.territory.slug for event in events("organisation.added")] == ["london", "london"]


REFUSED = [
    ({"kind": "smb", "name": "Second SMB"}, [], "has its Strategic Management Board"),
    ({"kind": "board", "name": "Second board"}, ["camden"], "has a safeguarding board already"),
    ({"kind": "unit", "name": "Second unit"}, ["camden"], "has a MAPPA unit already"),
    ({"kind": "unit", "name": "Wide unit"}, ["camden", "hackney"], "Select one borough"),
    ({"kind": "agency", "agency_type": "HSG", "name": "Nowhere"}, [], "Select at least one borough"),
    ({"kind": "agency", "agency_type": "HSG", "name": "Abroad"}, ["leeds"], "Select boroughs of London"),
    (
        {"kind": "agency", "agency_type": "HSG", "name": "metropolitan police"},
        ["camden"],
        "of this name already",
    ),
    ({"kind": "regional_board", "name": "Region"}, ["camden"], "select no boroughs"),
]


@pytest.mark.parametrize(("values", "boroughs", "error"), REFUSED)
def test_organisations_that_cannot_be(world, values, boroughs, error):
    with pytest.raises(ValidationError, match=error):
        add(world, **values, boroughs=[world.territory(slug) for slug in boroughs])


def test_renaming_keeps_the_old_name_for_the_old_days(world, administrator):
    board, today = world.organisation("camden-lscb"), localdate()
    actions.rename(board, name="Camden Partnership", since=today, by=administrator)
    actions.rename(board, name="Camden Partnership", since=today, by=administrator)
    board = world.organisation("camden-lscb")
    assert board.name == board.name_on(today) == "Camden Partnership"
    assert board.name_on(today - timedelta(days=1)) == "Camden LSCB"
    assert len(events("organisation.renamed")) == 1
    for since, error in ((today, "must be after"), (today + timedelta(days=1), "today or in the past")):
        with pytest.raises(ValidationError, match=error):
            actions.rename(board, name="Other", since=since, by=administrator)


def test_A6_coverage_taken_away_opens_nothing_with_the_next_request(world, client):
    police, camden = world.organisation("metropolitan-police"), world.territory("camden")
    rest = [b for b in police.boroughs.all() if b != camden]
    assert seats_of(world.camden_police_spoc)[0].boroughs == {camden.pk}
    actions.cover(police, boroughs=rest, revision=1, by=world.area_administrator)
    assert seats_of(world.camden_police_spoc)[0].boroughs == set()
    with pytest.raises(StaleEdit):
        actions.cover(police, boroughs=[camden], revision=1, by=world.area_administrator)
    with pytest.raises(Conflict, match="looks across the area"):
        actions.cover(
            world.organisation("london-smb"), boroughs=[camden], revision=1, by=world.area_administrator
        )


# -- People --


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
        ("appointment", "new@example.org"),
    ]
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


def test_no_organisation_matches(world, client):
    client.force_login(world.auditor)
    page = client.get("/admin/area/london/organisations/?q=zzz").content.decode()
    assert "No organisation matches these filters." in page
