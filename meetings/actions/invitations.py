"""Asking agencies to a meeting, and telling them what became of it."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate, now

from audit.events import record
from boards.access import share_many, unshare_many
from boards.models import Organisation
from meetings.actions.locks import take
from meetings.mail.letters import Letters, rules_of
from meetings.models import Attendance, Contact, Discussion, Invitation, Meeting, Person, ReplyLink
from meetings.models.attendance import AttendanceQuerySet
from meetings.models.invitations import InvitationQuerySet
from meetings.rules import INVITATION_RULES, MEETING_RULES


@transaction.atomic
def send(
    meeting: Meeting, *, by, at: datetime | None = None, only: Invitation | None = None
) -> list[Invitation]:
    """Ask every agency that was not asked yet; the invitation opens its discussions to it."""
    at, meeting = at or now(), take(meeting)
    MEETING_RULES.require("invite", meeting, by=by)
    asked = of_meeting(meeting, unsent(meeting, only))
    give_contacts(meeting, asked)
    if any(invitation.letter_id for invitation in asked):  # asked again after it was told off
        _next_sequence(meeting)
    letters = Letters(meeting, rules_of(meeting), at)
    for invitation in asked:
        invitation.letter = letters.invite(invitation, addressee(invitation, at))
        invitation.sent_at, invitation.told_on = at, localdate(at)
    Invitation.objects.bulk_update(asked, ["contact", "letter", "sent_at", "told_on"])
    share_many(_pairs(_parts(meeting, asked).required()))
    if asked and meeting.invited_on is None:
        meeting.invited_on = localdate(at)
        meeting.save(update_fields=["invited_on"])
    if asked:
        record("invitations.sent", meeting, by=by, after={"agencies": _names(asked)})
    return asked


@transaction.atomic
def announce_change(meeting: Meeting, *, by, at: datetime | None = None) -> list[Invitation]:
    """Tell who was asked. When the meeting was moved, answers and links from before hold no longer."""
    at, meeting = at or now(), take(meeting)
    MEETING_RULES.require("change", meeting, by=by)
    asked = of_meeting(meeting, meeting.invitations.standing().sent().prefetch_related("links"))
    give_contacts(meeting, asked, keep=True)
    _next_sequence(meeting)
    letters = Letters(meeting, rules_of(meeting), at)
    for invitation in asked:
        known = next((link.starts for link in invitation.links.all()), meeting.starts)
        invitation.letter = letters.change(invitation, addressee(invitation, at), known)
        if known != meeting.starts:
            invitation.sent_at, invitation.reminded_on = at, None
        if localdate(known) != meeting.held_on:
            invitation.told_on = localdate(at)
    Invitation.objects.bulk_update(asked, ["contact", "letter", "sent_at", "told_on", "reminded_on"])
    record("invitations.changed", meeting, by=by, after={"agencies": _names(asked)})
    return asked


def announce_cases(meeting: Meeting, agencies: Collection[int]) -> None:
    """A part of choosing: agencies that were asked already have more to prepare. No letter says which case."""
    at, meeting = now(), take(meeting)
    asked = of_meeting(meeting, meeting.invitations.standing().sent().filter(agency__in=agencies))
    letters = Letters(meeting, rules_of(meeting), at)
    for invitation in reachable(meeting, asked):
        invitation.letter = letters.add_case(invitation, addressee(invitation, at))
        invitation.save(update_fields=["contact", "letter"])


@transaction.atomic
def announce_end(meeting: Meeting, *, by, at: datetime | None = None) -> list[Invitation]:
    """The meeting will not be: calendars drop it, links end, and agencies see its discussions no longer.

    Once it should have started a letter is too late; the rest is not.
    """
    at, meeting = at or now(), take(meeting)
    MEETING_RULES.require("end_invitations", meeting, by=by)
    asked = of_meeting(meeting, meeting.invitations.standing().sent())
    if not meeting.has_begun(at):
        _say_off(meeting, asked, at)
    _take_back(meeting, asked)
    record("invitations.ended", meeting, by=by, after={"agencies": _names(asked)})
    return asked


@transaction.atomic
def withdraw(invitation: Invitation, *, by, at: datetime | None = None) -> Invitation:
    """One agency is not expected any more."""
    meeting = take(invitation.meeting)
    [invitation] = of_meeting(meeting, meeting.invitations.filter(pk=invitation.pk))
    INVITATION_RULES.require("withdraw", invitation, by=by)
    if invitation.sent_at:
        _say_off(meeting, [invitation], at or now())
        _take_back(meeting, [invitation])
    record("invitation.withdrawn", invitation, by=by, reference=meeting.reference)
    return invitation


def _say_off(meeting: Meeting, asked: list[Invitation], at: datetime) -> None:
    give_contacts(meeting, asked, keep=True)
    _next_sequence(meeting)
    letters = Letters(meeting, rules_of(meeting), at)
    for invitation in asked:
        invitation.letter = letters.cancel(invitation, addressee(invitation, at))
    Invitation.objects.bulk_update(asked, ["contact", "letter"])


def _take_back(meeting: Meeting, asked: list[Invitation]) -> None:
    if not meeting.postponed_to:  # then a link says to which day
        ReplyLink.objects.filter(invitation__in=asked).delete()
    unshare_many(_pairs(_parts(meeting, asked)))


# -- Parts --


def unsent(meeting: Meeting, only: Invitation | None = None) -> InvitationQuerySet:
    found = meeting.invitations.standing().filter(sent_at=None)
    return found.filter(pk=only.pk) if only else found


def of_meeting(meeting: Meeting, invitations) -> list[Invitation]:
    """Locked in one order, each knowing the meeting that is in hand."""
    found = invitations.select_related("agency", "contact", "territory").order_by("pk")
    asked = list(found.select_for_update(of=["self"]))
    for invitation in asked:
        invitation.meeting = meeting
    return asked


def give_contacts(meeting: Meeting, asked: Collection[Invitation], *, keep: bool = False) -> None:
    """The agency's present contact; ``keep`` the one who was written to when there is none now."""
    found = reachable(meeting, asked)
    missing = [i.agency for i in asked if i not in found and not (keep and i.contact)]
    if missing:
        raise ValidationError([f"{agency} has no contact. Add one" for agency in missing])


def reachable(meeting: Meeting, asked: Collection[Invitation]) -> list[Invitation]:
    """Those whose agency has a contact now, each with that one."""
    unit, agencies = meeting.organisation, [i.agency_id for i in asked]
    present = Contact.objects.current().filter(organisation=unit, agency__in=agencies)
    contacts = {c.agency_id: c for c in present}
    found = [i for i in asked if i.agency_id in contacts]
    for invitation in found:
        invitation.contact = contacts[invitation.agency_id]
    return found


def addressee(invitation: Invitation, at: datetime) -> Person:
    return invitation.contact.addressee(localdate(at))


def _next_sequence(meeting: Meeting) -> None:
    meeting.sequence += 1
    meeting.save(update_fields=["sequence"])


def _parts(meeting: Meeting, asked: Iterable[Invitation]) -> AttendanceQuerySet:
    agencies = [invitation.agency_id for invitation in asked]
    return Attendance.objects.filter(discussion__meeting=meeting, organisation__in=agencies)


def _pairs(parts: AttendanceQuerySet) -> list[tuple[Discussion, Organisation]]:
    """What is opened to whom."""
    found = parts.select_related("discussion__territory", "organisation").order_by("pk")
    return [(part.discussion, part.organisation) for part in found]


def _names(asked: Iterable[Invitation]) -> list[str]:
    return sorted(str(invitation.agency) for invitation in asked)
