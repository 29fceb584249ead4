"""KPI 4 and KPI 6 on a page."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate

from boards.models import Territory
from boards.switcher import preset
from mappa_portal.templatetags.govuk import tag
from meetings.access import Sight, places_of, sight_of
from meetings.forms import PeriodForm
from meetings.kpis import Rate
from meetings.periods import Period
from meetings.report import Line, Report, shown

FOUR_COLUMNS = ["Who", "This period", "A year before", "Missed", "Result"]
SIX_COLUMNS = ["Agency", "This period", "A year before", "Missed", "Result"]


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
    def query(self) -> str:
        made = QueryDict(mutable=True)
        made.update({name: value for name, value in self.form.asked.items() if value})
        made["place"] = self.place.slug
        return made.urlencode()

    def report(self) -> Report:
        return Report.of(self.place, self.period, self.level, self.sight)


@login_required
def performance(request):
    asked = Asked.by(request)
    if asked is None:
        return render(request, "meetings/performance.html", {"asked": None})
    report = asked.report()
    context = {
        "asked": asked,
        "form": asked.form,
        "report": report,
        "four": _rows(report.four, "4", asked),
        "six": _rows(report.six, "6", asked),
        "four_columns": FOUR_COLUMNS,
        "six_columns": SIX_COLUMNS,
    }
    return render(request, "meetings/performance.html", context)


def _rows(lines: list[Line], kpi: str, asked: Asked) -> list[tuple]:
    link = f"{reverse('meetings:missed', args=[kpi])}?{asked.query}"
    return [
        (line.label, shown(line.now), shown(line.before), _missed(line, link), result(line.now))
        for line in lines
    ]


def _missed(line: Line, link: str):
    if not line.gap:
        return "0"
    return format_html('<a class="govuk-link" href="{}&agency={}">{}</a>', link, line.code, line.gap)


def result(rate: Rate):
    if rate.met is None:
        return "Not applicable"
    return tag("Target met", "green") if rate.met else tag(f"Below {rate.target}%", "orange")
