"""Run charts and sparklines as SVG without style or script: shares of the width, so that text keeps its size."""

import itertools
from collections.abc import Iterator, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from meetings.performance.run_chart import Point, RunChart, finding, percent

HEIGHT, TOP, BOTTOM = 260, 28, 222  # of the drawing, and of the scale in it
LEFT, RIGHT = 3, 97  # per cent of the width
MAIN, TARGET, FLAG, CONTEXT = "#12436D", "#F46A25", "#801650", "#3D3D3D"
FONT = "Atkinson Hyperlegible Next, Arial, sans-serif"

SVG = (
    '<svg class="app-chart" role="img" aria-labelledby="{0}-title {0}-desc" width="100%" height="{1}"'
    ' font-family="{2}" font-size="14"><title id="{0}-title">{3}</title><desc id="{0}-desc">{4}</desc>{5}</svg>'
)
LINE = '<line x1="{}%" y1="{}" x2="{}%" y2="{}" stroke="{}" stroke-width="{}"{}/>'
TEXT = '<text x="{}%" y="{}" text-anchor="{}" fill="{}"{}>{}</text>'
DOT = '<circle cx="{}%" cy="{}" r="3.5" fill="{}"/>'
RING = '<circle cx="{}%" cy="{}" r="6.5" fill="#ffffff" stroke="{}" stroke-width="3"/>'
SPARK = (
    '<svg class="app-spark" role="img" aria-label="{}" width="96" height="24" viewBox="0 0 96 24">'
    '<polyline points="{}" fill="none" stroke="{}" stroke-width="2"/>'
    '<circle cx="{}" cy="{}" r="3" fill="{}"/></svg>'
)


class Scale:
    """From a round number below everything that is shown up to 100."""

    def __init__(self, chart: RunChart):
        lows = [p.value for p in chart.points] + [p.limits[0] for p in chart.points if p.limits]
        self.low = max(0, int(min([*lows, chart.target - 1])) // 10 * 10)
        self.count = len(chart.points)

    def y(self, value: float) -> float:
        return round(BOTTOM - (value - self.low) / (100 - self.low) * (BOTTOM - TOP), 1)

    def x(self, place: int) -> float:
        if self.count == 1:
            return (LEFT + RIGHT) / 2
        return round(LEFT + place / (self.count - 1) * (RIGHT - LEFT), 2)


def draw(chart: RunChart, key: str = "chart") -> SafeString:
    """``key`` makes the ids of this drawing unique on its page."""
    scale = Scale(chart)
    parts = [*_grid(scale), *_levels(chart, scale), *_limits(chart, scale), *_points(chart, scale)]
    parts += _labels(chart, scale)
    drawn = format_html_join("", "{}", ((part,) for part in parts))
    return format_html(SVG, key, HEIGHT, FONT, finding(chart), describe(chart), drawn)


def describe(chart: RunChart) -> str:
    """For those who do not see the drawing; every number stands in the table below it."""
    if not chart.points:
        return "Nothing to draw."
    first, last = chart.points[0], chart.points[-1]
    flagged = f" Marked: {', '.join(p.label for p in chart.flagged)}." if chart.flagged else ""
    return (
        f"{len(chart.points)} {chart.unit}s from {first.label}, {percent(first.value)}, to {last.label},"
        f" {percent(last.value)}. Target {chart.target}%, {chart.centre_is} {percent(chart.centre)}.{flagged}"
    )


def _grid(scale: Scale) -> Iterator[SafeString]:
    for value in {scale.low, (scale.low + 100) // 2, 100}:
        y = scale.y(value)
        yield format_html(LINE, 0, y, 100, y, "#cecece", 1, "")
        yield format_html(TEXT, 0, y - 4, "start", CONTEXT, "", f"{value}%")


def _levels(chart: RunChart, scale: Scale) -> Iterator[SafeString]:
    """Target dashed, its name on the left; median or average dotted, its name on the right."""
    target, centre = scale.y(chart.target), scale.y(chart.centre)
    dash, dots = format_html(' stroke-dasharray="{}"', "8 4"), format_html(' stroke-dasharray="{}"', "2 4")
    yield format_html(LINE, 0, target, 100, target, TARGET, 2, dash)
    yield format_html(LINE, 0, centre, 100, centre, CONTEXT, 2, dots)
    named = f"{chart.centre_is.capitalize()} {percent(chart.centre)}"
    below = 16 if centre >= target else -6
    yield format_html(TEXT, 100, centre + below, "end", CONTEXT, "", named)
    yield format_html(
        TEXT, 12, target + (-6 if below > 0 else 16), "start", CONTEXT, "", f"Target {chart.target}%"
    )


def _limits(chart: RunChart, scale: Scale) -> Iterator[SafeString]:
    if not chart.has_limits:
        return
    half = (RIGHT - LEFT) / (scale.count - 1) / 2
    for n, point in enumerate(chart.points):
        left, right = max(0, round(scale.x(n) - half, 2)), min(100, round(scale.x(n) + half, 2))
        for limit in point.limits:
            y = scale.y(limit)
            yield format_html(LINE, left, y, right, y, CONTEXT, 1, "")


def _points(chart: RunChart, scale: Scale) -> Iterator[SafeString]:
    places = [(scale.x(n), scale.y(p.value)) for n, p in enumerate(chart.points)]
    for (x1, y1), (x2, y2) in itertools.pairwise(places):
        yield format_html(LINE, x1, y1, x2, y2, MAIN, 2, "")
    for (x, y), point in zip(places, chart.points, strict=True):
        yield format_html(RING, x, y, FLAG) if point.flags else format_html(DOT, x, y, MAIN)


def _labels(chart: RunChart, scale: Scale) -> Iterator[SafeString]:
    """The last value beside its point; first and last label below."""
    last = chart.points[-1]
    y = scale.y(last.value)
    bold = format_html(' font-weight="{}"', 700)
    yield format_html(TEXT, 100, y - 12 if y > TOP + 8 else y + 22, "end", MAIN, bold, percent(last.value))
    if scale.count > 1:
        yield format_html(TEXT, 0, HEIGHT - 14, "start", CONTEXT, "", chart.points[0].label)
    yield format_html(TEXT, 100, HEIGHT - 14, "end", CONTEXT, "", last.label)


def sparkline(points: Sequence[Point], unit: str) -> SafeString:
    """Its own scale: the shape of one row; the last value stands beside it in text."""
    low, high = min(p.value for p in points), max(p.value for p in points)
    reach = high - low or 1
    places = [
        (round(3 + 90 * n / (len(points) - 1), 1), round(20 - 16 * (p.value - low) / reach, 1))
        for n, p in enumerate(points)
    ]
    name = f"{len(points)} {unit}s: lowest {percent(low)}, highest {percent(high)}, last {percent(points[-1].value)}"
    line = " ".join(f"{x},{y}" for x, y in places)
    return format_html(SPARK, name, line, MAIN, *places[-1], MAIN)
