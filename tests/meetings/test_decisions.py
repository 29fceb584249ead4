"""What a meeting decided: who records it, what is stored, which level and which next review follow."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import Event
from mappa_portal.exceptions import Conflict, StaleEdit
from meetings.models import Discussion, Meeting
from meetings.record import Record
from outbox.jobs import run_jobs
from referrals.actions.levels import change_level
from tests.meetings.decided import BASE, HELD, SECRET, TODAY, decide
from tests.pages import text

INTERVALS = [(3, date(2024, 6, 26)), (2, date(2024, 8, 21)), (1, date(2024, 9, 1))]


@pytest.mark.parametrize("level, review", INTERVALS)
def test_the_next_review_follows_from_the_level_decided(world, discussion, level, review):
    saved = decide(discussion, world.camden_administrator, level_decided=level)
    assert saved.next_review_on == review


DAYS = [
    (date(2024, 5, 1), "Next review must be after 1 May 2024, the day of the meeting"),
    (date(2024, 8, 22), "Next review must be by 21 August 2024, 16 weeks after the last"),
    (date(2024, 8, 21), None),
]


@pytest.mark.parametrize("day, refused", DAYS)
def test_the_day_chosen_lies_within_the_interval(world, discussion, day, refused):
    try:
        assert decide(discussion, world.camden_administrator, next_review_on=day).next_review_on == day
        assert refused is None
    except ValidationError as error:
        assert error.messages == [refused]


def test_what_was_said_lies_sealed_and_the_event_holds_no_words(world, discussion):
    saved = decide(discussion, world.camden_administrator)
    assert SECRET not in saved.record and Record.opened(saved.record).risk == SECRET
    with world.acting(world.camden_administrator):
        decide(discussion, world.camden_administrator, revision=2, risk_of_harm="high")
    events = Event.objects.filter(name="discussion.recorded")
    assert all(SECRET not in str([c.before, c.after]) for e in events for c in e.changes.all())


def test_the_same_again_changes_nothing_and_a_stale_save_is_refused(world, discussion):
    by = world.camden_administrator
    assert decide(discussion, by).revision == 2
    assert decide(discussion, by, revision=2).revision == 2
    with pytest.raises(StaleEdit):
        decide(discussion, by, revision=1, level_decided=3)


@pytest.mark.parametrize("who", ["camden_csc_spoc", "camden_business_manager", "co_ordinator"])
def test_only_the_unit_records(world, discussion, who):
    with pytest.raises(PermissionDenied):
        decide(discussion, getattr(world, who))


def test_only_of_a_meeting_that_was_held(world, discussion):
    Meeting.objects.update(status="cancelled")
    with pytest.raises(Conflict):
        decide(discussion, world.camden_administrator)


AGES = [("C1", True, False), ("C2", True, True), ("C2", False, False), ("C2", None, None)]


@pytest.mark.parametrize("case, stated, stored", AGES)
def test_a_known_birth_date_wins_over_what_is_stated(world, discussion, case, stated, stored):
    found = Discussion.objects.get(case__file_reference=case)
    saved = decide(found, world.camden_administrator, under_18=stated)
    assert (saved.under_18, saved.under_18_stated) == (stored, case == "C2" and stated is not None)
    assert run_jobs() == (stored is not None and case == "C2"), "the figures of the day are counted anew"


LEVELS = [  # present level and since when; decided; the periods then
    (None, None, 2, [(2, HELD, None)]),
    (2, date(2024, 1, 1), 2, [(2, date(2024, 1, 1), None)]),
    (3, date(2024, 1, 1), 2, [(2, HELD, None), (3, date(2024, 1, 1), date(2024, 4, 30))]),
    (3, HELD, 2, [(2, HELD, None)]),
    (3, date(2024, 5, 2), 2, [(3, date(2024, 5, 2), None)]),
]


@pytest.mark.parametrize("present, since, decided, periods", LEVELS)
def test_the_level_decided_is_the_cases_level_from_that_day(
    world, discussion, present, since, decided, periods
):
    by, case = world.camden_administrator, discussion.case
    if present:
        change_level(case, level=present, starts_on=since, reason="", today=TODAY, by=by)
    decide(discussion, by, level_decided=decided)
    assert list(case.levels.values_list("level", "starts_on", "ends_on")) == periods
    saved = decide(discussion, by, revision=2, level_decided=decided, risk_of_harm="low")
    assert saved.revision == 3 and case.levels.count() == len(periods)


DOWN = [
    ("reduced", [(1, HELD, ""), (2, date(2024, 1, 1), "reduced")]),
    ("recalled", [(2, date(2024, 1, 1), "recalled")]),
]


@pytest.mark.parametrize("ending, periods", DOWN)
def test_a_meeting_that_decides_level_1_says_why_active_management_ends(
    world, discussion, browser_of, ending, periods
):
    by, case = world.camden_administrator, discussion.case
    change_level(case, level=2, starts_on=date(2024, 1, 1), reason="", today=TODAY, by=by)
    browser, sent = browser_of("camden_administrator"), {"level_decided": "1", "revision": "1"}
    page = text(browser.post(f"{BASE}1/", sent))
    up = text(browser.post(f"{BASE}1/", sent | {"level_decided": "3", "ending": ending}))
    assert "Active management ends only at Level 1" in up
    assert "Select why active management ends" in page and case.levels.get().ends_on is None
    browser.post(f"{BASE}1/", sent | {"ending": ending})
    assert list(case.levels.values_list("level", "starts_on", "ending")) == periods
    assert "Why does active management end?" not in text(browser.get(f"{BASE}1/"))
