"""For an agency: the cases that it was told of, its own check of each, and what the meeting came to."""

import json
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate, now

from mappa_portal.exceptions import Conflict, StaleEdit
from mappa_portal.exports import download
from mappa_portal.forms import attempt
from mappa_portal.pagination import keyset
from mappa_portal.templatetags.govuk import short_date, tag
from mappa_portal.words import plural
from meetings.actions import checks, notifications
from meetings.forms.notifications import CheckForm, told
from meetings.models import Meeting, Notification
from meetings.notifications.outcome import is_ready, outcomes_of
from meetings.performance.exports import limit_exports
from meetings.views.calendar import STATUS

LINK = '<a class="govuk-link" href="{}">{}</a>'
COMING = ["Meeting", "Borough", "Agency", "Cases", "Check by", "State"]
PAST = ["Case", "Borough", "Agency", "Meeting", "Your check", "State"]


@dataclass(frozen=True)
class FaultyForms:
    """As the error summary takes several forms."""

    forms: list[CheckForm]
    management_form = None

    def __bool__(self):
        return bool(self.forms)


@login_required
def notification_list(request):
    """By meeting date; no particulars, so nothing is opened."""
    today, mine = localdate(), Notification.objects.read_by(request.user)
    coming = mine.coming().full().order_by("discussion__meeting__held_on", "check_by", "pk")
    groups: dict[tuple, list[Notification]] = {}
    for each in coming:
        groups.setdefault((each.meeting or each.pk, each.agency_id), []).append(each)
    over = mine.open().filter(discussion__meeting__status=Meeting.Status.HELD).full()
    page = keyset(over, request, "-notified_at", "-pk")
    context = {
        "coming": [_group(each, today) for each in groups.values()],
        "coming_columns": COMING,
        "page": page,
        "past": [_past(each) for each in page],
        "past_columns": PAST,
    }
    return render(request, "meetings/notifications/list.html", context)


def _group(told_of: list[Notification], today) -> list:
    first, meeting = told_of[0], told_of[0].meeting
    url, text = reverse("meetings:notification", args=[first.key]), f"Case {first.case}, outside any meeting"
    if meeting:
        url = reverse("meetings:checks", args=[meeting.reference, first.agency.slug])
        text = f"{short_date(meeting.held_on)}, Level {meeting.level}"
    left = [n for n in told_of if not n.answer]
    state = (
        tag("Checked", "green")
        if not left
        else tag(f"{len(told_of) - len(left)} of {len(told_of)} checked", "blue")
    )
    if any(n.is_overdue(today) for n in left):
        state = tag(f"{plural(len(left), 'check')} overdue", "orange")
    due = short_date(min(n.due_on for n in told_of))
    return [format_html(LINK, url, text), first.territory, first.agency, len(told_of), due, state]


def _past(notification: Notification) -> list:
    meeting = notification.meeting
    url = reverse("meetings:notification", args=[notification.key])
    ready = is_ready(notification)
    return [
        format_html(LINK, url, notification.case),
        notification.territory,
        notification.agency,
        short_date(meeting.held_on),
        notification.get_answer_display() or "Not recorded",
        tag("Decided", "green") if ready else tag("Decision not recorded yet", "grey"),
    ]


@login_required
def check_all(request, reference: str, agency: str):
    """All cases of one meeting on one page: what is not answered yet may stay so."""
    found = Notification.objects.read_by(request.user).open().full()
    there = found.filter(discussion__meeting__reference=reference, agency__slug=agency)
    mine = list(there.order_by("discussion__position", "pk"))
    if not mine:
        raise Http404
    return _page(request, mine, reverse("meetings:checks", args=[reference, agency]))


@login_required
def notification(request, key):
    return _page(request, [_mine(request, key)], reverse("meetings:notification", args=[key]))


def _mine(request, key) -> Notification:
    found = Notification.objects.read_by(request.user).open().full()
    return get_object_or_404(found, key=key)


def _page(request, mine: list[Notification], url: str):
    """``mine``: one case, or all of one meeting."""
    first, at = mine[0], now()
    is_open, single = first.can_be_checked(at), len(mine) == 1
    status, sent = 200, None
    if request.method == "POST":
        if not is_open:
            raise Conflict("The meeting has started: checks do not change any more.")
        sent = [CheckForm(request.POST, notification=n, is_later=not single) for n in mine]
        if not any([form.errors for form in sent]):  # noqa: C419 - of each, not up to the first
            stale = _save(request, sent, at)
            if stale is None and all(form.is_valid() for form in sent):
                return redirect(url)
            if stale is not None:
                status = 409
                sent = [form.after(stale) if form.notification.pk == stale.pk else form for form in sent]
    shown = sent or [CheckForm(notification=n, is_later=not single) for n in mine]
    return render(
        request, "meetings/notifications/checks.html", _context(request, mine, shown, is_open), status=status
    )


def _save(request, sent: list[CheckForm], at) -> Notification | None:
    """The one that somebody else changed meanwhile, if any: then nothing was saved."""
    said = told(sent)
    if not said:
        sent[0].add_error("answer", "Select what your records say of at least one case")
        return None
    try:
        values = [(form.notification, form.check, int(form.cleaned_data["revision"])) for form in said]
        if attempt(said[0], lambda: checks.save(values, by=request.user, at=at)):
            messages.success(request, f"{plural(len(said), 'check')} saved.")
    except StaleEdit as stale:
        return stale.current
    return None


def _context(request, mine: list[Notification], shown: list[CheckForm], is_open: bool) -> dict:
    first, today = mine[0], localdate()
    opened = dict(zip(mine, notifications.look(mine, by=request.user), strict=True))
    outcomes = outcomes_of(opened, today)
    cases = [
        {
            "notification": n,
            "rows": opened[n].rows(n.may_know),
            "form": form,
            "outcome": outcomes.get(n),
        }
        for n, form in zip(mine, shown, strict=True)
    ]
    meeting = first.meeting
    return {
        "cases": cases,
        "faulty": FaultyForms([form for form in shown if form.errors]),
        "first": first,
        "meeting": meeting,
        "colour": STATUS[meeting.status] if meeting else "",
        "is_open": is_open,
        "overdue": any(n.is_overdue(today) for n in mine),
    }


@login_required
def flag(request, key):
    """The details of the warning flag as a file for the agency's own system; recorded before anything leaves."""
    notification = _mine(request, key)
    if not is_ready(notification):
        raise Conflict("The decision of the meeting is not recorded yet.")
    limit_exports(request.user)
    [known] = notifications.look([notification], by=request.user, name="notification.exported")
    outcome = outcomes_of({notification: known}, localdate())[notification]
    body = json.dumps(outcome.flag, indent=2, ensure_ascii=False).encode()
    return download(f"warning-flag-{notification.case}.json", body, "application/json")
