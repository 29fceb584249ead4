"""KPI figures as page, command and REST ask for them: live for a borough in reach, stored day rows for an area."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from boards.dates import add_months
from boards.models import Organisation, Territory
from boards.scope import current_scope
from meetings import counting
from meetings.kpis import DUTY_TO_COOPERATE, Kpis, kpis_of
from meetings.models import Month
from outbox.jobs import post

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Figures:
    """``as_at``: when the oldest of stored figures was counted, None if there are none."""

    kpis: Kpis
    is_stored: bool
    as_at: datetime | None


def of_borough(borough: Territory, start: date, end: date, level: int | None = None) -> Figures:
    """Live where the registers are in scope; whoever looks across the area gets what the area was given."""
    is_stored = borough.pk not in current_scope().territories
    if is_stored:
        counted = counting.stored(borough.parent, start, end, level, borough=borough)
    else:
        counted = counting.count(borough, start, end, level)
    return Figures(_kpis(counted, borough), is_stored, counted.as_at)


def of_area(area: Territory, start: date, end: date, level: int | None = None) -> Figures:
    counted = counting.stored(area, start, end, level)
    return Figures(_kpis(counted, None), True, counted.as_at)


def _kpis(counted: counting.Counted, borough: Territory | None) -> Kpis:
    return kpis_of(counted.counts, lines(counted.counts.agencies, borough))


def lines(organisations: Iterable[int], borough: Territory | None) -> dict[int, str]:
    """In which line of KPI 6 each organisation counts; another borough's agency stands apart (contracts section 4)."""
    found = Organisation.objects.filter(
        pk__in=organisations, kind=Organisation.Kind.AGENCY, agency_type__in=DUTY_TO_COOPERATE
    ).prefetch_related("boroughs")
    return {o.pk: _line(o, borough) for o in found}


def _line(agency: Organisation, borough: Territory | None) -> str:
    covered = {b.pk: b.slug for b in agency.boroughs.all()}
    if borough is None or borough.pk in covered or not covered:
        return agency.agency_type
    return f"{agency.agency_type}@{covered.get(agency.territory_id) or min(covered.values())}"


# -- Keeping the stored rows --


def changed(borough: Territory | int, days: Iterable[date]) -> None:
    """Promise one count for each month that a change touched; call in the transaction of the change."""
    borough_id = borough if isinstance(borough, int) else borough.pk
    for first in sorted({day.replace(day=1) for day in days}):
        month, _ = Month.objects.select_for_update().get_or_create(territory_id=borough_id, starts_on=first)
        if not month.is_stale:
            month.is_stale, month.changes = True, month.changes + 1
            month.save(update_fields=["is_stale", "changes"])
            post("meetings.count_month", month, key=str(month.changes))


@transaction.atomic
def count_month(month: Month) -> None:
    """A change that comes meanwhile waits for the lock, finds the month counted and promises the next count."""
    month = Month.objects.select_for_update().select_related("territory").get(pk=month.pk)
    counting.store(month.territory, month.starts_on, add_months(month.starts_on, 1) - ONE_DAY)
    month.is_stale = False
    month.save(update_fields=["is_stale"])


@transaction.atomic
def recount(borough: Territory) -> None:
    """Everything of a borough anew: at night, as minima of seniority may have changed, and before a command answers."""
    list(Month.objects.select_for_update().filter(territory=borough).order_by("starts_on"))
    counting.store(borough, date.min, date.max)
