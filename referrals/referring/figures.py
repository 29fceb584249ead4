"""Referrals in figures: nobody counts them nationally, so local counts are the only ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from boards.dates import add_months, is_working_day
from mappa_portal.words import long_date
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
QUARTERS = ("April to June", "July to September", "October to December", "January to March")
COLUMNS = ("Agency", "Category", *COUNTED)


@dataclass(frozen=True)
class Figures:
    """``rows``: agency by slug and by name, category, then the numbers of ``COUNTED``.

    ``median_days``: working days from the first sending to the first meeting; None before a meeting has heard one.
    """

    rows: list[tuple]
    total: int
    heard: int
    median_days: float | None


@dataclass(frozen=True)
class Period:
    """Both days included."""

    start: date
    end: date

    @classmethod
    def of_year(cls, year: int, quarter: int | None = None) -> "Period":
        """The reporting year that begins on 1 April, or its first, second, third or fourth quarter."""
        begin = date(year, 4, 1)
        start = add_months(begin, 3 * (quarter - 1)) if quarter else begin
        return cls(start, add_months(start, 3 if quarter else 12) - timedelta(days=1))

    @property
    def label(self) -> str:
        if self == Period.of_year(year_of(self.start)):
            return f"{self.start.year} to {self.end.year}"
        return f"{long_date(self.start)} to {long_date(self.end)}"

    @property
    def before(self) -> "Period":
        return Period(add_months(self.start, -12), add_months(self.end, -12))


def year_of(day: date) -> int:
    """In which a reporting year begins: 1 April to 31 March."""
    return day.year - (day.month < 4)


def sent_in(referrals: QuerySet, period: Period) -> QuerySet:
    """One that was returned and sent again stays in the period of its first sending."""
    sent = referrals.annotate(sent_on=TruncDate("first_submitted_at"))
    return sent.filter(sent_on__range=(period.start, period.end))


def figures(referrals: QuerySet, period: Period) -> Figures:
    found = sent_in(referrals, period)
    counts = {f"n{i}": Count("pk", filter=which) for i, which in enumerate(COUNTED.values())}
    by = ("agency__slug", "agency__name", "category")
    grouped = found.order_by().values(*by).annotate(**counts)
    rows = list(grouped.order_by("agency__name", "agency__slug", "category").values_list(*by, *counts))
    spans = found.filter(heard_on__isnull=False).values_list("sent_on", "heard_on")
    days = [working_days(sent, heard) for sent, heard in spans]
    return Figures(rows, sum(sent for _, _, _, sent, *_ in rows), len(days), median(days) if days else None)


def working_days(start: date, end: date) -> int:
    """The first day does not count, as when a due day is worked out."""
    return sum(map(is_working_day, _days(start, end)))


def _days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
