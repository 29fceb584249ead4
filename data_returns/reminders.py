"""Reminders that go out by themselves: before the due day, and on the day after it."""

from datetime import date, timedelta

from boards.models import Territory
from data_returns.models import Return, Standing
from outbox.jobs import post

STEPS = (14, 2, -1)  # days before the due day
CATCH_UP = 7  # a portal that was away writes so many days later still


def promise_reminders(area: Territory, today: date) -> int:
    """Today's, once for each borough, due day and step however often it is called; returns how many are due."""
    found = Standing.objects.filter(territory=area, status__in=Return.OPEN, sent_on=None)
    due = 0
    for standing in found.order_by("pk"):
        if step := step_due(standing, today):
            post("data_returns.remind", standing, key=f"{standing.due}:{step}")
            due += 1
    return due


def step_due(standing: Standing, today: date) -> int | None:
    """The last step that is reached, unless that was long ago."""
    reached = [step for step in STEPS if standing.due - timedelta(days=step) <= today]
    step = min(reached, default=None)
    if step is None or today > standing.due + timedelta(days=CATCH_UP):
        return None
    return step
