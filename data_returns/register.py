"""What the registers count for the cells of a form: the position on 31 March, by level."""

from collections.abc import Callable, Iterator
from datetime import date

from django.db.models import Count

from boards.models import Territory
from data_returns.form import Cell, Form
from data_returns.years import last_day
from referrals.models import Case, LevelPeriod

Levels = dict[int, int]


def counts(form: Form, borough: Territory, year: int) -> dict[str, int]:
    """By key. A borough whose register knows nobody at any level that day has no counts: zero would be a claim."""
    day = last_day(year)
    if not at_level(borough, day).exists():
        return {}
    return dict(_counted(form, borough, day))


def _counted(form: Form, borough: Territory, day: date) -> Iterator[tuple[str, int]]:
    known: dict[str, Levels] = {}
    for cell in form.cells.values():
        if cell.source in SOURCES:
            if cell.source not in known:
                known[cell.source] = SOURCES[cell.source](borough, day)
            yield cell.key, _of(cell, known[cell.source])


def _of(cell: Cell, levels: Levels) -> int:
    return levels.get(cell.level, 0)


def at_level(borough: Territory, day: date):
    """Level periods that ran on the day."""
    return LevelPeriod.objects.current(day).filter(territory=borough)


def _by_level(periods) -> Levels:
    found = periods.order_by().values("level").annotate(number=Count("case", distinct=True))
    return dict(found.values_list("level", "number"))


def managed(borough: Territory, day: date) -> Levels:
    return _by_level(at_level(borough, day))


def category_4(borough: Territory, day: date) -> Levels:
    return _by_level(at_level(borough, day).filter(case__category=Case.Category.TERRORIST))


SOURCES: dict[str, Callable[[Territory, date], Levels]] = {"managed": managed, "category_4": category_4}
