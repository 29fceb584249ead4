"""Minutes as they are read, approved, issued and taken away."""

from dataclasses import asdict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from boards.models import AreaSettings
from boards.rules import may
from documents.apart import render_apart
from mappa_portal.forms import attempt
from mappa_portal.limits import limit
from mappa_portal.words import moment, plural, short_date
from meetings import minutes as text
from meetings.actions import minutes as verbs
from meetings.forms.decisions import ApproveForm, MinutesForm
from meetings.models import Discussion, Meeting, Minutes
from meetings.rules import MEETING_RULES, MINUTES_RULES
from meetings.views.fetch import meeting_of


@login_required
def minutes(request, reference: str):
    return _page(request, meeting_of(request, reference))


def _page(request, meeting: Meeting, form: MinutesForm | None = None, approving: ApproveForm | None = None):
    versions = list(_versions(request, meeting).select_related("drafted_by", "approved_by"))
    keeps = may(request.user, "record_meeting", meeting)
    shown = _asked(request, versions)
    newest = versions[0] if versions else None
    live = text.content_of(meeting) if keeps else None
    outdated = live and newest and newest.digest != live.digest
    context = {
        "meeting": meeting,
        "versions": [_line(v) for v in versions],
        "minutes": shown,
        "is_newest": shown is newest,
        "keeps": keeps,
        "may_draft": "draft_minutes" in MEETING_RULES.allowed(request.user, meeting),
        "allowed": MINUTES_RULES.allowed(request.user, shown) if shown else set(),
        "outdated": outdated,
        "form": form or (MinutesForm() if outdated and newest.approved_at else None),
        "approving": approving or ApproveForm(),
        "undecided": _undecided(meeting, live) if live and not shown else [],
        "issue_by": verbs.issue_by(meeting),
        "today": timezone.localdate(),
    }
    if shown:
        context |= _read(request, shown, versions, keeps)
    return render(request, "meetings/minutes.html", context)


def _versions(request, meeting: Meeting):
    found = Minutes.objects.for_user(request.user).filter(meeting=meeting)
    return found.select_related("meeting__organisation", "meeting__territory__parent")


def _asked(request, versions: list[Minutes]) -> Minutes | None:
    asked = request.GET.get("version")
    if asked is None:
        return versions[0] if versions else None
    for version in versions:
        if str(version.number) == asked:
            return version
    raise Http404


def _undecided(meeting: Meeting, content: text.Content) -> list[tuple[str, str, str]]:
    """The case, where its decision is recorded, and what is missing of it."""
    return [
        (
            case.reference,
            reverse("meetings:decision", args=[meeting.reference, case.position]),
            ", ".join(case.lacks),
        )
        for case in content.undecided
    ]


def _read(request, shown: Minutes, versions: list[Minutes], keeps: bool) -> dict:
    content = _extract(request, shown, verbs.look(shown, by=request.user))
    before = next((v for v in versions if v.number < shown.number), None)
    changed = []
    if before:
        earlier = _extract(request, before, text.Content.opened(before.content))
        changed = text.changes(earlier, content)
    waits = keeps and not shown.approved_at
    return {
        "document": _document(shown, content),
        "changed": changed,
        "before": before,
        "undecided": _undecided(shown.meeting, content) if waits else [],
    }


def _extract(request, shown: Minutes, content: text.Content) -> text.Content:
    """An agency reads the discussions that it was given, and the attendance of these."""
    seen = Discussion.objects.for_user(request.user).filter(meeting=shown.meeting_id)
    return content.of(set(seen.values_list("pk", flat=True)))


def _document(shown: Minutes, content: text.Content) -> dict:
    """What page and PDF show."""
    meeting = shown.meeting
    return {
        "reference": meeting.reference,
        "borough": meeting.territory.name,
        "unit": meeting.organisation.name,
        "version": shown.number,
        "reason": shown.reason,
        "level": content.level,
        "held_on": text.day(content.held_on),
        "place": content.place,
        "chair": content.chair,
        "approved": moment(shown.approved_at),
        "approved_by": shown.approved_by.name if shown.approved_by else "",
        "attendance": asdict(text.attendance_of(content)),
        "cases": [
            {
                "position": case.position,
                "reference": case.reference,
                "sections": [asdict(s) for s in text.sections_of(case)],
            }
            for case in content.cases
        ],
    }


def _line(version: Minutes) -> list:
    said = version.reason or ("First version" if version.number == 1 else "Before approval")
    return [
        version.number,
        said,
        *(short_date(d) or "No" for d in (version.drafted_at, version.approved_at, version.issued_at)),
    ]


@login_required
@require_POST
def draft(request, reference: str):
    meeting = meeting_of(request, reference)
    MEETING_RULES.require("draft_minutes", meeting, by=request.user)
    form = MinutesForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    made = attempt(form, lambda: verbs.draft(meeting, reason=reason, by=request.user, at=timezone.now()))
    if made is None:
        form.errors["reason"] = form.errors["reason"][:1]
        return _page(request, meeting, form)
    messages.success(request, f"Version {made.number} was made from the records.")
    return redirect("meetings:minutes", reference)


@login_required
@require_POST
def approve(request, reference: str, number: int):
    shown = _version(request, reference, number)
    form = ApproveForm(request.POST)
    act = lambda: verbs.approve(shown, **form.cleaned_data, by=request.user, at=timezone.now())  # noqa: E731
    if form.is_valid() and attempt(form, act):
        messages.success(request, f"You approved version {number} of the minutes.")
        return redirect("meetings:minutes", reference)
    return _page(request, shown.meeting, approving=form)


@login_required
@require_POST
def issue(request, reference: str, number: int):
    shown = _version(request, reference, number)
    verbs.issue(shown, by=request.user, at=timezone.now())
    told = plural(verbs.readers(shown.meeting).count(), "agency is", "agencies are")
    messages.success(request, f"The minutes are issued. {told} asked to sign in and read them.")
    if left := ", ".join(str(agency) for agency in verbs.not_told(shown.meeting)):
        said = (
            f"Not told, as they came without an invitation from here: {left}. Send them a copy another way."
        )
        messages.warning(request, said)
    return redirect("meetings:minutes", reference)


@login_required
def pdf(request, reference: str, number: int):
    """The taking away is recorded (U2); the file is made for this person and not kept."""
    shown = _version(request, reference, number)
    limit("minutes", request.user.pk, most=20, seconds=600)
    content = _extract(request, shown, verbs.look(shown, by=request.user, name="minutes.downloaded"))
    settings = AreaSettings.objects.get(territory=shown.meeting.territory.area.pk)
    named = f"{reference}-minutes-version-{number}"
    data = render_apart(
        "pdf/minutes.html",
        {"document": _document(shown, content) | {"marking": settings.marking}},
        title=f"MAPPA minutes, {reference}, version {number}",
        marking=settings.marking,
        identifier=named,
        reference=f"{reference}, version {number}",
        created=shown.drafted_at,
    )
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, f"{named}.pdf")
    response["Content-Security-Policy"] = "sandbox"
    return response


def _version(request, reference: str, number: int) -> Minutes:
    found = _versions(request, meeting_of(request, reference)).select_related(
        "approved_by", "meeting__organisation", "meeting__territory__parent"
    )
    return get_object_or_404(found, number=number)
