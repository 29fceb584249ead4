"""Minutes: made from the records, approved by the chair, issued to the agencies. No version is ever changed."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from audit.events import record
from boards.dates import add_working_days
from boards.models import AreaSettings, Organisation
from mappa_portal.exceptions import Conflict
from meetings.actions.locks import take
from meetings.minutes import Content, content_of
from meetings.models import Attendance, Discussion, DiscussionGrant, Meeting, Minutes
from meetings.rules import MEETING_RULES, MINUTES_RULES
from outbox.jobs import post
from referrals.looking import reason_to_open
from referrals.models import Case


def issue_by(meeting: Meeting) -> date:
    """The circulation clock: working days from the day of the meeting."""
    settings = AreaSettings.objects.get(territory=meeting.territory.area.pk)
    return add_working_days(meeting.held_on, settings.circulation_days)


@transaction.atomic
def draft(meeting: Meeting, *, reason: str = "", by, at: datetime) -> Minutes:
    """The next version, from the records as they stand; one that corrects approved minutes says why."""
    meeting = take(meeting)
    MEETING_RULES.require("draft_minutes", meeting, by=by)
    last, content = meeting.minutes.first(), content_of(meeting)
    if last and last.digest == content.digest:
        raise Conflict(f"Nothing in the records has changed since version {last.number}.")
    if last and last.approved_at and not reason.strip():
        raise ValidationError({"reason": "Enter what is corrected, and why"})
    minutes = Minutes.objects.create(
        territory_id=meeting.territory_id,
        meeting=meeting,
        number=last.number + 1 if last else 1,
        content=content.sealed(),
        digest=content.digest,
        reason=reason.strip(),
        drafted_at=at,
        drafted_by=by,
        issue_by=issue_by(meeting),
    )
    _record("minutes.drafted", minutes, by)
    return minutes


@transaction.atomic
def approve(minutes: Minutes, *, undecided: bool = False, by, at: datetime) -> Minutes:
    """The version that the chair read, no newer draft beside it; ``undecided``: cases may stand in it undecided."""
    minutes = _newest(minutes)
    MINUTES_RULES.require("approve", minutes, by=by)
    without = [case.reference for case in Content.opened(minutes.content).undecided]
    if without and not undecided:
        named = " and ".join([", ".join(without[:-1]), without[-1]] if without[1:] else without)
        raise ValidationError({"undecided": f"Select to confirm that {named} can stand without a decision"})
    minutes.approved_at, minutes.approved_by = at, by
    minutes.save(update_fields=["approved_at", "approved_by"])
    _record("minutes.approved", minutes, by, *(f"{reference} undecided" for reference in without))
    return minutes


@transaction.atomic
def issue(minutes: Minutes, *, by, at: datetime) -> Minutes:
    """The agencies are told to sign in; the mail says nothing of what they will read."""
    minutes = _newest(minutes)
    MINUTES_RULES.require("issue", minutes, by=by)
    minutes.issued_at = at
    minutes.save(update_fields=["issued_at"])
    _record("minutes.issued", minutes, by)
    post("meetings.tell_minutes", minutes)
    return minutes


@transaction.atomic
def look(minutes: Minutes, *, by, name: str = "minutes.viewed") -> Content:
    """The one way to the text: it leaves an event (H1)."""
    _record(name, minutes, by, *filter(None, [reason_to_open(_restricted(minutes, by), by=by)]))
    return Content.opened(minutes.content)


def _restricted(minutes: Minutes, by) -> QuerySet[Case]:
    """Of the cases that the person reads in them."""
    read = Discussion.objects.filter(meeting=minutes.meeting_id)
    if by is not None:
        read = read.for_user(by)
    return Case.objects.filter(is_restricted=True, discussions__in=read)


def readers(meeting: Meeting) -> QuerySet[Organisation]:
    """The agencies that were given a discussion of the meeting: their people sign in and read."""
    groups = DiscussionGrant.objects.filter(content_object__meeting=meeting).values("group")
    return Organisation.objects.filter(group__in=groups, kind=Organisation.Kind.AGENCY).order_by("name")


def not_told(meeting: Meeting) -> QuerySet[Organisation]:
    """Agencies that came, but were never invited here: nothing of the meeting is open to them."""
    came = Attendance.objects.filter(discussion__meeting=meeting, attended=True).values("organisation")
    return Organisation.objects.filter(pk__in=came).exclude(pk__in=readers(meeting)).order_by("name")


def _newest(minutes: Minutes) -> Minutes:
    meeting = take(minutes.meeting)
    newest = meeting.minutes.first()
    if newest.pk != minutes.pk:
        raise Conflict(
            f"Version {newest.number} replaced version {minutes.number}. Read version {newest.number}"
        )
    newest.meeting = meeting
    return newest


def _record(name: str, minutes: Minutes, by, *more: str) -> None:
    said = ", ".join((f"version {minutes.number}", minutes.digest[:12], *more))[:500]
    record(name, minutes, by=by, reference=minutes.meeting.reference, reason=said)
