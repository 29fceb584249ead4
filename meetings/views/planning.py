"""Setting a meeting up: When, Cases, Agencies, Check. The meeting itself keeps what was chosen so far."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now

from boards.dates import bank_holiday
from boards.directory import in_post
from mappa_portal.exceptions import StaleEdit
from mappa_portal.forms import Form, attempt
from mappa_portal.templatetags.govuk import Row, hidden, tick_box
from mappa_portal.words import clock, plural, weekday_date
from meetings.actions import agenda
from meetings.actions import meetings as actions
from meetings.actions.calls import notice_of
from meetings.ages import birth_date_of
from meetings.due import DueCase, due_cases
from meetings.forms.planning import AgenciesForm, CasesForm, ReasonForm, WhenForm
from meetings.models import Meeting
from meetings.proposals import Round, round_of
from meetings.views.fetch import meeting_of, settings_of, unit_for
from referrals.endings import Standing
from referrals.models import Case
from referrals.rules import units_of

QUESTIONS = {
    "when": "When is the meeting?",
    "cases": "Which cases are discussed?",
    "agencies": "Who must be there?",
    "by_case": "Which cases is each agency asked to?",
    "check": "Check the meeting before you send the invitations",
}
LIKE_LAST = ("level", "starts_at", "minutes_long", "place", "video")
STALE = "Somebody else changed this meeting after you opened it. Check what stands here now, then save yours"


@login_required
def set_up(request):
    if not units_of(request.user):
        raise PermissionDenied("Meetings are set up by the people of a borough's MAPPA unit.")
    unit = unit_for(request)
    given = {"settings": settings_of(unit), "at": now(), "unit": unit}
    form = WhenForm(request.POST or None, initial=_usual(unit), **given)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: actions.set_up(unit, by=request.user, at=now(), **form.cleaned_data))
        if made:
            return redirect("meetings:cases", made.reference)
    return _page(
        request, "when", 1, form, unit=unit, units=units_of(request.user), back=reverse("meetings:list")
    )


def _usual(unit) -> dict:
    """As the unit's last meeting, led by the MAPPA chair."""
    last = (
        Meeting.objects.filter(organisation=unit, starts_at__isnull=False).order_by("-held_on", "-pk").first()
    )
    usual = {name: getattr(last, name) for name in LIKE_LAST} if last else {}
    return usual | {"chair": chair_of(unit)}


def chair_of(unit):
    seat = in_post([unit], localdate(), seats=["chair"]).first()
    return seat.user if seat else None


@login_required
def change(request, reference: str):
    meeting = meeting_of(request, reference, "change")
    names = [*actions.SAID, "chair"]
    form = WhenForm(
        request.POST or None,
        initial={name: getattr(meeting, name) for name in names},
        settings=settings_of(meeting.organisation),
        at=now(),
        unit=meeting.organisation,
        meeting=meeting,
    )
    if request.method == "POST" and form.is_valid():
        changed = _save(
            form,
            lambda: actions.change(
                meeting, revision=_revision(request), by=request.user, at=now(), **form.cleaned_data
            ),
        )
        if changed:
            if changed.invited_on:
                messages.success(request, "The meeting is changed.")
            return redirect(_next_step(changed))
    return _page(request, "when", 1, form, meeting=meeting, back=_meeting_url(meeting))


def _save(form, action):
    """A stale save is refused, and what was typed is kept."""
    try:
        return attempt(form, action)
    except StaleEdit:
        form.add_error(None, STALE)
        return None


def _revision(request) -> int:
    asked = request.POST.get("revision", "")
    return int(asked) if asked.isdecimal() and len(asked) < 10 else 0


def _next_step(meeting: Meeting) -> str:
    if meeting.invited_on:
        return _meeting_url(meeting)
    step = "check"
    if not meeting.discussions.exists():
        step = "cases"
    elif not meeting.invitations.exists():
        step = "agencies"
    return reverse(f"meetings:{step}", args=[meeting.reference])


def _meeting_url(meeting: Meeting) -> str:
    return reverse("meetings:meeting", args=[meeting.reference])


# -- Cases --


@login_required
def cases(request, reference: str):
    meeting = meeting_of(request, reference, "invite")
    form = _cases_form(request, meeting)
    if request.method == "POST" and form.is_valid():
        if "find" in request.POST:
            form = _cases_form(request, meeting, found=form.found)
        elif _save(form, lambda: _choose_cases(request, meeting, form)):
            _warn_of_suspended(request, meeting)
            return redirect("meetings:agencies", reference)
    return _page(request, "cases", 2, form, meeting=meeting, back=_change_url(meeting))


def _warn_of_suspended(request, meeting: Meeting) -> None:
    chosen = Case.objects.filter(discussions__meeting=meeting).with_standing()
    for case in chosen.filter(standing=Standing.SUSPENDED):
        messages.warning(request, f"Case {case} is {case.stands}. Check that the meeting is to hear it.")


def _change_url(meeting: Meeting) -> str:
    return reverse("meetings:change", args=[meeting.reference])


def _cases_form(request, meeting: Meeting, found=()) -> CasesForm:
    unit, data = meeting.organisation, None
    there = {d.case: d for d in meeting.discussions.select_related("case")}
    offered = {
        d.case: d
        for d in due_cases(unit, by=meeting.held_on, today=localdate(), settings=settings_of(unit))
        if d.planned != meeting.reference
    }
    ticked = [case.reference for case in there]
    if not there:
        ticked = [d.case.reference for d in offered.values() if d.is_for(meeting.level)]
    if request.method == "POST":
        data = request.POST.copy()
        for case in found:
            data.appendlist("cases", case.reference)
        data["more"] = "" if found else data.get("more", "")
    posted = Case.objects.filter(organisation=unit, reference__in=data.getlist("cases")) if data else []
    everything = {*there, *offered, *posted}
    listed = sorted(everything, key=lambda case: (case.reference not in ticked, case.reference))
    stand = dict(Case.objects.filter(pk__in=[c.pk for c in listed]).with_standing().standing_still())
    labels = {c.reference: _label(c, offered.get(c), stand.get(c.pk)) for c in listed}
    ages = {c.reference: {True: "yes", False: "no"}.get(d.under_18, "") for c, d in there.items()}
    return CasesForm(
        data,
        unit=unit,
        listed=labels,
        unknown=[c.reference for c in listed if birth_date_of(c) is None],
        initial={"cases": ticked, "revision": meeting.revision}
        | {f"age-{reference}": age for reference, age in ages.items()},
    )


def _label(case: Case, due: DueCase | None, stands: str | None) -> str:
    """What speaks for the case, or that nothing is due as it is suspended or has ended."""
    return ", ".join(filter(None, (case.reference, due and due.why, stands)))


def _choose_cases(request, meeting: Meeting, form: CasesForm) -> Meeting:
    chosen = [*form.cleaned_data.get("cases", []), *(case.reference for case in form.found)]
    ids = dict(
        Case.objects.filter(organisation=form.unit, reference__in=chosen).values_list("reference", "pk")
    )
    stated = {ids[reference]: form.stated(reference) for reference in dict.fromkeys(chosen)}
    return agenda.choose_cases(meeting, cases=stated, revision=form.cleaned_data["revision"], by=request.user)


# -- Agencies --


@login_required
def agencies(request, reference: str):
    meeting = meeting_of(request, reference, "invite")
    around = round_of(meeting)
    initial = {
        "agencies": [around.agencies[a].slug for a in around.suggested],
        "revision": meeting.revision,
    }
    form = AgenciesForm(request.POST or None, around=around, initial=initial)
    if request.method == "POST" and form.is_valid():
        if "find" in request.POST and form.cleaned_data["other"]:
            data = request.POST.copy()
            data.appendlist("agencies", form.cleaned_data["other"])
            data["other"] = ""
            form = AgenciesForm(data, around=around)
        elif _save(form, lambda: _choose(request, meeting, form.parts(), form)):
            step = "by_case" if "by_case" in request.POST else "check"
            return redirect(f"meetings:{step}", reference)
    told = [around.agencies[a] for a in around.told]
    back = reverse("meetings:cases", args=[reference])
    return _page(request, "agencies", 3, form, meeting=meeting, back=back, told=told, around=around)


def _choose(request, meeting: Meeting, parts, form) -> Meeting:
    return agenda.choose_agencies(
        meeting, parts=parts, revision=form.cleaned_data["revision"], by=request.user
    )


@login_required
def by_case(request, reference: str):
    """Agencies by cases; the box of an agency that was told already cannot be cleared: it is stood down instead."""
    meeting = meeting_of(request, reference, "invite")
    around, status = round_of(meeting), 200
    parts = around.chosen
    if request.method == "POST":
        parts = _ticked(around, request.POST)
        try:
            agenda.choose_agencies(meeting, parts=parts, revision=_revision(request), by=request.user)
        except StaleEdit as stale:
            messages.warning(request, STALE)
            meeting, status = stale.current, 409
            around = round_of(meeting)
            parts = _ticked(around, request.POST)
        else:
            return redirect("meetings:check", reference)
    columns = ["Agency", *(d.case.reference for d in around.discussions)]
    rows = [_boxes(around, a, parts[a]) for a in sorted(parts, key=lambda a: str(around.agencies[a]))]
    more = {"back": reverse("meetings:agencies", args=[reference]), "columns": columns, "rows": rows}
    return _page(request, "by_case", 3, None, meeting=meeting, status=status, **more)


def _ticked(around: Round, posted) -> dict[int, set[int]]:
    return {
        agency: {d.case_id for d in around.discussions if _name(around, agency, d) in posted}
        for agency in around.chosen
    }


def _name(around: Round, agency: int, discussion) -> str:
    return f"{around.agencies[agency].slug}.{discussion.position}"


def _boxes(around: Round, agency: int, heard: set[int]) -> list:
    who = around.agencies[agency]
    cells = [who]
    for discussion in around.discussions:
        if agency in around.told and discussion.case_id in around.chosen[agency]:
            cells.append("Invited")
            continue
        label, name = hidden(f"{who}, {discussion.case.reference}"), _name(around, agency, discussion)
        cells.append(tick_box(name, "yes", name, label, ticked=discussion.case_id in heard))
    return cells


# -- Check --


@login_required
def check(request, reference: str):
    meeting = meeting_of(request, reference, "invite")
    around, notice = round_of(meeting), notice_of(meeting, localdate(), sent_on=localdate())
    unsent = [a for a in around.chosen if a not in around.told]
    form = None
    if unsent and notice.short_by and not meeting.short_notice_reason:
        form = ReasonForm(
            request.POST or None,
            asks="Why can this meeting not wait?",
            wanted=notice.why,
        )
    if request.method == "POST" and (form is None or form.is_valid()):
        asked = form or Form(request.POST)
        reason = form.cleaned_data["reason"] if form else ""
        sent = attempt(
            asked, lambda: actions.send_invitations(meeting, by=request.user, at=now(), reason=reason)
        )
        if sent:
            messages.success(request, f"{plural(sent, 'invitation is', 'invitations are')} on the way.")
            return redirect("meetings:meeting", reference)
        form = asked
    context = {"rows": _answers(meeting, around, notice), "around": around, "unsent": len(unsent)}
    back = reverse("meetings:agencies", args=[reference])
    return _page(request, "check", 4, form, meeting=meeting, back=back, notice=notice, **context)


def _answers(meeting: Meeting, around: Round, notice) -> list[Row]:
    url = {
        step: reverse(f"meetings:{step}", args=[meeting.reference])
        for step in ("change", "cases", "agencies")
    }
    cases = ", ".join(_case(d) for d in around.discussions) or "None yet"
    asked = sorted(_agency(around, a) for a in around.chosen)
    return [
        Row("Level", meeting.get_level_display(), url["change"]),
        Row("Date", weekday_date(meeting.held_on), url["change"]),
        Row("Time", f"{clock(meeting.starts)}, {plural(meeting.minutes_long, 'minute')}", url["change"]),
        Row("Place", meeting.place or "None", url["change"]),
        Row("Video link", meeting.video or "None", url["change"]),
        Row("Chair", meeting.chair.name if meeting.chair else "Not known yet", url["change"]),
        Row("Notice", str(notice)),
        *([Row("Why it cannot wait", meeting.short_notice_reason)] if meeting.short_notice_reason else []),
        Row(plural(len(around.discussions), "case"), cases, url["cases"]),
        Row(plural(len(asked), "agency", "agencies"), "; ".join(asked) or "None yet", url["agencies"]),
    ]


def _case(discussion) -> str:
    age = {True: " (under 18)", False: "", None: " (age not known)"}[discussion.under_18]
    return f"{discussion.case.reference}{age}"


def _agency(around: Round, agency: int) -> str:
    heard = around.chosen[agency]
    if heard == around.cases:
        return str(around.agencies[agency])
    only = ", ".join(d.case.reference for d in around.discussions if d.case_id in heard)
    return f"{around.agencies[agency]} (for {only})"


# -- The page of a step --


def _page(
    request, template: str, number: int, form, *, meeting: Meeting | None = None, status: int = 200, **more
):
    context = {
        "form": form,
        "meeting": meeting,
        "question": QUESTIONS[template],
        "step": "" if meeting and meeting.invited_on else f"Step {number} of 4",
        "clock": notice_of(meeting, localdate()) if meeting else None,
        "warning": warning_about(meeting.held_on) if meeting else "",
        **more,
    }
    return render(request, f"meetings/plan/{template}.html", context, status=status)


def warning_about(day) -> str:
    """A day on which few people work."""
    if name := bank_holiday(day):
        return f"{weekday_date(day)} is a bank holiday ({name})."
    return f"{weekday_date(day)} is at the weekend." if day.weekday() > 4 else ""
