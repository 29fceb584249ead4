"""KPI 4 and KPI 6 on a page."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate

from boards.models import Territory
from boards.switcher import preset
from meetings.access import Sight, places_of, sight_of
from meetings.forms.performance import ChartForm, PeriodForm
from meetings.performance.cells import result, spark
from meetings.performance.periods import Period
from meetings.performance.region import Region
from meetings.performance.report import Line, Report, shown
from meetings.performance.run_chart import Point, finding, percent
from meetings.performance.svg import draw
from meetings.performance.tiles import tiles
from meetings.performance.trends import Trend, measures_of

COLUMNS_OF_4 = ["Who", "This period", "A year before", "Missed", "Result"]
COLUMNS_OF_6 = ["Agency", "This period", "A year before", "Missed", "Result", "Last 12 quarters"]
BESIDE_COLUMNS = ["What", "This period"]
COMPARED_COLUMNS = ["Counting rule", "KPI 6, all agencies", "Agencies at 90%", "KPI 4, both services"]
POINT_COLUMNS = ["When", "Figure", "Usual range", "What stands out"]


@dataclass(frozen=True)
class Asked:
    """What a person asks figures for; the place is one of those he or she may open."""

    form: PeriodForm
    place: Territory
    period: Period
    level: int | None
    sight: Sight

    @classmethod
    def by(cls, request) -> "Asked | None":
        """None for somebody who has no figures at all; 404 for a place of others."""
        today, places = localdate(), places_of(request.user)
        if not places:
            return None
        if request.GET.get("place") not in {None, "", *(place.slug for place in places)}:
            raise Http404
        form = PeriodForm(preset(request, "place"), places=places, today=today)
        place = form.place_chosen
        level = form.asked.get("level") or None
        return cls(form, place, form.period(today), level, sight_of(request.user, place))

    @property
    def along(self) -> dict[str, str]:
        """The question as an address carries it."""
        asked = {name: str(value) for name, value in self.form.asked.items() if value}
        return asked | {"place": self.place.slug}

    @property
    def query(self) -> str:
        return urlencode(self.along)

    def report(self) -> Report:
        return Report.of(self.place, self.period, self.level, self.sight)


@login_required
def performance(request):
    asked = Asked.by(request)
    if asked is None:
        return render(request, "meetings/performance.html", {"asked": None})
    report = asked.report()
    trend = Trend.of(report, localdate())
    context = {
        "asked": asked,
        "form": asked.form,
        "report": report,
        "notice": report.notice(),
        "lowest": _lowest(report, asked),
        "four": _rows(report.four, "4", asked),
        "six": [
            (*row, spark(trend, line))
            for row, line in zip(_rows(report.six, "6", asked), report.six, strict=True)
        ],
        "four_columns": COLUMNS_OF_4,
        "six_columns": COLUMNS_OF_6,
        "beside": beside_rows(report),
        "beside_columns": BESIDE_COLUMNS,
        "compared": compared_rows(report),
        "compared_columns": COMPARED_COLUMNS,
        **_map(asked, request.user),
        **chart_context(request.GET, asked, report, trend),
    }
    return render(request, "meetings/performance.html", context)


def _map(asked: Asked, user) -> dict:
    """Of an area: its boroughs by KPI 6."""
    if asked.place.kind != Territory.Kind.AREA:
        return {}
    along = {name: value for name, value in asked.along.items() if name != "place"}
    found = Region.of(asked.place, asked.period, asked.level, user)
    return {"tiles": tiles(found, "6", along), "measure": "KPI 6"}


def _rows(lines: list[Line], kpi: str, asked: Asked) -> list[tuple]:
    link = f"{reverse('meetings:missed', args=[kpi])}?{asked.query}"
    return [
        (line.label, shown(line.now), shown(line.before), _missed(line, link), result(line.now))
        for line in lines
    ]


def _missed(line: Line, link: str):
    if not line.gap:
        return "0"
    return format_html('<a class="govuk-link" href="{}">{}</a>', _opened(line, link), line.gap)


def _opened(line: Line, link: str) -> str:
    return f"{link}&{urlencode({'agency': line.code})}"


def _lowest(report: Report, asked: Asked) -> dict | None:
    """What to open first, as a button says it."""
    if not report.lowest:
        return None
    kpi, line = report.lowest
    link = f"{reverse('meetings:missed', args=[kpi])}?{asked.query}"
    return {"kpi": kpi, "label": line.label, "shown": shown(line.now), "url": _opened(line, link)}


def beside_rows(report: Report) -> list[tuple]:
    beside = report.beside()
    if beside is None:
        return []
    return [*beside.ended, *((label, shown(rate)) for label, rate in beside.rates)]


def compared_rows(report: Report) -> list[tuple]:
    return [
        (
            label,
            shown(kpis.all_agencies),
            f"{sum(a.rate.met for a in kpis.agencies)} of {len(kpis.agencies)}",
            shown(kpis.joint),
        )
        for label, kpis in report.compared()
    ]


# -- The chart --


def chart_context(query, asked: Asked, report: Report, trend: Trend) -> dict:
    measures = measures_of(report)
    if not measures:
        return {}
    form = ChartForm(query, measures={key: m.name for key, m in measures.items()}, along=asked.along)
    chart = trend.chart(measures[form.measure_chosen], form.unit)
    return {
        "chart_form": form,
        "chart": chart,
        "finding": finding(chart),
        "drawing": draw(chart) if chart.points else "",
        "point_columns": POINT_COLUMNS,
        "points": [point_row(point) for point in reversed(chart.points)],
        "chart_query": urlencode(asked.along | {"measure": form.measure_chosen, "points": form.unit}),
    }


def point_row(point: Point) -> tuple:
    usual = f"{percent(point.limits[0])} to {percent(point.limits[1])}" if point.limits else "Too few points"
    return point.label, shown(point.rate), usual, ", ".join(point.flags).capitalize() or "Nothing"
