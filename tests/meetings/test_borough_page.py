"""How a borough is doing, on its page."""

from datetime import date

import pytest

from meetings.models import FollowUp, Meeting, Step
from outbox.jobs import run_jobs
from tests.pages import text

BOROUGH = [
    (
        "camden_administrator",
        ["KPI 4, both at the table", "KPI 6, ", "Held Level 2 meeting", "1 absence"],
        [],
    ),
    ("camden_business_manager", ["KPI 6, Adult Social Care"], ["Level 2 meeting CMD", "absence,", "As at "]),
    ("smb_member", ["KPI 6, ", "As at "], ["Level 2 meeting CMD", "absence,"]),
    ("camden_csc_spoc", ["KPI 6, Children"], ["KPI 6, Adult Social Care", "both at the table"]),
    ("camden_police_spoc", [], ["KPI 6", "Follow-ups"]),
]


@pytest.mark.parametrize("who, shown, hidden", BOROUGH)
def test_a_boroughs_page_says_how_it_is_doing(year, browser_of, monkeypatch, who, shown, hidden):
    monkeypatch.setattr("boards.views.localdate", lambda: date(2025, 3, 1))
    meeting = Meeting.objects.get(file_reference="M1")
    csc = year.world.organisation("camden-childrens-services")
    made = FollowUp.objects.create(
        territory=meeting.territory,
        organisation=meeting.organisation,
        reference="CMD-F-2024-001",
        meeting=meeting,
        agency=csc,
        opened_on=meeting.held_on,
    )
    Step.objects.create(territory=made.territory, follow_up=made, number=1, due_on=meeting.held_on)
    run_jobs()
    page = text(browser_of(who).get("/boroughs/camden/"))
    assert [words for words in shown if words not in page] == []
    assert [words for words in hidden if words in page] == []


def test_a_borough_without_meetings_says_so(world, browser_of):
    assert "No meetings held in this period" in text(
        browser_of("camden_administrator").get("/boroughs/camden/")
    )
