"""Recording attendance by case and agency: who, when, what is written, and two people at once."""

import re
from contextlib import nullcontext

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from mappa_portal.exceptions import Conflict, StaleEdit
from meetings.actions.attendance import record_attendance
from meetings.attendees import Came
from meetings.models import Attendance, Attendee, Meeting
from outbox.jobs import run_jobs
from tests.meetings.conftest import ASC, CSC
from tests.meetings.files import EMPTY

ADDRESS = "/meetings/CMD-M-2024-001/attendance/"


def mark(meeting, outcome: str, *, revision=1, by, **attendee):
    """Every agency the same, its representative and its substitute alike."""
    parts = Attendance.objects.all()
    came = {(part.organisation_id, role): Came(**attendee) for part in parts for role in (False, True)}
    marks = {part.pk: outcome for part in parts}
    return record_attendance(meeting, marks=marks, came=came if attendee else {}, revision=revision, by=by)


OUTCOMES = [
    ("", (None, "", None, False, None)),
    ("attended", (True, "video", 3, False, None)),
    ("substitute", (True, "video", 3, False, None)),
    ("report", (False, "", None, True, None)),
    ("explained", (False, "", None, False, True)),
    ("unexplained", (False, "", None, False, False)),
]


@pytest.mark.parametrize("outcome, stored", OUTCOMES)
def test_an_outcome_is_written_and_reads_back(world, meeting, outcome, stored):
    by = world.camden_administrator
    changed = mark(meeting, outcome, mode="video", grade=3, revision=1, by=by)
    part = Attendance.objects.required().filter(organisation__agency_type="CSC").get()
    assert (part.attended, part.mode, part.grade, part.report, part.explained) == stored
    assert part.outcome.value == outcome
    assert changed.changed == (3 if outcome else 0)
    assert part.substitute == (outcome == "substitute")


def test_who_was_stood_down_is_not_recorded(world, meeting):
    mark(meeting, "attended", grade=3, revision=1, by=world.camden_administrator)
    assert Attendance.objects.get(stood_down=True).attended is None


WHO = [
    ("camden_administrator", None),
    ("camden_mappa_chair", None),
    ("camden_business_manager", PermissionDenied),
]


@pytest.mark.parametrize("who, refused", WHO)
def test_the_mappa_unit_records(world, meeting, who, refused):
    with nullcontext() if refused is None else pytest.raises(refused):
        mark(meeting, "attended", revision=1, by=getattr(world, who))
    assert Attendance.objects.filter(attended=True).exists() == (refused is None)


@pytest.mark.parametrize("status", ["scheduled", "cancelled", "postponed", "abandoned"])
def test_only_of_a_meeting_that_was_held(world, meeting, status):
    Meeting.objects.update(status=status)
    with pytest.raises(Conflict):
        mark(meeting, "attended", revision=1, by=world.camden_administrator)


def test_the_second_try_changes_nothing_and_a_stale_one_is_refused(world, meeting):
    by = world.camden_administrator
    assert mark(meeting, "attended", grade=2, revision=1, by=by).changed == 3
    assert mark(meeting, "attended", grade=2, revision=2, by=by).changed == 0
    with pytest.raises(StaleEdit):
        mark(meeting, "report", revision=1, by=by)


def test_a_change_is_an_event_and_moves_the_figures(world, register, meeting):
    with world.acting(world.camden_administrator):
        mark(meeting, "attended", grade=2, revision=1, by=world.camden_administrator)
    event = Event.objects.get(name="attendance.recorded")
    assert len(event.fields) == 3 + 2  # the cells, and the attendees of two agencies
    assert event.changes.get().after["Camden Adult Social Care, CMD-C-2024-001"] == "Attended"
    assert register.live().completeness.attended == 2
    assert run_jobs() == 1


# -- The page --


def browser_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


OPEN = "Camden Children&#x27;s Services, case 1: select attendance"


@pytest.fixture
def browser(world):
    return browser_of(world.camden_administrator)


def test_the_grid_offers_a_select_a_cell_and_says_who_was_stood_down(browser, meeting):
    page = browser.get(ADDRESS).content.decode()
    assert len(re.findall(rf'<select[^>]*name="(?:{CSC}|{ASC})\.[12]"', page)) == 3
    assert "Stood down" in page and 'aria-label="Camden Adult Social Care, case 2"' in page


SENT = {
    "revision": "1",
    f"{CSC}.1": "attended",
    f"{CSC}.name": "Dana Blake",
    f"{CSC}.grade": "2",
    f"{ASC}.1": "report",
    f"{ASC}.2": "explained",
}


def test_saving_the_grid(browser, meeting):
    page = browser.post(ADDRESS, SENT, follow=True).content.decode()
    assert "Attendance is saved, 3 changed." in page
    outcomes = Attendance.objects.required().order_by("organisation__name", "discussion")
    assert [a.outcome.value for a in outcomes] == ["report", "explained", "attended"]
    assert (Attendee.objects.get().name, Attendee.objects.get().grade) == ("Dana Blake", 2)


def test_cells_left_open_are_named_and_the_others_saved(browser, meeting):
    page = browser.post(ADDRESS, SENT | {f"{CSC}.1": ""}).content.decode()
    assert OPEN in page and f'href="#{CSC}.1"' in page and 'name="revision" value="2"' in page
    [error] = re.findall(rf'<p class="govuk-error-message" id="{CSC}\.1-error">(.*?)</p>', page)
    assert re.sub("<.*?>", "", error) == f"Error: {OPEN}", "the same text at the cell"
    [wrong] = re.findall(r'<select[^>]*aria-invalid="true"[^>]*>', page)
    assert f'id="{CSC}.1"' in wrong and f'aria-describedby="{CSC}.1-error"' in wrong
    assert Attendance.objects.filter(explained=True).exists()


def test_the_grade_of_a_cell_is_its_attendees_and_follows_it(world, meeting):
    by = world.camden_administrator
    mark(meeting, "substitute", name="S", grade=1, by=by)
    part = Attendance.objects.required().first()
    who = {(part.organisation_id, True): Came("S", grade=3)}
    record_attendance(meeting, marks={}, came=who, revision=2, by=by)
    assert Attendance.objects.filter(organisation=part.organisation, attended=True, grade=3).exists()
    assert not Attendance.objects.filter(organisation=part.organisation, grade=1).exists()


def test_an_agency_may_come_for_one_case_and_not_for_the_next(browser, meeting):
    browser.post(
        ADDRESS, {"revision": "1", f"{ASC}.1": "attended", f"{ASC}.grade": "3", f"{ASC}.2": "unexplained"}
    )
    found = Attendance.objects.filter(organisation__slug=ASC).order_by("discussion")
    assert [(a.outcome.value, a.grade) for a in found] == [("attended", 3), ("unexplained", None)]


FILLS = [
    ({f"{ASC}.all": "report"}, ["report", "report", ""]),
    ({"all.1": "explained"}, ["explained", "", "explained"]),
    ({"all.1": "explained", f"{ASC}.all": "report"}, ["report", "report", "explained"]),
    ({f"{ASC}.1": "attended", "all.1": ""}, ["attended", "", ""]),
]


@pytest.mark.parametrize("fill, outcomes", FILLS)
def test_a_choice_for_a_row_or_a_column_fills_it(browser, meeting, fill, outcomes):
    page = browser.post(ADDRESS, {"revision": "1", "fill": "1"} | fill).content.decode()
    chosen = [
        re.search(rf'name="{cell}".*?<option value="(\w*)" selected', page)[1]
        for cell in (f"{ASC}.1", f"{ASC}.2", f"{CSC}.1")
    ]
    assert chosen == outcomes
    assert not Attendance.objects.exclude(attended=None).exists()
    browser.post(ADDRESS, {"revision": "1"} | fill)
    parts = Attendance.objects.required().order_by("organisation__name", "discussion")
    assert [a.outcome.value for a in parts] == outcomes


def test_mark_confirmed_fills_those_who_said_they_come_on_the_page_only(browser, replied):
    page = browser.post(ADDRESS, {"revision": "1", "confirmed": "1", f"{ASC}.2": "report"}).content.decode()
    assert re.search(rf'name="{ASC}.1".*?<option value="(\w*)" selected', page)[1] == "substitute"
    assert re.search(rf'name="{ASC}.2".*?<option value="(\w*)" selected', page)[1] == "report"
    assert re.search(rf'name="{CSC}.1".*?<option value="(\w*)" selected', page)[1] == ""
    assert not Attendance.objects.exclude(attended=None).exists() and not Attendee.objects.exists()


def test_a_stale_page_keeps_what_was_chosen_and_names_the_difference(world, browser, meeting):
    mark(meeting, "attended", grade=2, by=world.camden_mappa_chair)
    sent = {"revision": "1", f"{ASC}.1": "unexplained"}
    page = browser.post(ADDRESS, sent).content.decode()
    assert "Camden Adult Social Care, case 1: now Attended, yours No explanation" in page
    assert page.count('<option value="unexplained" selected>') == 1
    again = browser.post(ADDRESS, sent | {"revision": "2"}, follow=True).content.decode()
    assert "Attendance is saved, 1 changed." in again


@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 30, "²"])
def test_a_revision_that_is_none_is_stale_not_an_error(browser, meeting, value):
    sent = {"revision": value, f"{ASC}.1": "unexplained", f"{ASC}.grade": "77", f"{ASC}.mode": "fax"}
    assert browser.post(ADDRESS, sent).status_code == 200


# -- Saving in the background --

JSON = {"headers": {"Accept": "application/json"}}


def test_the_script_gets_the_next_revision_and_is_told_of_a_clash(world, browser, meeting):
    sent = {"revision": "1", f"{ASC}.1": "report"}
    saved = browser.post(ADDRESS, sent, **JSON)
    assert (saved.status_code, saved.json()["revision"]) == (200, 2)
    assert re.fullmatch(r"\d+(:\d\d)?[ap]m|midday|midnight", saved.json()["at"])
    same = browser.post(ADDRESS, sent, **JSON)
    assert (same.status_code, same.json()["revision"]) == (200, 2), "what already stands is no clash"
    stale = browser.post(ADDRESS, sent | {f"{ASC}.1": "explained"}, **JSON)
    assert stale.status_code == 409 and "Somebody else saved" in stale.json()["problem"]
    assert Attendance.objects.filter(report=True).count() == 1


# -- One case a page --


def test_one_case_a_page_saves_that_case_alone(browser, meeting):
    address = f"{ADDRESS}2/"
    page = browser.get(address).content.decode()
    assert "case 2 of 2" in page and page.count("<fieldset") == 1, (
        "the agency that was stood down is not asked"
    )
    answer = browser.post(address, {"revision": "1", ASC: "report"})
    assert answer.url == ADDRESS
    assert list(Attendance.objects.filter(report=True).values_list("discussion__position", flat=True)) == [2]
    stale = browser.post(address, {"revision": "1", ASC: "explained"}).content.decode()
    assert "now Report only, yours Explained absence" in stale
    assert browser.post(address, {"revision": "2", ASC: "explained"}).status_code == 302
    assert browser.get(f"{ADDRESS}3/").status_code == 404


# -- Import beside the grid --


def test_an_import_that_says_absent_ends_the_substitute(world, register, meeting):
    mark(meeting, "substitute", grade=2, by=world.camden_administrator)
    came = {"attended": "yes", "mode": "video", "grade": "2"}
    register.put({"case": "C1"} | came, {"case": "C2"} | EMPTY | {"attended": "no", "explained": "yes"})
    found = Attendance.objects.filter(organisation__slug=ASC).order_by("discussion")
    assert [(a.attended, a.substitute) for a in found] == [(True, True), (False, False)]


def test_the_grid_asks_as_few_questions_for_many_as_for_few(browser, register, meeting):
    browser.get(ADDRESS)
    with CaptureQueriesContext(connection) as few:
        browser.get(ADDRESS)
    register.put(*({"case": f"C{n}", "agency": a} for n in range(1, 9) for a in ("ASC", "CSC", "YOT")))
    with CaptureQueriesContext(connection) as many:
        browser.get(ADDRESS)
    assert len(many) == len(few)
