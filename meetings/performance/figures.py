"""KPI figures as page, command and REST ask for them: live for a borough in reach, stored day rows for an area."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Min

from boards.models import Territory
from boards.scope import current_scope
from meetings.models import DayFigures, Recount
from meetings.performance import counting
from meetings.performance.kpis import DUTY_TO_COOPERATE, Kpis, kpis_of
from outbox.jobs import post


@dataclass(frozen=True)
class Figures:
    """``as_at``: when the oldest of stored figures was counted, None if there are none."""

    kpis: Kpis
    is_stored: bool
    as_at: datetime | None


def of_borough(
    borough: Territory,
    start: date,
    end: date,
    level: int | None = None,
    *,
    only: Collection[int] | None = None,
) -> Figures:
    """Live where the registers are in scope; whoever looks across the area gets what the area was given.

    ``only``: KPI 6 of these organisations alone.
    """
    if is_stored := not is_live(borough):
        counted = counting.stored(borough.parent, start, end, level, borough=borough)
    else:
        counted = counting.count(borough, start, end, level)
    return Figures(_kpis(counted.limited_to(only), borough), is_stored, counted.as_at)


def is_live(place: Territory) -> bool:
    return place.kind == Territory.Kind.BOROUGH and place.pk in current_scope().territories


def as_at(place: Territory, start: date, end: date, level: int | None = None) -> datetime | None:
    """When the oldest of the stored rows was counted; None where the registers are counted at once."""
    if is_live(place):
        return None
    days = DayFigures.objects.filter(
        territory=place.area, held_on__range=(start, end), level__in=counting.levels_of(level)
    )
    if place.kind == Territory.Kind.BOROUGH:
        days = days.filter(about=place)
    return days.aggregate(oldest=Min("counted_at"))["oldest"]


def of_area(area: Territory, start: date, end: date, level: int | None = None) -> Figures:
    counted = counting.stored(area, start, end, level)
    return Figures(_kpis(counted, None), True, counted.as_at)


def of_boroughs(area: Territory, start: date, end: date, level: int | None = None) -> dict[int, Figures]:
    """Of each borough that has stored figures, by its id."""
    counted = counting.stored_by("about_id", area, start, end, level)
    boroughs = {borough.pk: borough for borough in area.children.all()}
    agencies = _agencies({o for one in counted.values() for o in one.counts.agencies}, with_boroughs=True)
    return {
        pk: Figures(kpis_of(one.counts, _lines(agencies, boroughs[pk])), True, one.as_at)
        for pk, one in counted.items()
    }


def by_month(
    place: Territory,
    start: date,
    end: date,
    level: int | None = None,
    *,
    only: Collection[int] | None = None,
) -> dict[date, Kpis]:
    """By the first day of each month in which meetings were held."""
    borough = place if place.kind == Territory.Kind.BOROUGH else None
    if is_live(place):
        counted = counting.count_months(place, start, end, level)
    else:
        counted = counting.stored_by("month", place.area, start, end, level, borough=borough)
    months = {month: one.limited_to(only).counts for month, one in sorted(counted.items())}
    agencies = lines({o for one in months.values() for o in one.agencies}, borough)
    return {month: kpis_of(one, agencies) for month, one in months.items()}


def under_rules(borough: Territory, start: date, end: date, level: int | None, rules: counting.Rules) -> Kpis:
    """What a borough's figures would be under other counting rules; its registers are in scope."""
    return _kpis(counting.count(borough, start, end, level, rules), borough)


def _kpis(counted: counting.Counted, borough: Territory | None) -> Kpis:
    return kpis_of(counted.counts, lines(counted.counts.agencies, borough))


def lines(organisations: Iterable[int], borough: Territory | None) -> dict[int, str]:
    """In which line of KPI 6 each organisation counts; another borough's agency stands apart (contracts section 4)."""
    return _lines(_agencies(organisations, with_boroughs=borough is not None), borough)


AGENCIES = """
SELECT id, agency_type, territory_id FROM boards_organisation
WHERE id = ANY (%s) AND kind = 'agency' AND agency_type = ANY (%s)
"""
COVERED = """
SELECT c.organisation_id, t.id, t.slug FROM boards_coverage c JOIN boards_territory t ON t.id = c.borough_id
WHERE c.organisation_id = ANY (%s)
"""


@dataclass
class Agency:
    """Plain values, as an area has hundreds; ``covered``: slugs of boroughs by id."""

    code: str
    home: int
    covered: dict[int, str] = field(default_factory=dict)


def _agencies(organisations: Iterable[int], *, with_boroughs: bool) -> dict[int, Agency]:
    """By hand: hundreds of ids as one value, where the ORM would send each by itself."""
    with connection.cursor() as cursor:
        cursor.execute(AGENCIES, [list(organisations), list(DUTY_TO_COOPERATE)])
        found = {pk: Agency(code, home) for pk, code, home in cursor.fetchall()}
        if with_boroughs and found:
            cursor.execute(COVERED, [list(found)])
            for pk, borough, slug in cursor.fetchall():
                found[pk].covered[borough] = slug
    return found


def _lines(agencies: dict[int, Agency], borough: Territory | None) -> dict[int, str]:
    return {pk: _line(agency, borough) for pk, agency in agencies.items()}


def _line(agency: Agency, borough: Territory | None) -> str:
    covered = agency.covered
    if borough is None or borough.pk in covered or not covered:
        return agency.code
    return f"{agency.code}@{covered.get(agency.home) or min(covered.values())}"


# -- Keeping the stored rows --


def changed(borough_id: int, days: Collection[date]) -> None:
    """Promise one count of these days; call in the transaction of the change, which the count then waits for."""
    recount, _ = Recount.objects.select_for_update().get_or_create(territory_id=borough_id)
    known = [day for day in (recount.first_day, recount.last_day) if day]
    recount.first_day, recount.last_day = min([*days, *known]), max([*days, *known])
    recount.number += not known
    recount.save(update_fields=["first_day", "last_day", "number"])
    if not known:
        post("meetings.count_days", recount, key=str(recount.number))


@transaction.atomic
def count_days(recount_id: int) -> None:
    """A change that comes meanwhile waits for the lock, finds everything counted and promises the next count."""
    recount = Recount.objects.select_for_update(of=["self"]).select_related("territory").get(pk=recount_id)
    if recount.first_day:
        counting.store(recount.territory, recount.first_day, recount.last_day)
        Recount.objects.filter(pk=recount.pk).update(first_day=None, last_day=None)


@transaction.atomic
def count_all(borough: Territory) -> None:
    """At night, and before a command answers."""
    list(Recount.objects.select_for_update().filter(territory=borough))  # not beside a job that counts a part
    counting.store(borough, date.min, date.max)
