from collections.abc import Iterator

from django.conf import settings
from django.utils.timezone import localdate, now

from boards.directory import in_post
from boards.models import AreaSettings, Territory
from boards.roles import Seat
from boards.scope import everywhere, scope
from mappa_portal.celery import app
from mappa_portal.words import long_date
from meetings import contacts
from meetings.actions import attendance_files, chasing, checks, overdue_follow_ups
from meetings.actions.contacts import ask
from meetings.actions.minutes import readers
from meetings.actions.series import extend_series
from meetings.mail import mailbox
from meetings.models import AttendanceFile, Contact, Invitation, Minutes, Notification, Series
from meetings.performance import figures, minima
from outbox.jobs import job
from outbox.mail import send

ANSWER = (Seat.SPOC, Seat.REPRESENTATIVE, Seat.SUBSTITUTE)


@job("meetings.count_days")
def count_days(recount_id: int) -> None:
    figures.count_days(recount_id)


@job("meetings.promise_counts")
def promise_counts(settings_id: int) -> None:
    minima.promise_counts(AreaSettings.objects.select_related("territory").get(pk=settings_id).territory)


@job("meetings.check_file")
def check_file(kept_id: int) -> None:
    attendance_files.check_large(AttendanceFile.objects.get(pk=kept_id))


@job("meetings.import_file")
def import_file(kept_id: int) -> None:
    attendance_files.import_large(AttendanceFile.objects.get(pk=kept_id))


@job("meetings.tell_minutes")
def tell_minutes(minutes_id: int) -> None:
    """To those who answer for the agencies that were given a discussion: they can sign in and read it."""
    minutes = Minutes.objects.select_related("meeting__territory__parent").get(pk=minutes_id)
    meeting = minutes.meeting
    borough = meeting.territory
    agencies = readers(meeting)
    corrected = meeting.minutes.filter(issued_at__isnull=False, number__lt=minutes.number).exists()
    subject = f"MAPPA meeting, {borough}, {long_date(meeting.held_on)}"
    for appointment in in_post(agencies, localdate(), borough, ANSWER):
        send(
            "minutes_issued",
            appointment.user,
            {
                "minutes": minutes,
                "meeting": meeting,
                "borough": borough,
                "corrected": corrected,
                "organisation": appointment.organisation,
            },
            key=f"minutes_issued:{minutes.pk}:{appointment.user_id}",
            subject=f"{'Corrected minutes' if corrected else 'Minutes'}: {subject}",
            territory=borough,
        )


@app.task(name="meetings.recount")
def recount() -> None:
    """At night: nothing that is stored stays wrong for longer than a day, whatever was overlooked."""
    for borough in _each_borough():
        figures.count_all(borough)


@app.task(name="meetings.forget_files")
def forget_files() -> None:
    """Attendance files that nobody imported or closed in three days."""
    for _ in _each_borough():
        AttendanceFile.objects.expired().delete()


@job("meetings.ask_contact")
def ask_contact(contact_id: int) -> None:
    contact = Contact.objects.get(pk=contact_id)
    if contact.ended_on is None:
        ask(contact, today=localdate(), by=None)


@app.task(name="meetings.ask_contacts")
def ask_contacts() -> None:
    for borough in _each_borough():
        contacts.ask_the_due(borough, localdate())


@app.task(name="meetings.follow_up_absences")
def follow_up_absences() -> None:
    for borough in _each_borough():
        overdue_follow_ups.carry_on(borough, localdate())


def _each_borough() -> Iterator[Territory]:
    """One after the other, each in a transaction and a scope of its own."""
    for borough in Territory.objects.filter(kind=Territory.Kind.BOROUGH).select_related("parent"):
        with scope([borough.pk, borough.parent_id]):
            yield borough


@app.task(name="meetings.extend_series")
def extend_all_series() -> None:
    """At night: the calendar holds the meetings of the next six months. Twice is the same as once."""
    for _ in _each_borough():
        for series in Series.objects.filter(stopped_on=None):
            extend_series(series, by=None, at=now())


@job("meetings.send_reminder")
def send_reminder(invitation_id: int) -> None:
    chasing.send_promised(Invitation.objects.get(pk=invitation_id), now())


@job("meetings.chase_checks")
def chase_checks(notification_id: int) -> None:
    checks.chase(Notification.objects.full().get(pk=notification_id), now())


@app.task(name="meetings.remind")
def remind() -> int:
    """Of replies and of checks that are missing; any number of times a day."""
    named = everywhere()
    with scope(named.territories, named.areas):
        return chasing.promise_reminders(localdate()) + checks.promise_chases(localdate())


@app.task(name="meetings.read_replies")
def read_replies() -> int:
    return mailbox.read_mailbox(settings.REPLIES_IMAP_URL) if settings.REPLIES_IMAP_URL else 0
