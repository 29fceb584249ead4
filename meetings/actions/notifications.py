"""Telling agencies which cases a panel will hear, and what each may know of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.timezone import localdate, now

from audit.events import record
from boards.access import share, unshare
from boards.models import Organisation
from mappa_portal.words import long_date, lower_first
from meetings.actions.locks import take
from meetings.models import Attendance, Discussion, Meeting, Notification
from meetings.notifications import mail
from meetings.notifications.known import Known
from meetings.rules import MEETING_RULES, NOTIFICATION_RULES
from referrals.looking import reason_to_open
from referrals.models import Case
from referrals.rules import CASE_RULES

BY_WORD = "{} is at Level 1: an agency is told of it only if the lead agency says so"
NOBODY = "Nobody of {} can sign in and answer. Ask the area administrator to appoint somebody first"


@dataclass(frozen=True)
class Telling:
    """What an agency may know of one case."""

    may_know: Collection[str] = ()
    why: str = ""


@transaction.atomic
def notify(
    meeting: Meeting,
    agency: Organisation,
    *,
    chosen: Mapping[int, Telling],
    check_by: date,
    by,
    at: datetime,
) -> list[Notification]:
    """Of these discussions, by id; one letter to each person of the agency. What is open already stays as it is."""
    meeting = take(meeting)
    MEETING_RULES.require("notify", meeting, by=by)
    may = {d.pk: d for d in to_tell(meeting, agency, localdate(at))}
    wanted = [may[pk] for pk in chosen if pk in may]
    if not wanted or len(wanted) < len(chosen):
        raise ValidationError("Select at least one case that the agency is asked to and was not told of")
    refused = [BY_WORD.format(d.case) for d in wanted if d.present_level == 1]
    if refused:
        raise ValidationError(refused)
    must_be_in_time(check_by, meeting.held_on, at)
    before = Notification.objects.filter(discussion__in=wanted, agency=agency)
    rows = {n.discussion_id: n for n in before.select_for_update(of=["self"])}
    told = []
    for discussion in wanted:
        row = rows.get(discussion.pk) or _new(meeting.organisation, agency, discussion.case, discussion)
        discussion.meeting = meeting
        row.discussion, row.case = discussion, discussion.case
        told.append(_tell(row, chosen[discussion.pk], discussion.present_level, check_by, by, at))
    _send(told, at)
    return told


@transaction.atomic
def notify_by_word(
    case: Case,
    agency: Organisation,
    *,
    telling: Telling,
    word_by: str,
    word_on: date,
    check_by: date,
    by,
    at: datetime,
) -> Notification:
    """By the lead agency's word: of a case at level 1, or one that no panel is about to hear."""
    coming = _coming(case, agency, at)
    if coming:  # nobody stands the agency down, or cancels, meanwhile
        take(coming.meeting)
    held = Case.objects.with_level(localdate(at)).select_for_update(of=["self"])
    case = held.select_related("territory", "organisation").get(pk=case.pk)
    CASE_RULES.require("tell", case, by=by)
    discussion = _coming(case, agency, at)
    open_already = Notification.objects.open().filter(case=case, agency=agency)
    if open_already.filter(discussion=discussion).exists():
        raise ValidationError({"agency": f"{agency} was told of this case already"})
    if not agency.coverage.filter(borough=case.territory_id).exists():
        raise ValidationError(
            {"agency": f"{agency} does not work in {case.territory}. Select another agency"}
        )
    if word_on > localdate(at):
        raise ValidationError({"word_on": "The day of the lead agency’s word must be today or in the past"})
    must_be_in_time(check_by, discussion.meeting.held_on if discussion else date.max, at)
    row = _new(case.organisation, agency, case, discussion)
    if discussion:
        before = Notification.objects.select_for_update(of=["self"])
        row = before.filter(discussion=discussion, agency=agency).first() or row
        row.discussion = discussion
    row.case, row.word_by, row.word_on = case, word_by, word_on
    told = _tell(row, telling, case.present_level, check_by, by, at)
    _send([told], at)
    return told


@transaction.atomic
def withdraw(notification: Notification, *, by) -> Notification:
    """Its page is closed from the next request on; nothing of it is lost."""
    notification = locked(notification)
    NOTIFICATION_RULES.require("withdraw", notification, by=by)
    return _close(notification, by)


@transaction.atomic
def open_again(notification: Notification, *, by) -> Notification:
    """Undo of a withdrawal: the same copy, the same answer."""
    if notification.meeting:
        take(notification.meeting)
    notification = locked(notification)
    NOTIFICATION_RULES.require("open_again", notification, by=by)
    notification.withdrawn_at = None
    _keep(notification, "withdrawn_at")
    share(notification, with_=notification.agency)
    _record("notification.opened_again", notification, by)
    return notification


@transaction.atomic
def look(notifications: Iterable[Notification], *, by, name: str = "notification.viewed") -> list[Known]:
    """The one way for an agency to what it may know: each case leaves an event (H1)."""
    found = list(notifications)
    for notification in found:
        NOTIFICATION_RULES.require("look", notification, by=by)
        _record(name, notification, by, reason_to_open([notification.case], by=by))
    return [Known.opened(notification.known) for notification in found]


# -- What follows from the agenda --


def close_unexpected(meeting: Meeting, *, by) -> None:
    """A part of standing down and of choosing: who is no longer asked to a case no longer reads of it."""
    for notification in _of(meeting).unexpected():
        _close(notification, by)


def close_ended(case: Case, *, by) -> None:
    """A part of ending a case: no panel will hear it; what a held one decided stays readable."""
    for notification in Notification.objects.full().coming().filter(case=case).order_by("pk"):
        _close(notification, by)


def close_all(meeting: Meeting, *, by) -> None:
    """A part of cancelling: no panel will hear these cases."""
    for notification in _of(meeting).open():
        _close(notification, by)


def detach(discussion: Discussion, *, by) -> None:
    """A part of taking a case off the agenda: what was told stays on record, closed."""
    for notification in Notification.objects.full().filter(discussion=discussion):
        if notification.is_open:
            _close(notification, by)
        notification.discussion = None
        _keep(notification, "discussion")


def move(meeting: Meeting, following: Meeting, *, by) -> None:
    """To the meeting that takes its place: checks and workers hold for the same cases."""
    places = {d.case_id: d for d in following.discussions.all()}
    for notification in _of(meeting).open():
        if notification.case_id not in places:
            _close(notification, by)
            continue
        notification.discussion = places[notification.case_id]
        _keep(notification, "discussion")
    close_unexpected(following, by=by)


def to_tell(meeting: Meeting, agency: Organisation, today: date) -> list[Discussion]:
    """What the agency is asked to and was not told of, each case with its present level."""
    untold = _untold(meeting).filter(organisation=agency).values("discussion")
    found = list(meeting.discussions.filter(pk__in=untold).select_related("case", "territory"))
    levels = Case.objects.with_level(today).filter(pk__in=[d.case_id for d in found])
    level_of = dict(levels.values_list("pk", "present_level"))
    for discussion in found:
        discussion.present_level = level_of.get(discussion.case_id)
    return found


def agencies_to_tell(meeting: Meeting) -> set[int]:
    """The agencies, by id, of which each is asked to a case that it was not told of."""
    return set(_untold(meeting).values_list("organisation", flat=True))


# -- Parts --


def _untold(meeting: Meeting):
    told = Notification.objects.open().filter(
        territory=OuterRef("territory"), discussion=OuterRef("discussion"), agency=OuterRef("organisation")
    )
    return Attendance.objects.required().filter(~Exists(told), discussion__meeting=meeting)


def locked(notification: Notification) -> Notification:
    return Notification.objects.full().select_for_update(of=["self"]).get(pk=notification.pk)


def _of(meeting: Meeting):
    return Notification.objects.full().filter(discussion__meeting=meeting).order_by("pk")


def _new(unit: Organisation, agency: Organisation, case: Case, discussion: Discussion | None) -> Notification:
    return Notification(
        territory=case.territory, organisation=unit, agency=agency, case=case, discussion=discussion
    )


def _coming(case: Case, agency: Organisation, at: datetime) -> Discussion | None:
    """The next planned discussion to which the agency is asked."""
    asked = Discussion.objects.filter(
        case=case,
        meeting__status=Meeting.Status.SCHEDULED,
        meeting__held_on__gt=localdate(at),
        attendances__organisation=agency,
        attendances__invited=True,
        attendances__stood_down=False,
    )
    found = asked.select_related("meeting__organisation", "meeting__territory", "territory")
    return found.order_by("meeting__held_on", "pk").first()


def must_be_in_time(check_by: date, held_on: date, at: datetime) -> None:
    if check_by < localdate(at):
        raise ValidationError({"check_by": "The day to check by must be today or in the future"})
    if check_by > held_on:
        raise ValidationError({"check_by": "The day to check by must be the same as or before the meeting"})


def _tell(row: Notification, telling: Telling, level: int | None, check_by: date, by, at) -> Notification:
    row.may_know = [code for code, _ in Notification.MAY_KNOW if code in telling.may_know]
    row.known = Known.of(row.case, level, row.may_know, telling.why.strip(), localdate(at)).sealed()
    row.notified_at, row.notified_by, row.check_by = at, by, check_by
    row.withdrawn_at = row.chased_on = None
    for name in Notification.ANSWERED:  # to another question, if it was told before
        setattr(row, name, row._meta.get_field(name).get_default())
    row.revision += 1
    row.save()
    row.refresh_from_db(fields=["key"])
    share(row, with_=row.agency)
    kept = {"check_by": check_by, "word_by": row.word_by, "word_on": row.word_on}
    labels = dict(Notification.MAY_KNOW)
    may = [lower_first(labels[code]) for code in row.may_know]
    why = ["why"] if telling.why.strip() else []  # that it was said; what, stands sealed
    said = f"may know {', '.join([*may, *why]) or 'the reference alone'}"
    _record("notification.sent", row, by, said, after={name: value for name, value in kept.items() if value})
    return row


def _send(told: list[Notification], at: datetime) -> None:
    if not mail.readers(told[0], localdate(at)):
        raise ValidationError(NOBODY.format(told[0].agency))
    mail.tell(told, at=at)


def _close(notification: Notification, by) -> Notification:
    notification.withdrawn_at = now()
    unshare(notification, with_=notification.agency)
    if meeting := notification.meeting:
        first = f"You are no longer expected at the MAPPA meeting of {long_date(meeting.held_on)}."
        mail.tell_workers([notification], meeting, "Not needed", first, at=notification.withdrawn_at)
    notification.invited_email = ""
    _keep(notification, "withdrawn_at", "invited_email")
    _record("notification.withdrawn", notification, by)
    return notification


def _keep(notification: Notification, *fields: str) -> None:
    notification.revision += 1
    notification.save(update_fields=[*fields, "revision"])


def _record(name: str, notification: Notification, by, said: str = "", **more) -> None:
    """``said``: which particulars, never what they are."""
    told = {"reference": notification.reference, "recipient": notification.agency.name}
    reason = ", ".join(filter(None, [str(notification.case), said]))
    record(name, notification, by=by, reason=reason, **told, **more)
