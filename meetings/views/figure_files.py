"""The performance page as files: figures and chart as CSV, all of it as a PDF; recorded before anything leaves."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.timezone import localdate

from documents.apart import render_apart
from mappa_portal.exports import csv_download
from mappa_portal.words import OFFICIAL_SENSITIVE, long_date
from meetings.performance.exports import AS_AT, limit_exports, record_export, stamped
from meetings.performance.kpis import Rate
from meetings.performance.report import Line, Report, shown
from meetings.performance.run_chart import Point
from meetings.performance.trends import Trend
from meetings.views.performance import Asked, beside_rows, chart_context, compared_rows

FIGURES = ["KPI", "Line", "Attended", "Required", "Percentage", "Target", "Met"]
BEFORE = ["Attended a year before", "Required a year before", "Percentage a year before"]
POINTS = [
    "When",
    "Attended",
    "Required",
    "Percentage",
    "Usual range from",
    "Usual range to",
    "What stands out",
]


@login_required
def figures(request):
    asked, report = _report(request)
    rows = [_numbers(line, kpi) for kpi, lines in ((4, report.four), (6, report.six)) for line in lines]
    rows += [_complete(report), _no_age(report), *_beside(report)]
    record_export(asked.place, len(rows), by=request.user)
    return csv_download(
        _name("kpis", asked, "csv"),
        [*FIGURES, *BEFORE, AS_AT],
        stamped(rows, report.figures.as_at),
        marking=OFFICIAL_SENSITIVE,
    )


def _numbers(line: Line, kpi: int) -> list:
    now, before = line.now, line.before
    met = {True: "yes", False: "no", None: ""}[now.met]
    return [kpi, line.label, *_rate(now), now.target, met, *_rate(before)]


def _complete(report: Report) -> list:
    """Beside the figures, as C13 asks for."""
    now, before = report.kpis.completeness, report.before.completeness
    return [None, "Discussions with attendance recorded", *_rate(now), None, None, *_rate(before)]


def _no_age(report: Report) -> list:
    now, before = report.kpis.counts.missing_birth_dates, report.before.counts.missing_birth_dates
    return [None, "Discussions of unknown age left out of KPI 4", now, *[None] * 4, before, None, None]


def _beside(report: Report) -> list[list]:
    """In no KPI, so without a target."""
    beside = report.beside()
    if beside is None:
        return []
    ended = [[None, label, number, *[None] * 7] for label, number in beside.ended]
    return ended + [[None, label, *_rate(rate), *[None] * 5] for label, rate in beside.rates]


def _rate(rate: Rate) -> list:
    return [rate.attended, rate.required, rate.percentage]


@login_required
def chart(request):
    asked, report = _report(request)
    drawn = chart_context(request.GET, asked, report, Trend.of(report, localdate())).get("chart")
    if drawn is None:
        raise Http404
    rows = [_point(p) for p in drawn.points]
    record_export(asked.place, len(rows), by=request.user)
    return csv_download(
        _name("kpi-chart", asked, "csv"),
        [*POINTS, AS_AT],
        stamped(rows, report.figures.as_at),
        marking=OFFICIAL_SENSITIVE,
    )


def _point(point: Point) -> list:
    low, high = point.limits or (None, None)
    usual = [value if value is None else round(value, 2) for value in (low, high)]
    return [point.label, *_rate(point.rate), *usual, ", ".join(point.flags)]


@login_required
def pdf(request):
    """A page or two without any text that people wrote: made while the person waits."""
    asked, report = _report(request)
    now = timezone.now()
    title = f"Attendance at MAPPA meetings, {asked.place}"
    data = render_apart(
        "pdf/performance.html",
        _document(request, asked, report) | {"title": title, "made_at": now},
        title=title,
        marking=OFFICIAL_SENSITIVE,
        identifier=f"performance-{asked.query}-{now:%Y%m%dT%H%M%S}",
        created=now,
        reference=f"{asked.place}, {long_date(asked.period.start)} to {long_date(asked.period.end)}",
    )
    record_export(asked.place, len(report.four) + len(report.six), by=request.user, kind="PDF")
    headers = {"Content-Disposition": f'attachment; filename="{_name("kpis", asked, "pdf")}"'}
    return HttpResponse(data, content_type="application/pdf", headers=headers)


def _document(request, asked: Asked, report: Report) -> dict:
    trend = Trend.of(report, localdate())
    return {
        "asked": asked,
        "report": report,
        "notice": report.notice(),
        "tables": table_rows(report),
        "beside": beside_rows(report),
        "compared": compared_rows(report),
        **chart_context(request.GET, asked, report, trend),
    }


def table_rows(report: Report) -> list[dict]:
    """One table for each measure that has a figure."""
    return [
        {"caption": caption, "rows": [_line(line) for line in lines]}
        for caption, lines in (("KPI 4, target 100%", report.four), ("KPI 6, target 90%", report.six))
        if lines
    ]


def _line(line: Line) -> tuple:
    met = {True: "Target met", False: f"Below {line.now.target}%", None: "Not applicable"}[line.now.met]
    return line.label, shown(line.now), shown(line.before), line.gap, met


def _report(request) -> tuple[Asked, Report]:
    asked = Asked.by(request)
    if asked is None:
        raise Http404
    limit_exports(request.user)
    return asked, asked.report()


def _name(what: str, asked: Asked, ending: str) -> str:
    quarter = f"-q{asked.period.quarter}" if asked.period.quarter else ""
    return f"{what}-{asked.place.slug}-{asked.period.year}{quarter}.{ending}"
