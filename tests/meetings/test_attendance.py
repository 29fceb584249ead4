"""Recording attendance by case and agency: who, when, what is written, and two people at once."""

from contextlib import nullcontext

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from audit.models import Event
from mappa_portal.exceptions import Conflict, StaleEdit
from meetings.actions.attendance import Mark, record_attendance
from meetings.models import Attendance, Meeting
from outbox.jobs import run_jobs

ADDRESS = "/meetings/CMD-M-2024-001/attendance/"
EMPTY = {"attended": "", "mode": "", "grade": ""}


@pytest.fixture
def meeting(register):
    register.put(
        {"case": "C1"} | EMPTY,
        {"case": "C1", "agency": "CSC"} | EMPTY,
        {"case": "C2", "agency": "CSC", "stood_down": "yes"} | EMPTY,
        {"case": "C2"} | EMPTY,
    )
    run_jobs()
    return Meeting.objects.get()


def marks(outcome: str, **more) -> dict[int, Mark]:
    return {a.pk: Mark(outcome, **more) for a in Attendance.objects.all()}


OUTCOMES = [
    ("", (None, "", None, False, None)),
    ("attended", (True, "video", 3, False, None)),
    ("report", (False, "", None, True, None)),
    ("explained", (False, "", None, False, True)),
    ("unexplained", (False, "", None, False, False)),
]


@pytest.mark.parametrize("outcome, stored", OUTCOMES)
def test_an_outcome_is_written_and_reads_back(world, meeting, outcome, stored):
    by = world.camden_administrator
    changed = record_attendance(meeting, marks=marks(outcome, mode="video", grade=3), revision=1, by=by)
    part = Attendance.objects.required().filter(organisation__agency_type="CSC").get()
    assert (part.attended, part.mode, part.grade, part.report, part.explained) == stored
    assert part.outcome.value == outcome
    assert changed == (3 if outcome else 0)


def test_who_was_stood_down_is_not_recorded(world, meeting):
    record_attendance(meeting, marks=marks("attended", grade=3), revision=1, by=world.camden_administrator)
    assert Attendance.objects.get(stood_down=True).attended is None


WHO = [
    ("camden_administrator", None),
    ("camden_mappa_chair", None),
    ("camden_business_manager", PermissionDenied),
]


@pytest.mark.parametrize("who, refused", WHO)
def test_the_mappa_unit_records(world, meeting, who, refused):
    with nullcontext() if refused is None else pytest.raises(refused):
        record_attendance(meeting, marks=marks("attended"), revision=1, by=getattr(world, who))
    assert Attendance.objects.filter(attended=True).exists() == (refused is None)


@pytest.mark.parametrize("status", ["scheduled", "cancelled", "postponed", "abandoned"])
def test_only_of_a_meeting_that_was_held(world, meeting, status):
    Meeting.objects.update(status=status)
    with pytest.raises(Conflict):
        record_attendance(meeting, marks=marks("attended"), revision=1, by=world.camden_administrator)


def test_the_second_try_changes_nothing_and_a_stale_one_is_refused(world, meeting):
    by = world.camden_administrator
    assert record_attendance(meeting, marks=marks("attended", grade=2), revision=1, by=by) == 3
    assert record_attendance(meeting, marks=marks("attended", grade=2), revision=2, by=by) == 0
    with pytest.raises(StaleEdit):
        record_attendance(meeting, marks=marks("report"), revision=1, by=by)


def test_a_change_is_an_event_and_moves_the_figures(world, register, meeting):
    with world.acting(world.camden_administrator):
        record_attendance(
            meeting, marks=marks("attended", grade=2), revision=1, by=world.camden_administrator
        )
    event = Event.objects.get(name="attendance.recorded")
    assert len(event.fields) == 3
    assert event.changes.get().after["camden-adult-social-care CMD-C-2024-001"] == "attended"
    assert register.live().completeness.attended == 2
    assert run_jobs() == 1


# -- The page --


def browser_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_grid_offers_a_select_a_cell_and_says_who_was_stood_down(world, meeting):
    page = browser_of(world.camden_administrator).get(ADDRESS).content.decode()
    assert page.count('class="govuk-select app-grid__select"') == 3 + 2 + 2
    assert "Stood down" in page and 'aria-label="Camden Adult Social Care, CMD-C-2024-002"' in page


CSC, ASC = "camden-childrens-services", "camden-adult-social-care"


def test_saving_the_grid(world, meeting):
    browser = browser_of(world.camden_administrator)
    sent = {
        "revision": "1",
        f"{CSC}.1": "attended",
        f"{CSC}.grade": "2",
        f"{ASC}.1": "report",
        f"{ASC}.2": "explained",
    }
    page = browser.post(ADDRESS, sent, follow=True).content.decode()
    assert "Attendance is saved, 3 changed." in page
    outcomes = Attendance.objects.required().order_by("organisation__name", "discussion")
    assert [a.outcome.value for a in outcomes] == ["report", "explained", "attended"]


def test_mark_all_fills_the_page_and_saves_nothing(world, meeting):
    page = browser_of(world.camden_administrator).post(
        ADDRESS, {"revision": "1", f"{ASC}.1": "report", "all_attended": "1"}
    )
    text = page.content.decode()
    assert (
        text.count('<option value="attended" selected>') == 2 and '<option value="report" selected>' in text
    )
    assert not Attendance.objects.filter(attended=True).exists()


def test_attendance_without_seniority_is_saved_and_said(world, meeting):
    page = browser_of(world.camden_administrator).post(
        ADDRESS, {"revision": "1", f"{CSC}.1": "attended"}, follow=True
    )
    assert "KPI 6 does not count these yet" in page.content.decode()


def test_a_stale_page_keeps_what_was_chosen_and_names_the_difference(world, meeting):
    record_attendance(meeting, marks=marks("attended", grade=2), revision=1, by=world.camden_mappa_chair)
    browser = browser_of(world.camden_administrator)
    sent = {"revision": "1", f"{ASC}.1": "unexplained"}
    page = browser.post(ADDRESS, sent).content.decode()
    assert "Camden Adult Social Care, CMD-C-2024-001: now Attended, yours No explanation" in page
    assert page.count('<option value="unexplained" selected>') == 1
    again = browser.post(ADDRESS, sent | {"revision": "2"}, follow=True).content.decode()
    assert "Attendance is saved, 1 changed." in again


@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 30, "²"])
def test_a_revision_that_is_none_is_stale_not_an_error(world, meeting, value):
    sent = {"revision": value, f"{ASC}.1": "unexplained", f"{ASC}.grade": "77", f"{ASC}.mode": "fax"}
    assert browser_of(world.camden_administrator).post(ADDRESS, sent).status_code == 200
