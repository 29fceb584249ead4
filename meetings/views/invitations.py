"""Who got the invitation and who answered; reminding; one agency's history."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from boards.models import AreaSettings
from boards.rules import may
from mappa_portal.forms import attempt
from mappa_portal.words import plural
from meetings.actions import chasing
from meetings.attendees import TOO_LOW
from meetings.forms.replies import ReminderForm
from meetings.mail.letters import grade_needed, rules_of
from meetings.models import Contact, Invitation, Meeting, Reply
from meetings.rules import INVITATION_RULES
from meetings.seniority import is_too_junior
from outbox.models import Message
from outbox.words import status_of

REPLIES = {
    Reply.Answer.ATTENDING: ("Will attend", "green"),
    Reply.Answer.SUBSTITUTE: ("Substitute will attend", "green"),
    Reply.Answer.APOLOGIES_REPORT: ("Apologies, with a report", "yellow"),
    Reply.Answer.APOLOGIES: ("Apologies", "orange"),
}


@dataclass(frozen=True)
class Line:
    """One agency in the list; ``place`` is of its tick box, when it may be reminded."""

    invitation: Invitation
    letter: Message | None
    reply: Reply | None
    place: int | None
    has_contact: bool
    needed: int  # the lowest grade that counts

    @property
    def may_be_reminded(self) -> bool:
        return self.place is not None

    @property
    def answered(self) -> tuple[str, str]:
        if self.invitation.stood_down_at:
            return "Stood down", "grey"
        return REPLIES[self.reply.answer] if self.reply else ("No reply", "blue")

    @property
    def too_low(self) -> str:
        """Of whoever will come; in the words of the attendance."""
        grade = self.reply and self.reply.is_coming and self.reply.grade
        return TOO_LOW.format(self.invitation.meeting.level) if is_too_junior(grade, self.needed) else ""

    @property
    def delivered(self) -> tuple[str, str]:
        return status_of(self.letter) if self.letter else ("Not sent yet", "grey")


@login_required
def invitation_list(request, reference: str):
    """The people of the unit; an agency sees its own invitation on the page of the meeting."""
    meeting = _meeting(request, reference)
    lines = _lines(meeting)
    open_ones = [line.invitation for line in lines if line.may_be_reminded]
    form = ReminderForm(request.POST if request.method == "POST" else None, invitations=open_ones)
    if request.method == "POST" and form.is_valid():
        chosen = [i.agency_id for i in open_ones if i.agency.slug in form.cleaned_data["agencies"]]
        reminded = attempt(form, lambda: chasing.remind(meeting, agencies=chosen, by=request.user))
        if reminded:
            messages.success(request, f"{plural(len(reminded), 'reminder')} sent.")
            return redirect("meetings:invitations", reference)
    sent = [line for line in lines if line.letter and not line.invitation.stood_down_at]
    chosen = form.data.getlist("agencies") if form.is_bound else None
    context = {
        "meeting": meeting,
        "lines": lines,
        "form": form,
        "today": localdate(),
        "chosen": chosen,
        "remindable": len(open_ones),
        "replied": sum(line.reply is not None for line in sent),
        "sent": len(sent),
    }
    return render(request, "meetings/invitations.html", context)


def _meeting(request, reference: str) -> Meeting:
    found = Meeting.objects.for_user(request.user).select_related("organisation", "territory__parent")
    meeting = get_object_or_404(found, reference=reference)
    if not may(request.user, "record_meeting", meeting):
        raise PermissionDenied("Invitations are looked after by the people of the MAPPA unit.")
    return meeting


def _lines(meeting: Meeting) -> list[Line]:
    found = meeting.invitations.select_related("agency", "contact").prefetch_related("replies")
    asked = list(found.order_by("agency__name"))
    letters = _letters().in_bulk([i.letter_id for i in asked if i.letter_id])
    for invitation in asked:
        invitation.meeting = meeting
    places = count()
    present = Contact.objects.current().filter(organisation=meeting.organisation)
    reached = set(present.values_list("agency", flat=True))
    rules = rules_of(meeting)
    return [_line(i, letters.get(i.letter_id), places, i.agency_id in reached, rules) for i in asked]


def _line(
    invitation: Invitation,
    letter: Message | None,
    places: Iterator[int],
    has_contact: bool,
    rules: AreaSettings,
) -> Line:
    answer = invitation.answer
    waiting = answer is None and has_contact and INVITATION_RULES.rules["remind"].test(invitation)
    place = next(places) if waiting else None
    return Line(invitation, letter, answer, place, has_contact, grade_needed(invitation, rules))


def _letters():
    return Message.objects.with_job().defer("text", "html", "calendar")


# -- One agency --


@dataclass(frozen=True)
class Moment:
    """One line of the history: a letter, a reply by whatever way, or a calendar's answer that was refused."""

    at: datetime
    what: str
    detail: str = ""
    who: str = ""


@login_required
def invitation_detail(request, reference: str, agency: str):
    meeting = _meeting(request, reference)
    invitation = _invitation(meeting, agency)
    contact = (
        Contact.objects.current().filter(organisation=meeting.organisation, agency=invitation.agency).first()
    )
    letters = list(
        _letters().filter(territory=meeting.territory, key__startswith=f"invitation:{invitation.pk}:")
    )
    latest = next((m for m in letters if m.pk == invitation.letter_id), None)
    context = {
        "meeting": meeting,
        "line": _line(invitation, latest, count(), contact is not None, rules_of(meeting)),
        "contact": contact,
        "history": _history(invitation, letters),
        "allowed": INVITATION_RULES.allowed(request.user, invitation),
        "moved_on": bool(contact and latest and not _reaches(contact, latest)),
    }
    return render(request, "meetings/invitation.html", context)


def _invitation(meeting: Meeting, agency: str) -> Invitation:
    found = meeting.invitations.select_related("agency", "contact")
    invitation = get_object_or_404(found.prefetch_related("replies__answered_by"), agency__slug=agency)
    invitation.meeting = meeting
    return invitation


def _reaches(contact: Contact, letter: Message) -> bool:
    return letter.to_email == contact.addressee(localdate()).email and letter.state != Message.State.FAILED


def _history(invitation: Invitation, letters: list[Message]) -> list[Moment]:
    """Newest first."""
    moments = [Moment(m.created_at, m.title, f"{status_of(m)[0]}, to {m.to_email}") for m in letters]
    moments += [_replied(reply) for reply in invitation.replies.all()]
    moments += [
        Moment(m.arrived_at, f"A calendar reply was refused: {m.refused}" if m.refused else m.note)
        for m in invitation.calendar_mails.all()
        if m.refused or m.note
    ]
    return sorted(moments, key=lambda m: m.at, reverse=True)


def _replied(reply: Reply) -> Moment:
    details = [reply.name, reply.job_title, reply.get_grade_display(), reply.reason]
    who = f", {reply.answered_by.name}" if reply.answered_by else ""
    return Moment(
        reply.answered_at,
        reply.get_answer_display(),
        ", ".join(filter(None, details)),
        f"{reply.get_channel_display()}{who}",
    )


@login_required
@require_POST
def resend(request, reference: str, agency: str):
    meeting = _meeting(request, reference)
    invitation = chasing.resend(_invitation(meeting, agency), by=request.user)
    messages.success(request, f"The invitation is on its way to {invitation.letter.to_email}.")
    return redirect("meetings:invitation", reference, agency)
