"""Taking the answer of an agency's calendar as its reply, or refusing it with the reason."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.timezone import now

from audit.events import record
from boards.models import Territory
from boards.scope import scope
from meetings.actions.replies import locked, reply
from meetings.mail import calendar_parts
from meetings.mail.calendar_mail import Answer, Unreadable, read
from meetings.models import CalendarMail, Invitation, Reply
from meetings.rules import INVITATION_RULES

ANSWERS = {
    "ACCEPTED": Reply.Answer.ATTENDING,
    "DECLINED": Reply.Answer.APOLOGIES,
    "TENTATIVE": None,  # no answer: it is noted
}


@dataclass(frozen=True)
class Outcome:
    """``taken`` also when the same message came again; ``why`` in words, without anything personal."""

    taken: bool
    why: str


def take_mail(raw: bytes, at: datetime | None = None) -> Outcome:
    """One raw message; in its own transaction, in the scope that the tag of its reply address names."""
    try:
        answer = read(raw)
    except Unreadable as refused:
        return Outcome(False, str(refused))
    for tag in sorted(answer.tags):
        territory = Territory.objects.filter(code=tag[:3].upper()).first()
        if territory is None:
            continue
        with scope({territory.pk, territory.area.pk}):
            if invitation := _find(answer, tag, territory):
                return _take(invitation, answer, raw, at or now())
    return Outcome(False, "it belongs to no invitation")


def _find(answer: Answer, tag: str, territory: Territory) -> Invitation | None:
    asked = Invitation.objects.filter(territory=territory, meeting__uid=answer.uid).select_related(
        "territory"
    )
    return next((one for one in asked if calendar_parts.is_tag_of(tag, one)), None)


@transaction.atomic
def _take(invitation: Invitation, answer: Answer, raw: bytes, at: datetime) -> Outcome:
    invitation = locked(invitation)
    digest = hashlib.sha256(answer.message_id.encode() or raw).hexdigest()
    if CalendarMail.objects.filter(territory_id=invitation.territory_id, digest=digest).exists():
        return Outcome(True, "this message was read before")
    refused = _refusal(invitation, answer, at)
    CalendarMail.objects.create(
        territory_id=invitation.territory_id,
        invitation=invitation,
        digest=digest,
        said=answer.said if answer.said in ANSWERS else "",
        refused=refused,
        arrived_at=at,
    )
    if refused:
        record(
            "calendar_reply.refused",
            invitation,
            by=None,
            reference=invitation.meeting.reference,
            reason=refused,
        )
        return Outcome(False, refused)
    if said := ANSWERS[answer.said]:
        reply(invitation, answer=said, channel=Reply.Channel.CALENDAR, at=at)
        return Outcome(True, f"recorded: {said.label.lower()}")
    return Outcome(True, "noted: maybe")


def _refusal(invitation: Invitation, answer: Answer, at: datetime) -> str:
    """Empty when nothing speaks against it; the order is from who sent it to what it says."""
    if not invitation.is_for(answer.sender) or not invitation.is_for(answer.attendee):
        return "it came from another address than the invitation went to"
    if answer.passed is False:
        return "our mail server could not confirm who sent it"
    if answer.said not in ANSWERS:
        return "it says neither yes nor no"
    rule = INVITATION_RULES.rules["answer"]
    if not rule.test(invitation) or invitation.meeting.has_begun(at):
        return "the invitation cannot be answered any more"
    if answer.sequence < _sequence(invitation):
        return "it answers an earlier version of the invitation"
    return ""


def _sequence(invitation: Invitation) -> int:
    """Of the newest calendar part that the agency got."""
    told = invitation.links.filter(sequence__isnull=False).values_list("sequence", flat=True)
    return max(told, default=0)
