"""What an agency's own records say of the cases that it was told of, and the worker who comes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate

from audit.events import record
from mappa_portal.exceptions import StaleEdit
from meetings.actions.notifications import locked
from meetings.models import Meeting, Notification
from meetings.notifications import mail
from meetings.rules import NOTIFICATION_RULES
from outbox.jobs import post

SAID = ("answer", "worker", "worker_job_title", "worker_email", "worker_phone")


@dataclass(frozen=True)
class Check:
    """Of one case; a worker is named when the person is known or related to a family."""

    answer: str
    worker: str = ""
    worker_job_title: str = ""
    worker_email: str = ""
    worker_phone: str = ""

    @property
    def is_met(self) -> bool:
        return self.answer in Notification.MET


@transaction.atomic
def save(checks: Iterable[tuple[Notification, Check, int]], *, by, at: datetime) -> list[Notification]:
    """Each with the revision that the person saw: all of them or none."""
    ordered = sorted(checks, key=lambda each: each[0].pk)
    return [_save(locked(n), check, revision, by, at) for n, check, revision in ordered]


def _save(notification: Notification, check: Check, revision: int, by, at: datetime) -> Notification:
    NOTIFICATION_RULES.require("check", notification, by=by)
    if notification.revision != revision:
        raise StaleEdit(notification)
    if check.is_met and not (check.worker and check.worker_email):
        raise ValidationError({"worker": "Enter the name and work email of the worker to invite"})
    if not check.is_met:
        check = Check(check.answer)
    before = {name: getattr(notification, name) for name in SAID}
    after = {name: getattr(check, name) for name in SAID}
    changed = [name for name in SAID if before[name] != after[name]]
    if not changed:
        return notification
    for name in SAID:
        setattr(notification, name, after[name])
    notification.answered_at, notification.answered_by = at, by
    notification.revision += 1
    notification.save()
    old, new = ({name: values[name] for name in changed} for values in (before, after))
    _record("notification.checked", notification, by, before=old, after=new)
    return notification


@transaction.atomic
def invite_worker(notification: Notification, *, by, at: datetime) -> Notification:
    """By a letter of its own, beside the invitation of the agency; attendance is still the agency's to answer."""
    notification = locked(notification)
    NOTIFICATION_RULES.require("invite_worker", notification, by=by)
    notification.invited_email = notification.worker_email
    notification.save(update_fields=["invited_email"])
    mail.invite_worker(notification, at=at)
    _record("notification.worker_invited", notification, by)
    return notification


def tell_workers(meeting: Meeting, what: str, first: str, *, at: datetime) -> None:
    """A part of moving a meeting: who was invited beside the agencies hears of it too."""
    invited = Notification.objects.full().open().filter(discussion__meeting=meeting).exclude(invited_email="")
    mail.tell_workers(invited, meeting, what, first, at=at)


# -- By themselves --


def promise_chases(today: date) -> int:
    """Of checks that are overdue, one job for each agency and meeting however often it is called."""
    late = Notification.objects.overdue(today).filter(chased_on=None)
    due = late.order_by("agency", "discussion__meeting", "case", "pk")
    firsts = {(n.agency_id, n.meeting.pk if n.meeting else -n.pk): n for n in reversed(due.full())}
    for first in firsts.values():
        post("meetings.chase_checks", first, key=str(first.check_by))
    return len(firsts)


@transaction.atomic
def chase(notification: Notification, at: datetime) -> None:
    """Once: what has happened since may have made it needless."""
    same = {"agency": notification.agency_id, "discussion__meeting": notification.meeting}
    found = (
        Notification.objects.filter(**same)
        if notification.meeting
        else Notification.objects.filter(pk=notification.pk)
    )
    waiting = found.full().unanswered().filter(chased_on=None).select_for_update(of=["self"]).order_by("pk")
    late = [n for n in waiting if n.is_overdue(localdate(at)) and n.can_be_checked(at)]
    for each in late:
        each.chased_on = localdate(at)
        each.save(update_fields=["chased_on"])
        _record("notification.chased", each, None)
    if late:
        mail.tell(late, at=at, late=True)


def _record(name: str, notification: Notification, by, **more) -> None:
    record(name, notification, by=by, reference=notification.reference, reason=str(notification.case), **more)
