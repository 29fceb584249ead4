"""Held discussions that are in no figure, or not in KPI 4: the rows behind the completeness (C11, C13)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet

from boards.models import Territory
from meetings.models import Attendance, DayFigures, Discussion
from meetings.performance import figures, missed
from meetings.performance.counting import levels_of

NO_AGE = "Birth date or age not known: left out of KPI 4"


@dataclass(frozen=True)
class Day:
    """What a borough left out on one day at one level."""

    held_on: date
    borough: Territory
    level: int
    unrecorded: int
    no_age: int


def discussions(borough: Territory, start: date, end: date, level: int | None) -> QuerySet[Discussion]:
    """Newest first; ``waiting``: the attendances that nobody recorded."""
    unknown = Attendance.objects.required().filter(attended=None).select_related("organisation")
    return (
        missed.held(borough, start, end, level)
        .filter(Q(waits=True) | Q(under_18=None))
        .select_related("meeting", "case")
        .prefetch_related(Prefetch("attendances", unknown.order_by("organisation__name"), to_attr="waiting"))
        .order_by("-meeting__held_on", "-meeting", "position")
    )


def why(discussion: Discussion) -> str:
    """An attendance that is missing keeps it out of everything, so that comes first."""
    if not discussion.waits:
        return NO_AGE
    return f"Attendance not recorded: {', '.join(str(a.organisation) for a in discussion.waiting)}"


def by_day(
    place: Territory, start: date, end: date, level: int | None, only: Collection[int] | None = None
) -> list[Day]:
    """Counts alone. ``only``: of the discussions to which one of these organisations was asked."""
    if not figures.is_live(place):
        return _stored(place, start, end, level)
    found = missed.held(place, start, end, level).filter(Q(waits=True) | Q(under_18=None))
    if only is not None:
        asked = Attendance.objects.filter(organisation__in=only, invited=True)
        found = found.filter(pk__in=asked.values("discussion"))
    days = found.order_by("-meeting__held_on", "meeting__level").values_list(
        "meeting__held_on", "meeting__level"
    )
    counted = days.annotate(
        unrecorded=Count("pk", filter=Q(waits=True)), no_age=Count("pk", filter=Q(waits=False))
    )
    return [Day(held_on, place, *numbers) for held_on, *numbers in counted]


def _stored(place: Territory, start: date, end: date, level: int | None) -> list[Day]:
    """As the area was given it, borough by borough."""
    boroughs = {borough.pk: borough for borough in place.area.children.all()}
    days = DayFigures.objects.filter(
        territory=place.area, held_on__range=(start, end), level__in=levels_of(level)
    ).order_by("-held_on", "about", "level")
    if place.kind == Territory.Kind.BOROUGH:
        days = days.filter(about=place)
    return [
        Day(d.held_on, boroughs[d.about_id], d.level, d.discussions - d.recorded, d.missing_birth_dates)
        for d in days
        if d.discussions > d.recorded or d.missing_birth_dates
    ]
