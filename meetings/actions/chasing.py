"""Reminding agencies that have not replied, and reaching those whose letter did not arrive."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate, now

from audit.events import record
from meetings.actions.invitations import addressee, give_contacts, of_meeting, reachable
from meetings.actions.locks import take
from meetings.mail.letters import Letters, rules_of
from meetings.models import Invitation, Meeting, ReplyLink
from meetings.rules import INVITATION_RULES
from outbox.jobs import post

REMIND_DAYS = (7, 2)  # before the meeting


@transaction.atomic
def remind(
    meeting: Meeting, *, agencies: Collection[int], by, at: datetime | None = None
) -> list[Invitation]:
    """Those that were chosen, once a day."""
    at, meeting = at or now(), take(meeting)
    asked = of_meeting(meeting, meeting.invitations.filter(agency__in=agencies).prefetch_related("replies"))
    if not asked:
        raise ValidationError({"agencies": "Select at least one agency"})
    for invitation in asked:
        INVITATION_RULES.require("remind", invitation, by=by)
    _refuse(asked, localdate(at))
    give_contacts(meeting, asked)
    for invitation in asked:
        _remind(invitation, at)
        record("invitation.reminded", invitation, by=by, reference=meeting.reference)
    return asked


def _refuse(asked: list[Invitation], today: date) -> None:
    answered = [f"{i.agency} has replied" for i in asked if i.answer]
    again = [f"{i.agency} was already reminded today" for i in asked if i.reminded_on == today]
    if answered or again:
        raise ValidationError({"agencies": answered + again})


def _remind(invitation: Invitation, at: datetime) -> None:
    meeting, today = invitation.meeting, localdate(at)
    letters = Letters(meeting, rules_of(meeting), at)
    invitation.letter = letters.remind(invitation, addressee(invitation, at), key=f"{today}")
    invitation.reminded_on = today
    invitation.save(update_fields=["contact", "letter", "reminded_on"])


@transaction.atomic
def resend(invitation: Invitation, *, by, at: datetime | None = None) -> Invitation:
    """To the agency's present contact, as that was corrected; links in earlier letters end."""
    at, meeting = at or now(), take(invitation.meeting)
    [invitation] = of_meeting(meeting, meeting.invitations.filter(pk=invitation.pk))
    INVITATION_RULES.require("resend", invitation, by=by)
    give_contacts(meeting, [invitation])
    ReplyLink.objects.filter(invitation=invitation).delete()
    letters = Letters(meeting, rules_of(meeting), at)
    invitation.letter = letters.invite(invitation, addressee(invitation, at))
    invitation.save(update_fields=["contact", "letter"])
    record("invitation.resent", invitation, by=by, reference=meeting.reference)
    return invitation


# -- By themselves --


def promise_reminders(today: date) -> int:
    """Today's, once for each asking and step however often it is called; returns how many are due."""
    horizon = today + timedelta(days=max(REMIND_DAYS))
    waiting = Invitation.objects.standing().sent().unanswered()
    ahead = waiting.filter(meeting__status=Meeting.Status.SCHEDULED, meeting__held_on__range=(today, horizon))
    due = 0
    for invitation in ahead.select_related("meeting").order_by("pk"):
        if step := step_due(invitation.meeting.held_on, localdate(invitation.sent_at), today):
            post("meetings.send_reminder", invitation, key=f"{invitation.sent_at.timestamp()}:{step}")
            due += 1
    return due


def step_due(held_on: date, asked_on: date, today: date) -> int | None:
    """The nearest step that is reached, unless the agency was asked only after it."""
    reached = [step for step in REMIND_DAYS if held_on - timedelta(days=step) <= today <= held_on]
    step = min(reached, default=None)
    return step if step and asked_on < held_on - timedelta(days=step) else None


def is_time(held_on: date, asked_on: date, today: date) -> bool:
    """To remind by hand: the first step is reached, and the agency had a day to answer."""
    return asked_on < today and held_on - timedelta(days=max(REMIND_DAYS)) <= today


def days_ahead(held_on: date, asked_on: date, today: date) -> set[date]:
    """On which an agency that was asked then is still reminded."""
    days = {held_on - timedelta(days=step) for step in REMIND_DAYS}
    return {day for day in days if max(asked_on, today) < day}


@transaction.atomic
def send_promised(invitation: Invitation, at: datetime) -> None:
    """A reminder that was due; what has happened since may have made it needless.

    Without a contact nobody is written to: the list of invitations says so.
    """
    meeting = take(invitation.meeting)
    mine = meeting.invitations.standing().sent().unanswered().filter(pk=invitation.pk)
    for waiting in reachable(meeting, of_meeting(meeting, mine)):
        if meeting.is_planned and not meeting.has_begun(at) and waiting.reminded_on != localdate(at):
            _remind(waiting, at)
            record("invitation.reminded", waiting, by=None, reference=meeting.reference)
