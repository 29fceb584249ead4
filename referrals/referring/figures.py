"""Referrals in figures: nobody counts them nationally, so local counts are the only ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from boards.dates import is_working_day
from referrals.models import Referral

Outcome, Status = Referral.Outcome, Referral.Status
COUNTED = {  # label: which referrals
    "Sent": Q(),
    "Level 2": Q(outcome=Outcome.LEVEL_2),
    "Level 3": Q(outcome=Outcome.LEVEL_3),
    "Level 1 is enough": Q(outcome=Outcome.LEVEL_1),
    "Declined": Q(outcome=Outcome.DECLINED),
    "Withdrawn": Q(status=Status.WITHDRAWN),
    "Not decided": Q(status__in=Referral.UNDECIDED),
}
COLUMNS = ("Agency", "Category", *COUNTED)


@dataclass(frozen=True)
class Figures:
    """``median_days``: working days from sending to the first meeting; None before a meeting has heard one."""

    rows: list[tuple]
    total: int
    heard: int
    median_days: float | None


def year_of(day: date) -> int:
    """In which a reporting year begins: 1 April to 31 March."""
    return day.year - (day.month < 4)


def in_year(referrals: QuerySet, year: int) -> QuerySet:
    sent = referrals.annotate(sent_on=TruncDate("submitted_at"))
    return sent.filter(sent_on__gte=date(year, 4, 1), sent_on__lt=date(year + 1, 4, 1))


def figures(referrals: QuerySet, year: int) -> Figures:
    found = in_year(referrals, year)
    counts = {f"n{i}": Count("pk", filter=which) for i, which in enumerate(COUNTED.values())}
    grouped = found.order_by().values("agency__name", "category").annotate(**counts)
    rows = list(grouped.order_by("agency__name", "category").values_list("agency__name", "category", *counts))
    spans = found.filter(heard_on__isnull=False).values_list("sent_on", "heard_on")
    days = [working_days(sent, heard) for sent, heard in spans]
    return Figures(rows, sum(row[2] for row in rows), len(days), median(days) if days else None)


def working_days(start: date, end: date) -> int:
    """The first day does not count, as when a due day is worked out."""
    return sum(map(is_working_day, _days(start, end)))


def _days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
