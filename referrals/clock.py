"""The review clock: from the last held review to the day by which the next one is due (domain section 1)."""

from datetime import date, timedelta

from django.db.models import Case, DateField, ExpressionWrapper, F, Func, Value, When

from boards.dates import add_months
from boards.models import AreaSettings


def due_on(level: int, last_review: date, settings: AreaSettings) -> date:
    """Without a held review, ``last_review`` is the day on which the level began."""
    if level == 1:
        return add_months(last_review, settings.level1_review_months)
    return last_review + timedelta(
        days={2: settings.level2_review_days, 3: settings.level3_review_days}[level]
    )


def is_overdue(due: date, today: date) -> bool:
    return due < today


def due_in_sql(settings: AreaSettings, *, level: str = "present_level", last_review: str = "last_review"):
    """The same for a list: PostgreSQL too keeps to the end of a shorter month."""
    months = Func(
        Value(settings.level1_review_months), template="make_interval(months => %(expressions)s::int)"
    )
    days = {2: settings.level2_review_days, 3: settings.level3_review_days}
    return Case(
        When(**{level: 1}, then=_day(F(last_review) + months)),
        *(When(**{level: n}, then=_day(F(last_review) + Value(timedelta(days=d)))) for n, d in days.items()),
        output_field=DateField(),
    )


def _day(moment):
    return Func(
        ExpressionWrapper(moment, output_field=DateField()),
        template="(%(expressions)s)::date",
        output_field=DateField(),
    )
