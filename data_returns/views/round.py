"""The round of a year, for those who look across an area: how far the boroughs are, more time, chasing."""

from datetime import date, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from data_returns.actions import round as actions
from data_returns.actions.opening import due_day
from data_returns.forms.round import BoroughsForm, DueForm, ExtendForm, RoundFilterForm
from data_returns.models import Round
from data_returns.round import SHOWN, Counts, Line, lines_of
from data_returns.round_table import COLUMNS, FILE, SORTS, numbers, row
from data_returns.rules import ROUND_RULES
from data_returns.years import in_words, last_day, last_year, slashed
from mappa_portal.exports import csv_download
from mappa_portal.forms import attempt
from mappa_portal.pagination import sorting
from mappa_portal.words import OFFICIAL_SENSITIVE, plural
from meetings.access import areas_seen_by
from meetings.performance.exports import limit_exports, record_export

FIRST = 2001  # MAPPA began
TIME_TO_FILL_IN = timedelta(days=30)  # proposed once the usual day is past


@login_required
def newest(request):
    """Of the year that has ended."""
    address = reverse("data_returns:round", args=[last_year(localdate())])
    return redirect(f"{address}?{request.GET.urlencode()}")


@login_required
def the_round(request, year: int):
    return _page(request, _round(request, year))


def _round(request, year: int, *, run: bool = False) -> Round:
    """Of one of the person's areas; what has not been opened is not saved."""
    areas, today = areas_seen_by(request.user), localdate()
    if not areas:
        raise PermissionDenied("The round is shown to those who look across an area's boroughs.")
    if not FIRST <= year <= last_year(today) + 1:
        raise Http404
    asked = request.POST.get("area") or request.GET.get("area")
    area = next((a for a in areas if a.slug == asked), areas[0])
    found = Round.objects.for_user(request.user).filter(territory=area, year=year).first()
    found = found or Round(territory=area, year=year, due_on=due_day(year))
    found.territory = area
    if run:
        ROUND_RULES.require("run", found, by=request.user)
    return found


def _page(request, round_: Round, *, form: BoroughsForm | None = None, due_form: DueForm | None = None):
    today, year = localdate(), round_.year
    lines = lines_of(round_, today)
    filters = RoundFilterForm(request.GET, areas=areas_seen_by(request.user))
    sort, _ = sorting(request, dict.fromkeys(SORTS, ()), "borough")
    allowed = ROUND_RULES.allowed(request.user, round_)
    shown = sorted(_narrowed(lines, filters.chosen, today), key=SORTS[sort.lstrip("-")])
    shown = shown[::-1] if sort.startswith("-") else shown
    can_choose = [x for x in shown if "run" in allowed and x.standing and x.standing.is_unsigned]
    places = {line.borough.pk: n for n, line in enumerate(can_choose)}
    chosen = set(form.data.getlist("boroughs")) if form else set()
    context = {
        "round": round_,
        "counts": Counts.of(round_, today),
        "before": Counts.of(Round(territory=round_.territory, year=year - 1), today),
        "year_before": in_words(year - 1),
        "boroughs": len(lines),
        "has_ended": last_day(year) < today,
        "skipped": [line for line in lines if line.why],
        "unopened": [line.borough for line in lines if not line.standing],
        "to_open": sum(line.standing is None and not line.why for line in lines),
        "to_chase": _to_chase(lines, today),
        "allowed": allowed,
        "columns": COLUMNS,
        "rows": [row(line, places.get(line.borough.pk), chosen, today) for line in shown],
        "sort": sort,
        "chooses": bool(places),
        "has_extension": any(line.standing.extended_to for line in can_choose),
        "filters": filters,
        "query": urlencode({"area": round_.territory.slug, "show": filters.chosen}),
        "form": form,
        "due_form": due_form or DueForm(initial={"due_on": _proposed(round_, today), "was": round_.due_on}),
        "years": [y for y in (year - 1, year + 1) if FIRST <= y <= last_year(today) + 1],
    }
    return render(request, "data_returns/round.html", context)


def _proposed(round_: Round, today: date) -> date:
    """The day that holds; before the round is opened the usual one, while that is ahead."""
    return round_.due_on if round_.pk or round_.due_on > today else today + TIME_TO_FILL_IN


def _narrowed(lines: list[Line], name: str, today) -> list[Line]:
    return [line for line in lines if SHOWN[name][1](line, today)] if name else lines


def _to_chase(lines: list[Line], today) -> list[str]:
    late = (x for x in lines if x.standing and x.standing.is_opened and x.standing.is_late(today))
    return [line.borough.slug for line in late if line.standing.chased_on != today]


def _back(round_: Round):
    address = reverse("data_returns:round", args=[round_.year])
    return redirect(f"{address}?{urlencode({'area': round_.territory.slug})}")


@login_required
@require_POST
def open_round(request, year: int):
    """With the day, or for the boroughs that are left."""
    round_ = _round(request, year, run=True)
    if round_.pk:
        actions.open_rest(round_, by=request.user)
        messages.success(request, "Returns are being opened for the boroughs that had none.")
        return _back(round_)
    form = DueForm(request.POST)
    area, at = round_.territory, timezone.now()
    if form.is_valid():
        due_on = form.cleaned_data["due_on"]
        act = lambda: actions.open_round(area, year, due_on=due_on, by=request.user, at=at)  # noqa: E731
        if attempt(form, act):
            messages.success(
                request, f"The round of {in_words(year)} is open. Each borough's return follows."
            )
            return _back(round_)
    return _page(request, round_, due_form=form)


@login_required
@require_POST
def change_due(request, year: int):
    round_ = _round(request, year, run=True)
    if round_.pk is None:
        raise Http404
    form = DueForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data | {"was": form.cleaned_data["was"] or round_.due_on}
        act = lambda: actions.change_due(round_, today=localdate(), by=request.user, **said)  # noqa: E731
        if attempt(form, act):
            messages.success(request, "The due day is changed for all boroughs without an extension.")
            return _back(round_)
    return _page(request, round_, due_form=form)


@login_required
def extend(request, year: int):
    """First which boroughs, as they were ticked on the page of the round; then until when, and why."""
    round_ = _round(request, year, run=True)
    waiting = [x.borough for x in lines_of(round_, localdate()) if x.standing and x.standing.is_unsigned]
    if "reason" not in request.POST:
        asked = {"boroughs": request.POST.getlist("boroughs")}
        return _ask_extension(request, round_, ExtendForm(boroughs=waiting, initial=asked))
    form = ExtendForm(request.POST, boroughs=waiting)

    def act():
        said = form.cleaned_data | {"today": localdate(), "by": request.user, "at": timezone.now()}
        return actions.extend(round_, **said)

    if form.is_valid() and (extended := attempt(form, act)):
        messages.success(request, f"{plural(len(extended), 'borough has', 'boroughs have')} more time.")
        return _back(round_)
    return _ask_extension(request, round_, form)


def _ask_extension(request, round_: Round, form: ExtendForm):
    return render(request, "data_returns/round_extend.html", {"round": round_, "form": form})


@login_required
@require_POST
def take_back(request, year: int):
    round_ = _round(request, year, run=True)
    said = "The due day of the round holds again for {}."
    return _act(request, round_, request.POST.getlist("boroughs"), actions.take_back, said)


@login_required
@require_POST
def chase(request, year: int):
    """Those who are ticked, or all who are late and were not chased today."""
    round_, today = _round(request, year, run=True), localdate()
    late = "late" in request.POST
    chosen = _to_chase(lines_of(round_, today), today) if late else request.POST.getlist("boroughs")

    def act(*args, by):
        return actions.chase(*args, today=today, by=by)

    return _act(request, round_, chosen, act, "Emails are on their way to {}.")


def _act(request, round_: Round, chosen: list[str], act, said: str):
    form = BoroughsForm(request.POST, boroughs=round_.territory.children.all())
    if form.is_valid() and (done := attempt(form, lambda: act(round_, chosen, by=request.user))):
        messages.success(request, said.format(plural(len(done), "borough")))
        return _back(round_)
    return _page(request, round_, form=form)


@login_required
def export(request, year: int):
    round_, today = _round(request, year), localdate()
    limit_exports(request.user)
    asked = RoundFilterForm(request.GET, areas=areas_seen_by(request.user)).chosen
    rows = [numbers(line) for line in _narrowed(lines_of(round_, today), asked, today)]
    area, kind = round_.territory, f"CSV of {slashed(year)}"
    record_export(area, len(rows), by=request.user, kind=kind, name="round.exported")
    return csv_download(f"returns-{area.slug}-{year}.csv", FILE, rows, marking=OFFICIAL_SENSITIVE)
