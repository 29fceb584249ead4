"""Letters about notifications: how many cases, by when; no reference, nothing of a person."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.timezone import localdate

from boards.directory import in_post
from boards.models import Appointment
from boards.roles import Seat
from mappa_portal.words import long_date, plural, upper_first, weekday_date
from meetings.mail import calendar_parts
from meetings.mail.letters import hours
from meetings.models import Meeting, Notification, Person
from outbox.mail import send

ANSWER = (Seat.SPOC, Seat.REPRESENTATIVE, Seat.SUBSTITUTE)


def readers(notification: Notification, today: date) -> list[Appointment]:
    """Who answers for the agency in this borough, each person once."""
    held = in_post([notification.agency], today, notification.territory, ANSWER)
    return list({appointment.user_id: appointment for appointment in held}.values())


def tell(told: list[Notification], *, at: datetime, late: bool = False) -> None:
    """One letter to each person of the agency, however many cases there are."""
    first, today = told[0], localdate(at)
    by, meeting = min(n.due_on for n in told), first.meeting
    cases = plural(len(told), "case")
    place = (
        f"MAPPA meeting, {first.territory}, {long_date(meeting.held_on)}"
        if meeting
        else f"MAPPA, {first.territory}"
    )
    what = f"{'case' if len(told) == 1 else 'cases'} to check by {long_date(by)}"
    subject = f"Overdue: {what}: {place}" if late else f"{upper_first(what)}: {place}"
    for held in readers(first, today):
        send(
            "cases_to_check",
            held.user,
            {
                "cases": cases,
                "by": weekday_date(by),
                "meeting": meeting,
                "borough": first.territory,
                "organisation": first.agency,
                "late": late,
            },
            key=f"cases_to_check:{first.pk}:{at.timestamp()}:{held.user_id}",
            subject=subject,
            territory=first.territory,
        )


def invite_worker(notification: Notification, *, at: datetime) -> None:
    meeting = notification.meeting
    _to_worker(
        notification,
        meeting,
        f"MAPPA meeting, {meeting.territory}, {long_date(meeting.held_on)}: you are invited",
        f"You are asked to attend a MAPPA meeting with {notification.agency}.",
        at=at,
        calendar=calendar_parts.publish(meeting, at=at),
    )


def tell_workers(
    notifications: Iterable[Notification], meeting: Meeting, what: str, first: str, *, at
) -> None:
    """Of a change: those who were invited and would otherwise come on the old day."""
    for notification in notifications:
        if notification.is_worker_invited:
            subject = f"{what}: MAPPA meeting, {meeting.territory}"
            _to_worker(notification, meeting, subject, first, at=at)


def _to_worker(notification, meeting: Meeting, subject: str, first: str, *, at, calendar: str = "") -> None:
    to = Person(notification.worker, notification.worker_email)
    send(
        "worker_invited",
        to,
        {
            "first": first,
            "meeting": meeting,
            "borough": meeting.territory,
            "day": weekday_date(meeting.held_on),
            "hours": hours(meeting),
            "agency": notification.agency,
            "unit": meeting.organisation,
        },
        key=f"worker:{notification.pk}:{meeting.sequence}:{at.timestamp()}",
        subject=subject,
        territory=meeting.territory,
        calendar=calendar,
    )
