"""A gap as those see it who look across the area: how many by borough, agency and day; no cases."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from boards.models import Organisation, Territory
from meetings.models import DayFigures
from meetings.performance import figures
from meetings.performance.counting import levels_of
from meetings.performance.missed import KPI4

GAPS = """
SELECT d.about_id, d.held_on, d.level, u.organisation, u.required, u.required - u.attended
FROM meetings_dayfigures d, unnest(d.organisations, d.required, d.attended) AS u (organisation, required, attended)
WHERE d.territory_id = %(area)s AND d.held_on BETWEEN %(start)s AND %(end)s AND d.level = ANY (%(levels)s)
    AND (%(borough)s::bigint IS NULL OR d.about_id = %(borough)s) AND u.required > u.attended
ORDER BY d.held_on DESC, d.about_id, d.level, u.organisation
"""


@dataclass(frozen=True)
class MissedDay:
    held_on: date
    borough: Territory
    level: int
    agency: str
    missed: int
    required: int


def of_kpi6(place: Territory, start: date, end: date, level: int | None, code: str = "") -> list[MissedDay]:
    """``code`` names a line of KPI 6, as it reads for the place."""
    borough = place if place.kind == Territory.Kind.BOROUGH else None
    values = {"area": place.area.pk, "borough": borough and borough.pk, "start": start, "end": end}
    with connection.cursor() as cursor:
        cursor.execute(GAPS, values | {"levels": levels_of(level)})
        found = cursor.fetchall()
    lines = figures.lines({row[3] for row in found}, borough)
    names, boroughs = _names(lines), _boroughs(place)
    return [
        MissedDay(held_on, boroughs[about], at, names[organisation], missed, required)
        for about, held_on, at, organisation, required, missed in found
        if (lines.get(organisation) == code if code else organisation in lines)
    ]


def of_kpi4(place: Territory, start: date, end: date, level: int | None, code: str = "") -> list[MissedDay]:
    days = DayFigures.objects.filter(
        territory=place.area, held_on__range=(start, end), level__in=levels_of(level), under_18__gt=0
    )
    if place.kind == Territory.Kind.BOROUGH:
        days = days.filter(about=place)
    boroughs = _boroughs(place)
    found = days.order_by("-held_on", "about", "level")
    return [m for day in found if (m := _missing(day, boroughs[day.about_id], code)).missed]


def _missing(day: DayFigures, borough: Territory, code: str) -> MissedDay:
    """Without ``code``: discussions that missed either service."""
    came = {"YOT": day.yot, "CSC": day.csc, "": day.joint}[code]
    name = KPI4.get(code) or " or ".join(KPI4.values())
    return MissedDay(day.held_on, borough, day.level, name, day.under_18 - came, day.under_18)


def _names(organisations) -> dict[int, str]:
    return dict(Organisation.objects.filter(pk__in=organisations).values_list("pk", "name"))


def _boroughs(place: Territory) -> dict[int, Territory]:
    """Those of the area; the place itself is among them if it is one."""
    return {borough.pk: borough for borough in place.area.children.all()}


MISSED_DAYS = {"4": of_kpi4, "6": of_kpi6}
