"""What the demonstration holds, so that each step can be tried."""

from datetime import date, timedelta

from meetings.demo import attendance, plans
from meetings.models import Meeting
from tests.pages import text
from tests.world import TODAY


def test_nobody_came_to_a_meeting_that_was_cancelled(world):
    rows = list(attendance._rows(world.territory("camden"), ["ASC", "CSC"], 0, date(2026, 11, 22)))
    cancelled = [row for row in rows if row.status == "cancelled"]
    assert cancelled and not [row for row in cancelled if row.attended is not None or row.mode or row.grade]
    assert any(row.attended for row in rows)


def test_a_meeting_of_some_days_ago_waits_to_be_marked_as_held(world, register, browser_of):
    register.put({"held_on": (TODAY - timedelta(days=60)).isoformat()})
    with world.acting(world.camden_administrator):
        plans._over(world.territory("camden"), TODAY)
    browser = browser_of("camden_administrator")
    assert "Was the meeting of" in text(browser.get("/"))
    address = f"/meetings/{Meeting.objects.get(status='scheduled').reference}/"
    browser.post(f"{address}hold/")
    assert "Mark attendance" in text(browser.get(address))
