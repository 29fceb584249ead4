"""Monthly series and standing invitees of a borough."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate, now

from mappa_portal.forms import attempt
from mappa_portal.templatetags.govuk import short_date, tag
from mappa_portal.words import clock, plural
from meetings.actions import series as actions
from meetings.forms.planning import SeriesForm, StandingForm
from meetings.models import Meeting, Series, StandingInvitee
from meetings.proposals import agencies_of
from meetings.views.fetch import unit_for
from meetings.views.planning import chair_of, warning_about
from referrals.rules import units_of

STOP = '<a class="govuk-link" href="{}">Stop<span class="govuk-visually-hidden">: {}</span></a>'


def _unit(request):
    if not units_of(request.user):
        raise PermissionDenied("This is arranged by the people of a borough's MAPPA unit.")
    return unit_for(request)


def _page(request, template: str, unit, **context):
    others = [other for other in units_of(request.user) if other != unit]
    return render(request, f"meetings/{template}.html", {"unit": unit, "others": others, **context})


@login_required
def series_list(request):
    unit = _unit(request)
    found = list(Series.objects.for_user(request.user).filter(organisation=unit).order_by("pk"))
    planned = Meeting.objects.filter(
        series__in=found, status=Meeting.Status.SCHEDULED, held_on__gte=localdate()
    )
    following: dict[int, list[Meeting]] = {}
    for meeting in planned.order_by("held_on"):
        following.setdefault(meeting.series_id, []).append(meeting)
    warnings = [warning_about(m.held_on) for each in following.values() for m in each]
    rows = [
        _row(unit, number, series, following.get(series.pk, [])) for number, series in enumerate(found, 1)
    ]
    columns = ["Series", "Level", "Time", "Next meeting", "Planned", "State"]
    return _page(request, "series", unit, rows=rows, columns=columns, warnings=list(filter(None, warnings)))


def _row(unit, number: int, series: Series, planned: list[Meeting]) -> list:
    state = tag("Ended", "grey")
    if series.stopped_on is None:
        url = reverse("meetings:series_stop", args=[unit.territory.slug, number])
        state = format_html(STOP, url, str(series))
    link = "None planned"
    if planned:
        url = reverse("meetings:meeting", args=[planned[0].reference])
        link = format_html('<a class="govuk-link" href="{}">{}</a>', url, short_date(planned[0].held_on))
    return [str(series), series.level, clock(series.starts_at), link, plural(len(planned), "meeting"), state]


@login_required
def start(request):
    unit = _unit(request)
    form = SeriesForm(request.POST or None, unit=unit, initial={"chair": chair_of(unit)})
    if request.method == "POST" and form.is_valid():
        act = lambda: actions.start_series(unit, by=request.user, at=now(), **form.cleaned_data)  # noqa: E731
        if made := attempt(form, act):
            planned = plural(made.meetings.count(), "meeting is", "meetings are")
            messages.success(
                request, f"{planned} planned. Add cases and agencies to each when its time comes."
            )
            return redirect(f"{reverse('meetings:series')}?borough={unit.territory.slug}")
    return _page(request, "series_new", unit, form=form)


@login_required
def stop(request, borough: str, number: int):
    unit = next((u for u in units_of(request.user) if u.territory.slug == borough), None)
    found = Series.objects.for_user(request.user).filter(organisation=unit).order_by("pk") if unit else []
    if not 1 <= number <= len(found):
        raise Http404
    series = found[number - 1]
    if request.method == "POST":
        cancelled = actions.stop_series(series, by=request.user, at=now())
        messages.success(
            request, f"The series has ended; {plural(cancelled, 'meeting was', 'meetings were')} cancelled."
        )
        return redirect(f"{reverse('meetings:series')}?borough={borough}")
    return _page(request, "series_stop", unit, series=series)


@login_required
def standing(request):
    unit = _unit(request)
    agencies = list(agencies_of(unit.territory).order_by("name"))
    there = StandingInvitee.objects.for_user(request.user).filter(organisation=unit)
    chosen = {2: [], 3: []}
    for level, slug in there.values_list("level", "agency__slug"):
        chosen[level].append(slug)
    initial = {f"level_{level}": slugs for level, slugs in chosen.items()}
    form = StandingForm(request.POST or None, agencies=agencies, initial=initial)
    if request.method == "POST" and form.is_valid():
        for level in chosen:
            actions.choose_standing(unit, level=level, agencies=form.chosen(level), by=request.user)
        messages.success(request, "Saved. Meetings that are set up from now on begin with these agencies.")
        return redirect(f"{reverse('meetings:standing')}?borough={unit.territory.slug}")
    return _page(request, "standing", unit, form=form)
