"""A measure over three years: which there are, and its rate by month and by quarter."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from boards.dates import add_months
from mappa_portal.words import month_of
from meetings.performance import figures
from meetings.performance.kpis import KPI4_TARGET, KPI6_TARGET, Kpis, Rate
from meetings.performance.missed import KPI4
from meetings.performance.report import Line, Report
from meetings.performance.run_chart import RunChart, run_chart

QUARTERS_SHOWN, SPARK_FROM = 12, 8
UNITS = {"month": 1, "quarter": 3}


@dataclass(frozen=True)
class Measure:
    name: str
    target: int
    rate_of: Callable[[Kpis], Rate]


def measures_of(report: Report) -> dict[str, Measure]:
    """By key, as addresses name them: 6 and 4, and 6-CSC for one line of KPI 6."""
    lines = {f"6-{line.code}": measure_of_line(line) for line in report.six}
    if report.is_whole:
        both = Measure("KPI 4, both services", KPI4_TARGET, lambda kpis: kpis.joint)
        return {
            "6": Measure("KPI 6, all agencies", KPI6_TARGET, lambda kpis: kpis.all_agencies),
            "4": both,
            **lines,
        }
    own = {
        f"4-{code}": Measure(f"KPI 4, {name}", KPI4_TARGET, _of_kind(code.lower()))
        for code, name in KPI4.items()
        if report.sight.sees_kind(code)
    }
    return lines | own


def measure_of_line(line: Line) -> Measure:
    def rate_of(kpis: Kpis) -> Rate:
        return next((a.rate for a in kpis.agencies if a.code == line.code), Rate(0, 0))

    return Measure(f"KPI 6, {line.label}", KPI6_TARGET, rate_of)


def _of_kind(name: str) -> Callable[[Kpis], Rate]:
    return lambda kpis: getattr(kpis, name)


@dataclass(frozen=True)
class Trend:
    """``months``: what each counted, by its first day; ``first`` is the first day that may be shown."""

    first: date
    until: date
    months: dict[date, Kpis]

    @classmethod
    def of(cls, report: Report, today: date) -> "Trend":
        """Twelve quarters up to the end of the period, or to today's."""
        until = min(report.period.end, today)
        first = add_months(quarter_of(until), -3 * (QUARTERS_SHOWN - 1))
        only = report.sight.organisations
        return cls(first, until, figures.by_month(report.place, first, until, report.level, only=only))

    def rates(self, measure: Measure, unit: str) -> list[tuple[str, Rate]]:
        """Quarters add up their months (C2)."""
        step, start, found = UNITS[unit], self.first, []
        while start <= self.until:
            months = [self.months[m] for n in range(step) if (m := add_months(start, n)) in self.months]
            sums = [measure.rate_of(kpis) for kpis in months]
            found.append(
                (_label(start, step), Rate(sum(r.attended for r in sums), sum(r.required for r in sums)))
            )
            start = add_months(start, step)
        return found

    def chart(self, measure: Measure, unit: str) -> RunChart:
        return run_chart(measure.name, unit, measure.target, self.rates(measure, unit))


def quarter_of(day: date) -> date:
    return date(day.year, 1 + (day.month - 1) // 3 * 3, 1)


def _label(start: date, step: int) -> str:
    if step == 1:
        return month_of(start)
    return f"{start:%b} to {month_of(add_months(start, step - 1))}"
