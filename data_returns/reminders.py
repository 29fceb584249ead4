"""Reminders that go out by themselves: on two days before the due day that the area sets, and on the day after it."""

from datetime import date, timedelta

from boards.models import AreaSettings, Territory
from data_returns.models import Return, Standing
from outbox.jobs import post

AFTER = -1  # days before the due day
CATCH_UP = 7  # a portal that was away writes so many days later still


def promise_reminders(area: Territory, today: date) -> int:
    """Today's, once for each borough, due day and step however often it is called; returns how many are due."""
    found = Standing.objects.filter(territory=area, status__in=Return.OPEN, sent_on=None)
    steps, due = steps_of(area), 0
    for standing in found.order_by("pk"):
        if step := step_due(standing, steps, today):
            post("data_returns.remind", standing, key=f"{standing.due}:{step}")
            due += 1
    return due


def steps_of(area: Territory) -> dict[str, int]:
    """Days before the due day. By name: other settings are no other reminder."""
    settings = AreaSettings.objects.get(territory=area)
    return {"first": settings.first_reminder_days, "last": settings.last_reminder_days, "after": AFTER}


def step_due(standing: Standing, steps: dict[str, int], today: date) -> str | None:
    """The last step that is reached, unless that was long ago."""
    reached = [name for name, days in steps.items() if standing.due - timedelta(days=days) <= today]
    if not reached or today > standing.due + timedelta(days=CATCH_UP):
        return None
    return min(reached, key=steps.__getitem__)
