"""The same weekday of each month, for series of meetings. No database here."""

import calendar
from collections.abc import Iterator
from datetime import date, timedelta

from boards.dates import add_months

LAST = 5


def day_of_month(year: int, month: int, week: int, weekday: int) -> date:
    """The first to fourth such weekday of the month; ``week`` 5 is the last one."""
    if week == LAST:
        end = date(year, month, calendar.monthrange(year, month)[1])
        return end - timedelta(days=(end.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (week - 1))


def days_from(start: date, week: int, weekday: int) -> Iterator[date]:
    """One a month, on or after ``start``, without end."""
    month = start.replace(day=1)
    while True:
        day = day_of_month(month.year, month.month, week, weekday)
        if day >= start:
            yield day
        month = add_months(month, 1)
