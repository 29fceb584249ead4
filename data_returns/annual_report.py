"""The yearly performance report to the board: the return, its trend, the KPIs of the year and its follow-ups."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q

from boards.models import Territory
from data_returns.comparing import Line, is_first, largest_first, lines_of, not_comparable
from data_returns.models import Return
from data_returns.trends import Trend, exact_years, trends
from mappa_portal.words import plural
from meetings.access import Sight
from meetings.models import FollowUp, Step
from meetings.performance.kpis import KPI6_TARGET
from meetings.performance.periods import Period
from meetings.performance.report import Report, shown


@dataclass(frozen=True)
class FollowUps:
    """Unexplained absences of the year's meetings that were taken up, by what became of them."""

    opened: int
    explained: int
    closed: int
    to_smb: int

    @classmethod
    def of(cls, borough: Territory, period: Period) -> "FollowUps":
        of_year = FollowUp.objects.filter(
            territory=borough, meeting__held_on__range=(period.start, period.end)
        )
        reached = Q(steps__number=Step.Number.SMB, steps__sent_at__isnull=False)
        counts = of_year.aggregate(
            opened=Count("pk", distinct=True),
            explained=Count("pk", Q(status=FollowUp.Status.EXPLAINED), distinct=True),
            closed=Count("pk", Q(status=FollowUp.Status.CLOSED), distinct=True),
            to_smb=Count("pk", reached, distinct=True),
        )
        return cls(**counts)

    @property
    def in_words(self) -> str:
        if not self.opened:
            return "No unexplained absence was followed up."
        still_open = self.opened - self.explained - self.closed
        return (
            f"{plural(self.opened, 'unexplained absence was', 'unexplained absences were')} followed up:"
            f" {self.explained} explained, {self.closed} closed, {still_open} still open."
            f" {self.to_smb or 'None'} reached the Strategic Management Board."
        )


@dataclass(frozen=True)
class AnnualReport:
    data_return: Return
    lines: list[Line]
    trends: list[Trend]
    kpis: Report
    follow_ups: FollowUps

    @classmethod
    def of(cls, data_return: Return, user) -> "AnnualReport":
        borough, period = data_return.territory, Period(data_return.year)
        known = [year for year in exact_years(user, borough) if year.year <= data_return.year]
        kpis = Report.of(borough, period, None, Sight(rows=True))
        return cls(
            data_return, lines_of(data_return, user), trends(known), kpis, FollowUps.of(borough, period)
        )

    def summary(self) -> Iterator[str]:
        """The page that everybody reads."""
        changes = largest_first(self.lines)[:3]
        for line in changes:
            yield (
                f"Question {line.question}, {line.label}: {line.now:,}, {abs(line.change):,}"
                f" {'more' if line.change > 0 else 'fewer'} than last year."
            )
        if is_first(self.lines):
            yield "First return: no earlier year."
        elif not changes:
            yield "No figure of the return differs from last year’s."
        if apart := not_comparable(self.lines):
            yield f"{plural(len(apart), 'figure')} cannot be compared with last year’s: the form counts otherwise."
        if self.kpis.six:
            met = plural(self.kpis.six_met, "agency reached", "agencies reached")
            yield f"KPI 6: {met} {KPI6_TARGET}% attendance, of {len(self.kpis.six)}."
        for line in self.kpis.four[:1]:
            yield f"KPI 4, both services at discussions of under-18s: {shown(line.now)}."
        yield (
            self.kpis.completeness
            if self.kpis.kpis.counts.discussions
            else "No meetings were held in the year."
        )
        yield self.follow_ups.in_words
