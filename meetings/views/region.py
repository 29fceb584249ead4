"""Which boroughs need attention: tile map, exceptions and table, for those who look across an area."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from boards.models import Territory
from mappa_portal.exports import csv_download
from mappa_portal.pagination import sorting
from mappa_portal.templatetags.govuk import Row
from mappa_portal.words import OFFICIAL_SENSITIVE
from meetings.access import areas_seen_by
from meetings.forms.performance import MEASURES, RegionForm
from meetings.performance.exports import AS_AT, limit_exports, record_export, stamp
from meetings.performance.region import Line, Region
from meetings.performance.report import shown
from meetings.performance.tiles import figures_url, tiles

COLUMNS = [
    ("borough", "Borough"),
    ("four", "KPI 4"),
    ("six", "KPI 6, all agencies"),
    ("agencies", "Agencies at 90%"),
    ("recorded", "Attendance recorded"),
    ("protocol", "Protocol in force"),
]
FILE = ["Borough", "KPI 4 attended", "KPI 4 required", "KPI 6 attended", "KPI 6 required", "Agencies at 90%"]
FILE += ["Discussions recorded", "Discussions held", "Protocol in force"]
SORTS = {
    "borough": lambda line: line.borough.name,
    "four": lambda line: _share(line, "4"),
    "six": lambda line: _share(line, "6"),
    "agencies": lambda line: sum(a.rate.met for a in line.kpis.agencies),
    "recorded": lambda line: _share(line, "recorded"),
    "protocol": lambda line: line.protocol,
}


@dataclass(frozen=True)
class Asked:
    form: RegionForm
    area: Territory
    region: Region

    @classmethod
    def by(cls, request) -> "Asked":
        areas = areas_seen_by(request.user)
        if not areas:
            raise PermissionDenied("The region is shown to those who look across an area's boroughs.")
        today = localdate()
        form = RegionForm(request.GET, places=areas, today=today)
        level = form.asked.get("level") or None
        return cls(
            form, form.place_chosen, Region.of(form.place_chosen, form.period(today), level, request.user)
        )

    @property
    def along(self) -> dict[str, str]:
        return {name: str(v) for name, v in self.form.asked.items() if v and name not in ("place", "measure")}


@login_required
def region(request):
    asked = Asked.by(request)
    sort, _ = sorting(request, dict.fromkeys(SORTS, ()), "borough")
    lines = sorted(asked.region.lines, key=SORTS[sort.lstrip("-")], reverse=sort.startswith("-"))
    measure = asked.form.measure_chosen
    context = {
        "asked": asked,
        "form": asked.form,
        "measure": MEASURES[measure],
        "tiles": tiles(asked.region, measure, asked.along),
        "exceptions": [Row(kind, _named(found, asked.along)) for kind, found in asked.region.exceptions()],
        "columns": COLUMNS,
        "rows": [_row(line, asked.along) for line in lines],
        "sort": sort,
        "query": urlencode(asked.along | {"place": asked.area.slug}),
    }
    return render(request, "meetings/region.html", context)


def _link(line: Line, along: dict[str, str]) -> SafeString:
    return format_html('<a class="govuk-link" href="{}">{}</a>', figures_url(line, along), line.borough)


def _named(found: list[tuple[Line, str]], along: dict[str, str]) -> SafeString:
    said = ((_link(line, along), f" {what}" if what else "") for line, what in found)
    return format_html_join("; ", "{}{}", said)


def _row(line: Line, along: dict[str, str]) -> list:
    return [
        _link(line, along),
        shown(line.kpis.joint),
        shown(line.kpis.all_agencies),
        line.agencies_met,
        shown(line.kpis.completeness),
        "Yes" if line.protocol else "No",
    ]


def _share(line: Line, measure: str) -> float:
    rate = line.rate(measure)
    return rate.attended / rate.required if rate.required else -1.0


@login_required
def export(request):
    asked = Asked.by(request)
    limit_exports(request.user)
    rows = [[*_numbers(line), stamp(line.as_at)] for line in asked.region.lines]
    record_export(asked.area, len(rows), by=request.user)
    name = f"region-{asked.area.slug}-{localdate()}.csv"
    return csv_download(name, [*FILE, AS_AT], rows, marking=OFFICIAL_SENSITIVE)


def _numbers(line: Line) -> list:
    joint, six, counts = line.kpis.joint, line.kpis.all_agencies, line.kpis.counts
    numbers = [joint.attended, joint.required, six.attended, six.required, line.agencies_met]
    return [
        line.borough.name,
        *numbers,
        counts.recorded,
        counts.discussions,
        "yes" if line.protocol else "no",
    ]
