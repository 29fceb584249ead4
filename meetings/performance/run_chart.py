"""A KPI over time: median or p-chart limits, what stands out, and the finding in words. No database here."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

from mappa_portal.words import plural
from meetings.performance.kpis import Rate

FEW, LIMITS_FROM, ON_ONE_SIDE, IN_A_ROW = 6, 12, 7, 6
OUTSIDE, SIDE, TREND = "outside the usual range", "7 or more on one side", "6 or more in one direction"


@dataclass(frozen=True)
class Point:
    """One month or quarter in which something was required; ``limits`` None where there is none."""

    label: str
    rate: Rate
    limits: tuple[float, float] | None = None
    flags: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        return 100 * self.rate.attended / self.rate.required


@dataclass(frozen=True)
class RunChart:
    """``centre``: the median of few points, the average of many, None without any."""

    name: str
    unit: str
    target: int
    points: tuple[Point, ...]
    centre: float | None

    @property
    def has_limits(self) -> bool:
        return len(self.points) >= LIMITS_FROM

    @property
    def centre_is(self) -> str:
        return "average" if self.has_limits else "median"

    @property
    def flagged(self) -> list[Point]:
        return [point for point in self.points if point.flags]


def run_chart(name: str, unit: str, target: int, rates: Sequence[tuple[str, Rate]]) -> RunChart:
    """``rates`` oldest first; what had nothing to divide by is no point (C12). ``unit``: month or quarter."""
    points = [Point(label, rate) for label, rate in rates if rate.required]
    if not points:
        return RunChart(name, unit, target, (), None)
    if len(points) >= LIMITS_FROM:
        share = sum(p.rate.attended for p in points) / sum(p.rate.required for p in points)
        centre, limits = 100 * share, [_limits(share, p.rate.required) for p in points]
    else:
        centre, limits = median(p.value for p in points), [None] * len(points)
    values = [p.value for p in points]
    sides, trends = _on_one_side(values, centre), _in_one_direction(values)
    flagged = tuple(
        Point(p.label, p.rate, limit, _flags(p.value, limit, n in sides, n in trends))
        for n, (p, limit) in enumerate(zip(points, limits, strict=True))
    )
    return RunChart(name, unit, target, flagged, centre)


def _limits(share: float, required: int) -> tuple[float, float]:
    """Three standard errors of a proportion to either side, cut at 0 and 100."""
    reach = 300 * sqrt(share * (1 - share) / required)
    return max(0.0, 100 * share - reach), min(100.0, 100 * share + reach)


def _flags(value: float, limits: tuple[float, float] | None, side: bool, trend: bool) -> tuple[str, ...]:
    outside = limits is not None and not limits[0] - 1e-9 <= value <= limits[1] + 1e-9
    return tuple(flag for flag, is_up in ((OUTSIDE, outside), (SIDE, side), (TREND, trend)) if is_up)


def _on_one_side(values: Sequence[float], centre: float) -> set[int]:
    """Places in a run of 7 or more above, or below; what lies on the centre neither counts nor ends a run."""
    signs = [(n, value > centre) for n, value in enumerate(values) if abs(value - centre) > 1e-9]
    return _long_runs([n for n, _ in signs], [above for _, above in signs], ON_ONE_SIDE)


def _in_one_direction(values: Sequence[float]) -> set[int]:
    """Places in a run of 6 or more points that each lie above, or each below, the one before."""
    steps = [(b > a) - (b < a) for a, b in itertools.pairwise(values)]
    ends = _long_runs(list(range(1, len(values))), [step or None for step in steps], IN_A_ROW - 1)
    return ends | {n - 1 for n in ends}


def _long_runs(places: Sequence[int], kinds: Sequence, at_least: int) -> set[int]:
    """Places of equal neighbours, if they are many enough; None equals nothing."""
    found: set[int] = set()
    start = 0
    for n in range(1, len(kinds) + 1):
        if n == len(kinds) or kinds[n] != kinds[start] or kinds[n] is None:
            if kinds[start] is not None and n - start >= at_least:
                found |= set(places[start:n])
            start = n
    return found


# -- In words --


def percent(value: float) -> str:
    """One decimal, cut as every figure is (C14)."""
    tenths = int(value * 10 + 1e-6)
    return f"{tenths // 10}.{tenths % 10}%"


def finding(chart: RunChart) -> str:
    """What the newest point says; without anything unusual, where the figure lies."""
    if not chart.points:
        return f"{chart.name}: no figure in this time"
    last, centre = chart.points[-1], percent(chart.centre)
    if len(chart.points) == 1:
        return f"{chart.name} was {percent(last.value)} in {last.label}, the only {chart.unit} with a figure"
    if len(chart.points) < FEW:
        was = f"{chart.name} was {percent(last.value)} in {last.label}"
        return f"{was}; the {chart.centre_is} is {centre}, {_to_target(chart)}"
    above = last.value > chart.centre
    if OUTSIDE in last.flags:
        moved = "rose above" if above else "fell below"
        return f"{chart.name} {moved} its usual range in {last.label}: {percent(last.value)}"
    if TREND in last.flags:
        moved = "risen" if last.value > chart.points[-2].value else "fallen"
        run = plural(_tail(chart, TREND), chart.unit)
        return f"{chart.name} has {moved} over {run} in a row, to {percent(last.value)}"
    if SIDE in last.flags:
        where = "above" if above else "below"
        run = plural(_tail(chart, SIDE), chart.unit)
        return f"{chart.name} has been {where} its {chart.centre_is} of {centre} for {run} in a row"
    return f"{chart.name} shows no change: {chart.centre_is} {centre}, {_to_target(chart)}"


def _tail(chart: RunChart, flag: str) -> int:
    """Of how many points the run that goes on until now consists."""
    values = [point.value for point in chart.points]
    length = 1
    for n in range(len(values) - 1, 0, -1):
        if flag == TREND:
            goes_on = (values[n] > values[n - 1]) == (values[-1] > values[-2]) and values[n] != values[n - 1]
        else:
            goes_on = (values[n - 1] > chart.centre) == (values[-1] > chart.centre)
        if not goes_on:
            break
        length += 1
    return length


def _to_target(chart: RunChart) -> str:
    if chart.centre >= chart.target:
        return f"at or above the target of {chart.target}%"
    return f"below the target of {chart.target}%"
