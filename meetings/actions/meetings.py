"""A meeting from the day it is set up to the day it ends, one way or another."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate

from audit.events import record
from boards.models import Organisation
from boards.references import next_reference
from mappa_portal.words import clock, long_date
from meetings.actions import agenda, invitations, notifications
from meetings.actions.calls import call_if_short
from meetings.actions.checks import tell_workers
from meetings.actions.locks import keep, take
from meetings.actions.standing_down import carry_over
from meetings.ages import restate_ages
from meetings.models import Attendance, Invitation, Meeting, Series
from meetings.performance import figures
from meetings.rules import MEETING_RULES

SAID = ("level", "held_on", "starts_at", "minutes_long", "place", "video", "is_emergency")
TOLD = {"held_on", "starts_at", "minutes_long", "place", "video"}  # a change of these goes to who was invited
Status = Meeting.Status


@transaction.atomic
def set_up(
    unit: Organisation,
    *,
    by,
    at: datetime,
    cases: Mapping[int, bool | None] | Collection[int] = (),
    agencies: Collection[int] = (),
    series: Series | None = None,
    **when,
) -> Meeting:
    """Plan a meeting, invitations unsent. ``cases`` and ``agencies`` by id; both may follow later."""
    meeting = Meeting(organisation=unit, territory=unit.territory, series=series, **when)
    MEETING_RULES.require("add", meeting, by=by)
    if series is None:  # a series that nobody extended for long still names the months that it missed
        must_lie_ahead(meeting, at)
    meeting.reference = next_reference(unit.territory, "M", meeting.held_on.year)
    meeting.save()
    record("meeting.set_up", meeting, by=by, after=said(meeting))
    if cases:
        stated = cases if isinstance(cases, Mapping) else dict.fromkeys(cases)
        meeting = agenda.choose_cases(meeting, cases=stated, revision=meeting.revision, by=by)
    if agencies:
        parts = {agency: list(cases) for agency in agencies}
        meeting = agenda.choose_agencies(meeting, parts=parts, revision=meeting.revision, by=by)
    return meeting


@transaction.atomic
def send_invitations(
    meeting: Meeting, *, by, at: datetime, reason: str = "", only: Invitation | None = None
) -> int:
    """To every agency that is asked and was not told yet; returns to how many. Short notice needs its reason."""
    meeting = take(meeting)
    MEETING_RULES.require("invite", meeting, by=by)
    unsent = list(invitations.unsent(meeting, only))
    if not unsent:
        raise ValidationError("Select at least one agency")
    if reason:
        meeting.short_notice_reason = reason
        keep(meeting, "short_notice_reason")
    call_if_short(meeting, unsent, localdate(at))
    return len(invitations.send(meeting, by=by, at=at, only=only))


@transaction.atomic
def change(meeting: Meeting, *, revision: int, by, at: datetime, **when) -> Meeting:
    """Another time, place or chair, even another day. Who was invited is told what concerns them."""
    meeting = take(meeting, revision)
    MEETING_RULES.require("change", meeting, by=by)
    before, was_on = said(meeting), meeting.held_on
    for name, value in when.items():
        setattr(meeting, name, value)
    after = said(meeting)
    changed = {name for name in after if before[name] != after[name]}
    if not changed:
        return meeting
    must_lie_ahead(meeting, at)
    agenda.must_have_one_subject(meeting, meeting.discussions.count())
    if meeting.invited_on and "level" in changed:
        raise ValidationError(
            {"level": "Agencies were asked to a meeting at the other level. Set up a new one"}
        )
    if meeting.held_on != was_on:
        _move(meeting, localdate(at))
    keep(meeting, *when, "invited_on")
    record("meeting.changed", meeting, by=by, before=_of(before, changed), after=_of(after, changed))
    if meeting.invited_on and changed & TOLD:
        invitations.announce_change(meeting, by=by, at=at)
    if changed & TOLD:
        tell_workers(
            meeting, "Changed", "Time or place of a meeting to which you are invited has changed.", at=at
        )
    return meeting


def _moved_to(meeting: Meeting) -> str:
    return f"The MAPPA meeting to which you are invited is now on {long_date(meeting.held_on)}."


def _of(values: dict, names: set[str]) -> dict:
    return {name: values[name] for name in sorted(names)}


def _move(meeting: Meeting, today: date) -> None:
    """Ages are of the new day, and notice of it begins with the letter that names it."""
    restate_ages(meeting.discussions.select_related("case"), meeting.held_on)
    if meeting.invited_on:
        meeting.invited_on = today
        call_if_short(meeting, meeting.invitations.standing().sent(), today)


# -- How it ends --


@transaction.atomic
def hold(meeting: Meeting, *, by) -> Meeting:
    meeting = take(meeting)
    MEETING_RULES.require("hold", meeting, by=by)
    _end(meeting, Status.HELD, "", by, "meeting.held")
    figures.changed(meeting.territory_id, [meeting.held_on])
    return meeting


@transaction.atomic
def undo_hold(meeting: Meeting, *, by) -> Meeting:
    """Marked by mistake: planned again, to be held or ended otherwise."""
    meeting = take(meeting)
    MEETING_RULES.require("undo_hold", meeting, by=by)
    _end(meeting, Status.SCHEDULED, "", by, "meeting.not_held")
    figures.changed(meeting.territory_id, [meeting.held_on])
    return meeting


@transaction.atomic
def abandon(meeting: Meeting, *, reason: str, by) -> Meeting:
    """It began and broke off: in no figure (C1)."""
    meeting = take(meeting)
    MEETING_RULES.require("abandon", meeting, by=by)
    notifications.close_all(meeting, by=by)
    return _end(meeting, Status.ABANDONED, reason, by, "meeting.abandoned")


@transaction.atomic
def cancel(meeting: Meeting, *, reason: str, by, at: datetime) -> Meeting:
    meeting = take(meeting)
    MEETING_RULES.require("cancel", meeting, by=by)
    notifications.close_all(meeting, by=by)
    _end(meeting, Status.CANCELLED, reason, by, "meeting.cancelled")
    _say_off(meeting, by, at)
    return meeting


@transaction.atomic
def postpone(meeting: Meeting, *, reason: str, by, at: datetime, **when) -> Meeting:
    """Returns the meeting that takes its place, with the same cases and agencies, who are invited to it at once.

    Who was stood down stays so on the new day, until invited again.
    """
    meeting = take(meeting)
    MEETING_RULES.require("postpone", meeting, by=by)
    following = _following(meeting, by, at, when)
    carry_over(meeting, following, by=by)
    tell_workers(meeting, "New date", _moved_to(following), at=at)
    notifications.move(meeting, following, by=by)
    meeting.postponed_to = following
    _end(meeting, Status.POSTPONED, reason, by, "meeting.postponed", "postponed_to")
    if meeting.invited_on:
        _say_off(meeting, by, at)
        if following.invitations.standing().exists():
            send_invitations(following, by=by, at=at)
    return following


def _following(meeting: Meeting, by, at: datetime, when: dict) -> Meeting:
    usual = {name: getattr(meeting, name) for name in (*SAID, "chair")}
    stated = dict(meeting.discussions.values_list("case", "under_18"))
    following = set_up(meeting.organisation, by=by, at=at, cases=stated, **usual | when)
    expected = Attendance.objects.required().filter(discussion__meeting=meeting)
    parts: dict[int, list[int]] = {}
    for agency, case in expected.values_list("organisation", "discussion__case"):
        parts.setdefault(agency, []).append(case)
    return agenda.choose_agencies(following, parts=parts, revision=following.revision, by=by)


def _end(meeting: Meeting, status: str, reason: str, by, event: str, *fields: str) -> Meeting:
    before = {"status": meeting.status}
    meeting.status, meeting.status_reason = status, reason
    keep(meeting, "status", "status_reason", *fields)
    record(event, meeting, by=by, before=before, after={"status": status}, reason=reason)
    return meeting


def _say_off(meeting: Meeting, by, at: datetime) -> None:
    if meeting.invited_on:
        invitations.announce_end(meeting, by=by, at=at)


def must_lie_ahead(meeting: Meeting, at: datetime) -> None:
    if meeting.has_begun(at):
        raise ValidationError({"held_on": "Meeting date must be in the future"})


def said(meeting: Meeting) -> dict:
    chair = meeting.chair.name if meeting.chair else ""
    values = {name: getattr(meeting, name) for name in SAID}
    return values | {"starts_at": clock(meeting.starts_at), "chair": chair}
