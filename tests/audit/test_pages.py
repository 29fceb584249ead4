"""The audit page: who reads which chain, what it shows, filters, the check and the export."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import edit_details
from accounts.events import note as note_at_the_door
from audit.checkpoints import write_checkpoint
from audit.events import record
from audit.forms import EventFilter
from audit.models import Event, chains_of
from audit.words import ACTIONS, action_in_words
from boards.actions import appoint
from boards.roles import Seat
from tests.boards.helpers import events
from tests.factories import organisation, person


@pytest.fixture(autouse=True)
def outside(settings, tmp_path):
    settings.SIGNING_DIR, settings.CHECKPOINT_DIR = tmp_path / "signing", tmp_path / "checkpoints"
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": tmp_path.name}}  # rate limits


def note(world, slug, name="area.visited", by="auditor", **said) -> None:
    territory = world.territory(slug)
    record(name, territory, by=getattr(world, by), territory=territory, **said)


@pytest.mark.parametrize(
    "who, status",
    [
        ("auditor", 200),
        ("area_administrator", 200),
        ("co_ordinator", 403),
        ("camden_administrator", 403),
        ("camden_business_manager", 403),
        ("smb_chair", 403),
        ("camden_police_spoc", 403),
        ("nobody", 403),
    ],
)
@pytest.mark.parametrize("method, address", [("get", ""), ("get", "export/"), ("post", "check/")])
def test_H1_auditors_and_area_administrators_read_the_trail(world, client, who, status, method, address):
    note(world, "london", reference="LON-1")
    client.force_login(getattr(world, who))
    answer = getattr(client, method)(f"/audit/{address}")
    assert answer.status_code == status
    assert ("LON-1" in answer.text) == (status == 200 and address != "check/")


def test_T6_nobody_reads_the_chains_of_others(world, client):
    """By the body in which the seat is: a unit's with its boroughs', an area board's of the area alone."""
    Kind = world.organisation("london-smb").Kind
    wakefield = organisation(
        "Wakefield Police", world.territory("west-yorkshire"), Kind.AGENCY, agency_type="POL"
    )
    for name, where, boroughs in [
        ("camden_auditor", world.organisation("camden-mappa-unit"), ()),
        ("smb_auditor", world.organisation("london-smb"), ()),
        ("hackney_only", world.organisation("london-mappa-executive-office"), [world.territory("hackney")]),
        ("police_auditor", wakefield, ()),
        ("board_auditor", world.organisation("camden-lscb"), ()),
    ]:
        person(name, where, Seat.AUDITOR, boroughs)
    everywhere = ["london", "camden", "hackney", "islington", "west-yorkshire", "leeds", "portal"]
    for slug in everywhere:
        note(world, slug, reference=f"from-{slug}")
    for who, expected in {
        "auditor": {"london", "camden", "hackney", "islington"},
        "camden_auditor": {"camden"},
        "smb_auditor": {"london"},
        "hackney_only": {"london", "hackney"},
        "police_auditor": set(),
        "board_auditor": set(),
    }.items():
        user = getattr(world, who)
        assert {world.territory(slug).pk for slug in expected} == chains_of(user), who
        client.force_login(user)
        page, export = client.get("/audit/").text, client.get("/audit/export/").text
        for slug in everywhere:
            assert (f"from-{slug}" in page) == (f"from-{slug}" in export) == (slug in expected), (who, slug)


def test_the_page_says_who_did_what_before_and_after(world, client):
    office = world.organisation("london-mappa-executive-office")
    values = {"before": {"notice_days": 14}, "after": {"notice_days": 21, "odd": [1, "two"]}}
    note(world, "london", "settings.changed", "area_administrator", organisation=office, **values)
    note(world, "london", "plan.written_off", reference="LON-P-1", reason="Asked by the board")
    record(
        "user.edited", world.nobody, by=None, territory=world.territory("london"), after={"phone": "020 7946"}
    )
    client.force_login(world.auditor)
    page = client.get("/audit/").text
    for text in (
        "Changed how the area works",
        "Area Administrator",
        "Notice days: ",
        ">14</del>",
        ">21</ins>",
        "1, two",
        "Plan written off",  # a name that nobody put into words
        "Asked by the board",
        "The portal",
        "Phone number: changed",
        "Chain intact",
    ):
        assert text in page, text
    assert "020 7946" not in page
    assert "020 7946" not in client.get("/audit/export/").text


def test_an_auditor_reads_who_signed_in_of_the_area_and_nobody_else_does(world, client):
    note_at_the_door("user.signed_in", world.camden_administrator, by=world.camden_administrator)
    note_at_the_door("user.sign_in_failed", world.hackney_board_chair, reason="password")
    note_at_the_door("user.signed_in", world.leeds_smb_chair, by=world.leeds_smb_chair)
    note_at_the_door("user.sign_in_failed", None)
    person("camden_auditor", world.organisation("camden-mappa-unit"), Seat.AUDITOR)
    client.force_login(world.auditor)
    page = client.get("/audit/").text
    assert "Signed in" in page and "Camden Administrator" in page
    assert ">Failed to sign in<" in page and "Hackney Board Chair" in page and "Leeds" not in page
    client.force_login(world.camden_auditor)
    assert "0 events for these filters" in client.get("/audit/").text


def test_values_about_a_person_stay_in_the_portals_chain(world):
    edit_details(world.camden_administrator, phone="020 7946 0999")
    assert [event.territory.slug for event in events("user.edited")] == ["portal"]


def test_values_read_as_on_the_page_that_they_come_from(world, client):
    admin, camden = world.area_administrator, world.territory("camden")
    police, today = world.organisation("metropolitan-police"), date(2026, 11, 22)
    made = appoint(police, user=world.nobody, seat=Seat.SPOC, starts_on=today, boroughs=[camden], by=admin)
    client.force_login(world.auditor)
    page = client.get("/audit/").text
    for text in (
        "Seat: Single point of contact",
        "Starts on: 22 November 2026",
        "Boroughs: Camden",
        "Nobody, Single point of contact, Metropolitan Police",
    ):
        assert text in page, text
    assert "Ends on" not in page and "Job title" not in page
    history = client.get(f"/admin/area/london/people/{made.reference}/").text
    assert "Seat: Single point of contact" in history and "Ends on" not in history


def test_a_value_that_went_is_struck_out(world, client):
    note(
        world,
        "london",
        "settings.changed",
        before={"board_term": "LSCB", "gone": "2026-01-31"},
        after={"board_term": "LSCP"},
    )
    client.force_login(world.auditor)
    page = client.get("/audit/").text
    assert ">31 January 2026</del>" in page and ">None</ins>" in page


def test_events_of_the_code_are_put_into_words():
    assert action_in_words("version.came_into_force") == ACTIONS["version.came_into_force"]
    assert action_in_words("plan.written_off") == "Plan written off"


def test_filters(world, client):
    note(world, "london", reference="LON-P-2026-001 version 2")
    note(world, "camden", "settings.changed", "area_administrator", reference="CMD")
    client.force_login(world.auditor)
    today = timezone.localdate()

    def shown(**query) -> set[str]:
        page = client.get("/audit/", query).context["page"]
        return {event.reference for event in page}

    first, second = "LON-P-2026-001 version 2", "CMD"
    assert shown() == {first, second}
    assert shown(reference="lon-p-2026-001") == {first}
    assert shown(person="administrator") == {second}
    assert shown(action="settings.changed") == {second}
    assert shown(**day("since", today), **day("until", today)) == {first, second}
    assert shown(**day("since", today + timedelta(days=1))) == set()
    assert "0 events for these filters." in client.get("/audit/", {"person": "nobody at all"}).text

    for query, error in [
        ({"since_day": "31", "since_month": "2", "since_year": "2026"}, "From must be a real date"),
        ({"since_day": "3"}, "From must include a month and year"),
        (day("since", today) | day("until", today - timedelta(days=1)), "To must be the same as or after"),
        ({"action": "nothing"}, "Select action from the list"),
    ]:
        page = client.get("/audit/", query).text
        assert error in page and "There is a problem" in page and "Area visited" not in page


def day(name: str, value) -> dict:
    return {f"{name}_{part}": str(getattr(value, part)) for part in ("day", "month", "year")}


@pytest.mark.parametrize(
    "until, end",
    [
        (date(2026, 3, 28), datetime(2026, 3, 29, 0, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 23, tzinfo=UTC)),  # 23 hours long
        (date(2026, 10, 24), datetime(2026, 10, 24, 23, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 26, 0, tzinfo=UTC)),  # 25 hours long
    ],
)
def test_C3_a_day_of_the_trail_ends_at_midnight_in_london(until, end):
    narrowed = EventFilter(day("until", until)).narrow(Event.objects.all())
    [before] = [condition.rhs for condition in narrowed.query.where.children]
    assert before == end


def test_pages_follow_each_other_and_cost_the_same(world, client):
    client.force_login(world.auditor)
    note(world, "london", after={"n": 0})
    with CaptureQueriesContext(connection) as few:
        client.get("/audit/")
    for number in range(1, 55):
        note(world, "london", reference=f"number-{number:02}", after={"n": number})
    with CaptureQueriesContext(connection) as many:
        first = client.get("/audit/")
    assert len(many) <= len(few)
    assert "number-54" in first.text and "number-04" not in first.text
    second = client.get(f"/audit/{first.context['page'].next_url}").text
    assert "number-04" in second and "number-54" not in second


def test_X1_the_export_is_recorded_and_holds_what_the_page_shows(world, client):
    note(world, "london", "settings.changed", reference="=1+1", before={"a": 1}, after={"a": 2})
    note(world, "camden", reason="-danger")
    client.force_login(world.auditor)
    answer = client.get("/audit/export/", {"action": "settings.changed"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (rows[0][0], rows[0][-1], rows[1][-1]) == ("Time (UTC)", "Marking", "OFFICIAL-SENSITIVE")
    [only] = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert only["Record"] == "'=1+1" and only["Person"] == "Auditor" and only["Number"] == "1"
    assert (only["Before"], only["After"]) == ('{"a": 1}', '{"a": 2}')
    assert only["Hash"] == Event.objects.get(name="settings.changed").hash
    assert answer["Content-Disposition"].startswith("attachment")

    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    recorded = Event.objects.get(name="audit.exported")
    assert (recorded.territory.slug, recorded.actor) == ("london", world.auditor)
    assert recorded.reason == "1 event, CSV; action settings.changed"


def test_the_whole_chain_is_checked_on_request(world, client):
    note(world, "camden")
    client.force_login(world.auditor)
    page = client.post("/audit/check/").text
    assert "The chain is intact" in page and "There is no checkpoint yet" in page
    write_checkpoint(timezone.now())
    assert "Last checkpoint: " in client.post("/audit/check/").text
    assert client.get("/audit/check/").status_code == 405
    for _ in range(3):
        client.post("/audit/check/")
    assert client.post("/audit/check/").status_code == 429
