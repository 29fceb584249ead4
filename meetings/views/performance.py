"""KPI 4 and KPI 6 on a page, and the missed attendances that make each gap."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate

from boards.directory import sees_people
from boards.models import Territory
from boards.switcher import preset
from mappa_portal.templatetags.govuk import short_date, tag
from meetings import figures
from meetings.access import places_of, sees_cases
from meetings.forms import PeriodForm
from meetings.kpis import DUTY_TO_COOPERATE, Kpis, Rate
from meetings.missed import KPI4, MISSED

LIMIT = 500  # rows of a list that people read; the figure above it counts all
KPI4_COLUMNS = ["Who", "This period", "A year before", "Missed", "Result"]
KPI6_COLUMNS = ["Agency", "This period", "A year before", "Missed", "Result"]


@login_required
def performance(request):
    form, context = _asked(request)
    if form is None:
        return render(request, "meetings/performance.html", context)
    place, period, level = context["place"], context["period"], form.asked.get("level") or None
    now = _figures(place, period, level)
    before = _figures(place, period.year_before, level).kpis
    may_open = place.kind == Territory.Kind.BOROUGH and sees_people(request.user, place)
    links = _links(form, place) if may_open else {}
    return render(
        request,
        "meetings/performance.html",
        context
        | {
            "kpis": now.kpis,
            "figures": now,
            "kpi4": _kpi4(now.kpis, before, links),
            "kpi6": _kpi6(now.kpis, before, links),
            "four_columns": KPI4_COLUMNS,
            "six_columns": KPI6_COLUMNS,
            "kpi6_met": sum(a.rate.met for a in now.kpis.agencies),
        },
    )


def _asked(request) -> tuple[PeriodForm | None, dict]:
    today, places = localdate(), places_of(request.user)
    if not places:
        return None, {"places": []}
    if request.GET.get("place") not in {None, "", *(place.slug for place in places)}:
        raise Http404
    form = PeriodForm(preset(request, "place"), places=places, today=today)
    return form, {"form": form, "place": form.place_chosen, "period": form.period(today), "places": places}


def _figures(place: Territory, period, level) -> figures.Figures:
    count = figures.of_borough if place.kind == Territory.Kind.BOROUGH else figures.of_area
    return count(place, period.start, period.end, level)


def shown(rate: Rate) -> str:
    """No figure stands alone."""
    return f"{rate.percentage}% ({rate.attended} of {rate.required})" if rate.required else "No figure"


def result(rate: Rate):
    if rate.met is None:
        return "Not applicable"
    return tag("Target met", "green") if rate.met else tag(f"Below {rate.target}%", "orange")


def _kpi4(now: Kpis, before: Kpis, links) -> list[tuple]:
    lines = [
        ("Both at the table", "joint", ""),
        (KPI4["YOT"], "yot", "YOT"),
        (KPI4["CSC"], "csc", "CSC"),
    ]
    return [
        _line(label, getattr(now, name), getattr(before, name), links.get("4"), code)
        for label, name, code in lines
    ]


def _kpi6(now: Kpis, before: Kpis, links) -> list[tuple]:
    earlier = {a.code: a.rate for a in before.agencies}
    return [
        _line(a.name, a.rate, earlier.get(a.code, Rate(0, 0)), links.get("6"), a.code.partition("@")[0])
        for a in now.agencies
    ]


def _line(label: str, now: Rate, before: Rate, link: str | None, code: str) -> tuple:
    gap = now.required - now.attended
    missed = str(gap)
    if link and gap:
        missed = format_html('<a class="govuk-link" href="{}&agency={}">{}</a>', link, code, gap)
    return label, shown(now), shown(before), missed, result(now)


def _links(form: PeriodForm, place: Territory) -> dict[str, str]:
    query = {name: value for name, value in form.asked.items() if value} | {"place": place.slug}
    return {kpi: f"{reverse('meetings:missed', args=[kpi])}?{_encoded(query)}" for kpi in MISSED}


def _encoded(query: dict) -> str:
    made = QueryDict(mutable=True)
    made.update(query)
    return made.urlencode()


@login_required
def missed(request, kpi: str):
    """Rows for those who look after the borough; case references for its MAPPA unit alone."""
    form, context = _asked(request)
    if form is None or kpi not in MISSED:
        raise Http404
    place, period = context["place"], context["period"]
    if place.kind != Territory.Kind.BOROUGH or not sees_people(request.user, place):
        raise Http404
    agency = request.GET.get("agency", "")
    if agency and agency not in (KPI4 if kpi == "4" else DUTY_TO_COOPERATE):
        raise Http404
    with_cases = sees_cases(request.user, place)
    found = MISSED[kpi](place, period.start, period.end, form.asked.get("level") or None, agency)
    columns = ["Date", "Level", *(["Meeting", "Case"] if with_cases else []), "Agency", "Why it counts"]
    rows = [_row(m, with_cases) for m in found[:LIMIT]]
    back = f"{reverse('meetings:performance')}?{_encoded({k: v for k, v in form.asked.items() if v})}"
    more = {"kpi": kpi, "columns": columns, "rows": rows, "count": len(found), "back": back, "limit": LIMIT}
    return render(request, "meetings/missed.html", context | more)


def _row(gap, with_cases: bool) -> list:
    meeting = gap.discussion.meeting
    row = [short_date(meeting.held_on), meeting.level]
    if with_cases:
        url = reverse("meetings:meeting", args=[meeting.reference])
        link = format_html('<a class="govuk-link" href="{}">{}</a>', url, meeting.reference)
        row += [link, gap.discussion.case.reference]
    return [*row, gap.agency, gap.why]
