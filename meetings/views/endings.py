"""What became of a meeting: held, postponed, cancelled, broken off."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from mappa_portal.forms import attempt
from mappa_portal.words import weekday_date
from meetings.actions import meetings as actions
from meetings.forms.planning import PostponeForm, ReasonForm
from meetings.views.fetch import meeting_of, settings_of


@login_required
@require_POST
def hold(request, reference: str):
    meeting = meeting_of(request, reference, "hold")
    actions.hold(meeting, by=request.user)
    messages.success(request, "The meeting is marked as held. Record who was at the table.")
    return redirect("meetings:meeting", reference)


@login_required
@require_POST
def undo_hold(request, reference: str):
    actions.undo_hold(meeting_of(request, reference, "undo_hold"), by=request.user)
    messages.success(request, "The meeting is no longer marked as held.")
    return redirect("meetings:meeting", reference)


@login_required
def cancel(request, reference: str):
    meeting = meeting_of(request, reference, "cancel")
    form = _reason(request, "Why is it cancelled?", "Enter why the meeting is cancelled")
    if request.method == "POST" and form.is_valid():
        act = lambda: actions.cancel(meeting, by=request.user, at=now(), **form.cleaned_data)  # noqa: E731
        if attempt(form, act):
            messages.success(request, "The meeting is cancelled.")
            return redirect("meetings:meeting", reference)
    return _page(request, meeting, form, "Cancel this meeting", "Cancel the meeting")


@login_required
def abandon(request, reference: str):
    meeting = meeting_of(request, reference, "abandon")
    form = _reason(request, "Why did it break off?", "Enter why the meeting broke off")
    if request.method == "POST" and form.is_valid():
        actions.abandon(meeting, by=request.user, **form.cleaned_data)
        messages.success(request, "The meeting is marked as abandoned.")
        return redirect("meetings:meeting", reference)
    return _page(request, meeting, form, "This meeting began and broke off", "Mark as abandoned")


@login_required
def postpone(request, reference: str):
    meeting = meeting_of(request, reference, "postpone")
    form = PostponeForm(
        request.POST or None,
        initial={n: getattr(meeting, n) for n in ("starts_at", "minutes_long", "place", "video", "chair")},
        settings=settings_of(meeting.organisation),
        at=now(),
        unit=meeting.organisation,
    )
    if request.method == "POST" and form.is_valid():
        following = attempt(
            form, lambda: actions.postpone(meeting, by=request.user, at=now(), **form.cleaned_data)
        )
        if following:
            messages.success(request, f"The meeting is postponed to {weekday_date(following.held_on)}.")
            if out := _stood_down(following):
                messages.info(request, f"Stood down, so not invited to the new date: {out}.")
            return redirect("meetings:meeting", following.reference)
    out = _stood_down(meeting)
    hint = f"Stood down, and not invited to the new date unless you invite them again: {out}." if out else ""
    return _page(request, meeting, form, "Postpone this meeting", "Postpone the meeting", hint)


def _stood_down(meeting) -> str:
    out = meeting.invitations.exclude(stood_down_at=None).order_by("agency__name")
    return ", ".join(out.values_list("agency__name", flat=True))


def _reason(request, asks: str, wanted: str) -> ReasonForm:
    return ReasonForm(request.POST or None, asks=asks, wanted=wanted)


def _page(request, meeting, form, title: str, button: str, hint: str = ""):
    context = {"meeting": meeting, "form": form, "title": title, "button": button, "hint": hint}
    return render(request, "meetings/act.html", context)
