"""The reply slip: behind a link without an account, in the portal for the agency, and for who answers the telephone."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate, now

from boards.rules import verbs_for
from mappa_portal.exceptions import Gone, StaleEdit
from mappa_portal.forms import Form, attempt
from mappa_portal.words import upper_first, weekday_date
from meetings.actions.replies import reply
from meetings.forms.replies import ApologyForm, SomeoneElseForm
from meetings.links import behind_link
from meetings.mail import calendar_parts
from meetings.mail.letters import grade_needed, hours, reply_day, rules_of, seniority
from meetings.models import Invitation, Meeting, Reply, ReplyLink
from meetings.rules import INVITATION_RULES
from meetings.seniority import is_too_junior

Answer, Channel = Reply.Answer, Reply.Channel
STARTED = "This link ended when the meeting started."
ASKED = Invitation.objects.select_related(
    "agency", "contact", "meeting__organisation", "meeting__territory__parent", "territory"
).prefetch_related("replies")


@dataclass(frozen=True)
class Door:
    """One invitation as somebody answers it: which way, and where its three pages are."""

    invitation: Invitation
    channel: str
    place: str
    layout: str = "base.html"
    by: object = None

    @property
    def someone_else(self) -> str:
        return f"{self.place}someone-else/"

    @property
    def cannot_attend(self) -> str:
        return f"{self.place}cannot-attend/"

    @property
    def is_telephone(self) -> bool:
        return self.channel == Channel.PHONE

    def take(self, request, form: Form, answer: str, **said) -> Reply | None:
        """None, with the reason in the form, when the meeting was moved after the page was opened."""
        shown = parse_datetime(request.POST.get("starts", "")[:40])
        values = said | {"answer": answer, "channel": self.channel, "by": self.by, "starts": shown}
        try:
            return attempt(form, lambda: reply(self.invitation, **values))
        except StaleEdit as stale:
            form.add_error(None, moved_meanwhile(stale.current.meeting))
            self.invitation.meeting = stale.current.meeting
            return None


def _when(meeting: Meeting) -> str:
    return ", ".join(filter(None, [weekday_date(meeting.held_on), hours(meeting)]))


def moved_meanwhile(meeting: Meeting) -> str:
    now_on = f"It is now on {_when(meeting)}."
    return f"The meeting was moved while this page was open. {now_on} Check the reply and send it again."


# -- The three pages --


def question(request, door: Door) -> HttpResponse:
    """Opening changes nothing; the button confirms the usual representative."""
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and door.take(request, form, Answer.ATTENDING):
        return _done(request, door)
    asked = door.invitation
    held = asked.answer
    if held and "change" not in request.GET and not form.is_bound and not door.is_telephone:
        return _page(request, door, "answered", answer=held, grade=held.grade)
    usual = asked.contact.usual
    return _page(request, door, "question", usual=usual, grade=usual.grade, answer=held, form=form)


def someone_else(request, door: Door) -> HttpResponse:
    held = door.invitation.answer
    before = vars(held) if held and held.answer == Answer.SUBSTITUTE else None
    form = SomeoneElseForm(request.POST if request.method == "POST" else None, initial=before)
    if request.method == "POST" and form.is_valid():
        if door.take(request, form, Answer.SUBSTITUTE, **form.cleaned_data):
            return _done(request, door)
    return _page(request, door, "someone_else", form=form)


def cannot_attend(request, door: Door) -> HttpResponse:
    form = ApologyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = Answer.APOLOGIES_REPORT if form.cleaned_data["report"] else Answer.APOLOGIES
        if door.take(request, form, answer, reason=form.cleaned_data["reason"]):
            return _done(request, door)
    return _page(request, door, "cannot_attend", form=form)


def _done(request, door: Door) -> HttpResponse:
    if not door.is_telephone:
        return redirect(door.place)
    asked = door.invitation
    messages.success(request, f"The reply of {asked.agency} is recorded.")
    return redirect("meetings:invitation", asked.meeting.reference, asked.agency.slug)


def _page(request, door: Door, name: str, grade: int | None = None, **context) -> HttpResponse:
    """``grade``: of the person who will come; too low a one is taken, and said."""
    asked, meeting = door.invitation, door.invitation.meeting
    needed = grade_needed(asked, rules_of(meeting))
    facts = [
        ("Meeting", f"Level {meeting.level} MAPPA meeting, {meeting.organisation}"),
        ("Date", weekday_date(meeting.held_on)),
        ("Time", hours(meeting)),
        ("Place", meeting.place),
        (
            "Video call",
            meeting.video and format_html('<a class="govuk-link" href="{0}">{0}</a>', meeting.video),
        ),
        ("Agency", asked.agency),
        ("Seniority needed", seniority(needed)),
        ("Reply by", upper_first(reply_day(meeting, localdate()))),
    ]
    shared = {"door": door, "asked": asked, "meeting": meeting, "facts": [f for f in facts if f[1]]}
    shared |= {"seniority": seniority(needed), "low": is_too_junior(grade, needed)}
    return render(request, f"meetings/reply/{name}.html", shared | context)


# -- Behind a link --


def _linked(page):
    @behind_link(ReplyLink)
    def view(request, link, place):
        asked = ASKED.get(pk=link.invitation_id)
        link.invitation = asked
        if not link.still_asks():
            return _ended(request, link)
        if asked.meeting.has_begun(now()):
            raise Gone(STARTED if request.method == "POST" else "")
        return page(request, Door(asked, Channel.LINK, place, layout="plain.html"))

    return view


def _ended(request, link: ReplyLink) -> HttpResponse:
    """What every ended link shows; of a moved meeting the new day, to whom it was written to."""
    meeting = link.moved_to()
    if meeting is None or meeting.has_begun(now()):
        raise Gone
    context = {"when": _when(meeting), "unit": meeting.organisation}
    return render(request, "meetings/reply/moved.html", context, status=410)


def calendar_file(request, door: Door) -> HttpResponse:
    """What "Add to calendar" downloads."""
    text = calendar_parts.publish(door.invitation.meeting, at=now())
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8; method=PUBLISH")
    response["Content-Disposition"] = content_disposition_header(True, "meeting.ics")
    return response


reply_slip = _linked(question)
reply_someone_else = _linked(someone_else)
reply_cannot_attend = _linked(cannot_attend)
reply_calendar = _linked(calendar_file)


# -- In the portal --


def _signed_in(page):
    @login_required
    def view(request, reference: str, agency: str):
        asked = get_object_or_404(
            ASKED.for_user(request.user), meeting__reference=reference, agency__slug=agency
        )
        own = "answer_for_agency" in verbs_for(request.user, asked)
        INVITATION_RULES.require("answer" if own else "note_answer", asked, by=request.user)
        place = reverse("meetings:answer", args=[reference, agency])
        return page(request, Door(asked, Channel.PORTAL if own else Channel.PHONE, place, by=request.user))

    return view


answer = _signed_in(question)
answer_someone_else = _signed_in(someone_else)
answer_cannot_attend = _signed_in(cannot_attend)
answer_calendar = _signed_in(calendar_file)
