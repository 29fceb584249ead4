"""The history on the pages of a meeting, a follow-up and a case: words and names, no codes, and for whom."""

import re
from datetime import date

import pytest
from django.utils.timezone import now

from meetings.actions import actions, decisions, follow_ups, minutes
from meetings.models import Discussion
from meetings.record import Record
from referrals.actions import change_level
from tests.meetings.conftest import ASC
from tests.meetings.files import ABSENT
from tests.pages import text

DAY = date(2024, 5, 2)
CODE = re.compile(
    r"\b[a-z]+_[a-z_]+\b|\b(?:meeting|action|minutes|case|follow_up)\.\w+|camden-\w+|[0-9a-f]{12}"
)
WORDS = {
    "/meetings/CMD-M-2024-001/": [
        "Recorded what was decided about a case: CMD-C-2024-001 by",
        "Children and safeguarding: changed",
        "Risk of serious harm: High",
        "Added an action: CMD-C-2024-001, action 1",
        "Agency: Camden Adult Social Care",
        "Made minutes from the records by",
        "Version 1",
    ],
    "/follow-ups/CMD-F-2024-001/": ["Opened a follow-up of an absence", "Agency: Camden Adult Social Care"],
    "/cases/CMD-C-2024-001/": ["Changed the level of a case by"],
}


@pytest.fixture
def done(world, register):
    """Something was done to a meeting, a follow-up and a case."""
    register.put(ABSENT | {"explained": "no"}, {"agency": "CSC"})
    by, discussion = world.camden_administrator, Discussion.objects.get()
    decided = {"said": Record(children="Sealed"), "level_decided": 2, "risk_of_harm": "high"}
    discussion = decisions.record_discussion(discussion, **decided, revision=1, by=by, today=DAY)
    agency = world.organisation(ASC)
    actions.add(discussion, text="Sealed", agency=agency, due_on=date(2024, 6, 1), by=by)
    minutes.draft(discussion.meeting, by=by, at=now())
    follow_ups.open_follow_up(discussion.meeting, agency, today=DAY, by=by)
    change_level(discussion.case, level=3, starts_on=DAY, reason="Sealed", today=DAY, by=by)
    actions.look(discussion.actions.get(), by=by)


@pytest.mark.parametrize("address, words", WORDS.items())
@pytest.mark.parametrize("who", ["camden_administrator", "camden_mappa_chair"])
def test_the_unit_reads_words_and_names(done, browser_of, who, address, words):
    browser = browser_of(who)
    browser.get(address)
    history = text(browser.get(address)).partition(" History ")[2].partition("Need help?")[0]
    assert [said for said in words if said not in history] == []
    assert not CODE.findall(history) and "Looked at" not in history


@pytest.mark.parametrize("address", WORDS)
def test_an_agency_reads_no_history(done, browser_of, address):
    assert " History " not in text(browser_of("camden_csc_spoc").get(address))
