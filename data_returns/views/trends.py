"""A borough's returns over the years: charts with their tables; as CSV, workbook and PDF."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from boards.models import AreaSettings, Territory
from data_returns.release.table import KEY
from data_returns.trend_chart import draw
from data_returns.trends import ABSENT, Point, Trend, Year, exact_years, released_years
from data_returns.trends import trends as trends_of
from data_returns.years import in_words, slashed
from documents.apart import render_apart
from mappa_portal.exports import csv_download, download, xlsx_download
from meetings.performance.exports import limit_exports, record_export

COLUMNS = [
    "Borough",
    "Question",
    "Key",
    "Figure",
    "Year",
    "Value",
    "Symbol",
    "Not comparable with the year before",
]
TABLES = {"csv": csv_download, "xlsx": xlsx_download}


@login_required
def trends(request, borough: str):
    place = (
        Territory.objects.filter(kind=Territory.Kind.BOROUGH, slug=borough).select_related("parent").first()
    )
    if place is None:
        raise Http404
    years, is_exact = _years(request.user, place)
    if not years:
        raise Http404
    marking = AreaSettings.objects.get(territory=place.parent).marking if is_exact else "OFFICIAL"
    found = trends_of(years)
    asked = request.GET.get("format", "")
    if asked in TABLES or asked == "pdf":
        limit_exports(request.user)
        record_export(place, sum(len(t.series) for t in found), by=request.user, kind=asked.upper())
        return _file(asked, place, found, marking, is_exact)
    return render(request, "data_returns/trends.html", context(place, found, marking, is_exact))


def _years(user, place: Territory) -> tuple[list[Year], bool]:
    """Exactly for those to whom the returns are open, for all others as released."""
    if years := exact_years(user, place):
        return years, True
    return released_years(user, place), False


def context(place: Territory, found: list[Trend], marking: str, is_exact: bool) -> dict:
    return {
        "borough": place,
        "trends": [shown_trend(trend) for trend in found],
        "first": all(len(series.points) < 2 for trend in found for series in trend.series),
        "is_exact": is_exact,
        "marking": marking,
        "key": KEY[:3],
        "years": [in_words(p.year) for p in found[0].series[0].points],
    }


def shown_trend(trend: Trend) -> dict:
    number = trend.question.number
    return {
        "question": trend.question,
        "finding": trend.finding,
        "caption": f"Figures of question {number}",
        "charts": [
            (series.label, draw(series, trend.highest(series.level), f"chart-{number}-{n}"))
            for n, series in enumerate(trend.series)
            if len(series.points) > 1
        ],
        "columns": ["Figure", *(slashed(p.year) for p in trend.series[0].points)],
        "numeric": ",".join(str(n + 2) for n in range(len(trend.series[0].points))),
        "rows": [[s.label, *(in_table(p) for p in s.points)] for s in trend.series],
        "breaks": [f"From {in_words(year)} on: {why}" for year, why in trend.breaks],
    }


def in_table(point: Point) -> str:
    if point.is_number:
        return f"{point.value:,}"
    return "No return" if point.value == ABSENT else f"[{point.value}]"


def _file(asked: str, place: Territory, found: list[Trend], marking: str, is_exact: bool) -> HttpResponse:
    name = f"data-return-trends-{place.slug}.{asked}"
    if asked in TABLES:
        return TABLES[asked](name, COLUMNS, _rows(place, found), marking=marking)
    title = f"MAPPA data returns over the years, {place}"
    now = timezone.now()
    body = render_apart(
        "pdf/trends.html",
        context(place, found, marking, is_exact) | {"title": title, "made_at": now},
        title=title,
        marking=marking,
        identifier=f"trends-{place.slug}-{now:%Y%m%dT%H%M%S}",
        created=now,
        reference=str(place),
    )
    return download(name, body, "application/pdf")


def _rows(place: Territory, found: list[Trend]) -> Iterator[list]:
    return (
        [place.name, trend.question.number, series.key, series.label, slashed(point.year), *_cells(point)]
        for trend in found
        for series in trend.series
        for point in series.points
    )


def _cells(point: Point) -> tuple:
    symbol = "" if point.is_number else in_table(point)
    return (point.value if point.is_number else None, symbol, point.breaks)
