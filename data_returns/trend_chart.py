"""One figure over the years as SVG, with others of its level on one scale; gaps and breaks labelled (ux section 5)."""

import itertools
from collections.abc import Iterator

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from data_returns.trends import ABSENT, Series
from data_returns.years import slashed
from mappa_portal.words import plural
from meetings.performance.svg import CONTEXT, DOT, FONT, LINE, MAIN, SVG, TEXT

HEIGHT, TOP, BOTTOM = 132, 26, 98  # of the drawing, and of the scale in it
LEFT, RIGHT = 14, 94  # per cent of the width
GAP = {"c": "hidden", "x": "not known", "z": "not applicable", ABSENT: "no return"}


def draw(series: Series, highest: int, key: str) -> SafeString:
    """``highest``: the top of the scale; ``key`` makes its ids unique on the page."""
    places = [_x(n, len(series.points)) for n in range(len(series.points))]
    at = dict(zip((p.year for p in series.points), places, strict=True))
    parts = [*_base(highest), *_gaps(series, at), *_lines(series, at, highest), *_labels(series, at, highest)]
    drawn = format_html_join("", "{}", ((part,) for part in parts))
    return format_html(SVG, key, HEIGHT, FONT, series.label, describe(series), drawn)


def describe(series: Series) -> str:
    said = [
        f"{slashed(p.year)}: {f'{p.value:,}' if p.is_number else GAP[p.value]}"
        + (", new line" if p.breaks else "")
        for p in series.points
    ]
    return f"{plural(len(said), 'year')}. {'; '.join(said)}."


def _x(place: int, count: int) -> float:
    return 50 if count == 1 else round(LEFT + place / (count - 1) * (RIGHT - LEFT), 2)


def _y(value: int, highest: int) -> float:
    return round(BOTTOM - value / max(highest, 1) * (BOTTOM - TOP), 1)


def _base(highest: int) -> Iterator[SafeString]:
    yield format_html(LINE, 0, BOTTOM, 100, BOTTOM, "#cecece", 1, "")
    yield format_html(LINE, 0, TOP, 100, TOP, "#cecece", 1, "")
    yield format_html(TEXT, 0, TOP - 6, "start", CONTEXT, "", f"{highest:,}")


def _gaps(series: Series, at: dict[int, float]) -> Iterator[SafeString]:
    """Why there is no point, and a dashed line where years stop being comparable."""
    dash = format_html(' stroke-dasharray="{}"', "3 3")
    for before, point in itertools.pairwise(series.points):
        if point.breaks:
            x = (at[before.year] + at[point.year]) / 2
            yield format_html(LINE, x, TOP, x, BOTTOM, CONTEXT, 1, dash)
    for point in series.points:
        if not point.is_number:
            mark = f"[{point.value}]" if point.value != ABSENT else "–"
            yield format_html(TEXT, at[point.year], BOTTOM - 6, "middle", CONTEXT, "", mark)


def _lines(series: Series, at: dict[int, float], highest: int) -> Iterator[SafeString]:
    for run in series.stretches():
        for one, two in itertools.pairwise(run):
            ends = (at[one.year], _y(one.value, highest), at[two.year], _y(two.value, highest))
            yield format_html(LINE, *ends, MAIN, 2, "")
        for point in run:
            yield format_html(DOT, at[point.year], _y(point.value, highest), MAIN)


def _labels(series: Series, at: dict[int, float], highest: int) -> Iterator[SafeString]:
    """The newest value at its point; first and last year below."""
    first, last = series.points[0], series.points[-1]
    if last.is_number:
        bold, y = format_html(' font-weight="{}"', 700), _y(last.value, highest)
        yield format_html(TEXT, 100, y - 8 if y > TOP + 6 else y + 20, "end", MAIN, bold, f"{last.value:,}")
    if first != last:
        yield format_html(TEXT, 0, HEIGHT - 12, "start", CONTEXT, "", slashed(first.year))
    yield format_html(TEXT, 100, HEIGHT - 12, "end", CONTEXT, "", slashed(last.year))
