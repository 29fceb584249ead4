"""Cases as a list shows them: present level, last held review, and by when the next is due."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Case as Choose
from django.db.models import DateField, F, QuerySet, When
from django.db.models.functions import Coalesce, Least

from boards.models import AreaSettings
from referrals import rooms
from referrals.clock import due_in_sql
from referrals.endings import Standing


def with_clock(cases: QuerySet, today: date, areas: Iterable[AreaSettings] | None = None) -> QuerySet:
    """Each with ``next_review``: the present level's interval after the last held meeting, or the day that the meeting
    set, if that is earlier.

    A case that no meeting has heard is due as long after the day on which its level began; one that is suspended or has
    ended is not due. ``areas``: whose intervals, without them those of all that are in scope.
    """
    cases = rooms.with_reviews(cases.with_level(today).with_standing()).annotate(
        counted_from=Coalesce("last_review", "level_since")
    )
    by_area = [
        When(territory__parent=area.territory_id, then=due_in_sql(area, last_review="counted_from"))
        for area in (AreaSettings.objects.all() if areas is None else areas)
    ]
    by_interval = Choose(*by_area, output_field=DateField())
    due = Least(F("review_decided"), by_interval, output_field=DateField())
    return cases.annotate(next_review=Choose(When(standing=Standing.MANAGED, then=due)))


LISTED = (Standing.MANAGED, Standing.SUSPENDED)  # unless somebody asks for others


def narrowed(cases: QuerySet, asked: dict, today: date) -> QuerySet:
    state = asked.get("state")
    if state != "all":
        cases = cases.filter(standing__in=[state] if state else LISTED)
    for name, field in (("level", "present_level"), ("category", "category")):
        if wanted := asked.get(name):
            cases = cases.filter(**{field: None if wanted == "none" else wanted})
    return cases.filter(next_review__lt=today) if asked.get("review") == "overdue" else cases
