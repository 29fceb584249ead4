"""What the room puts on the home page of a MAPPA unit: letters to send, calls to make, meetings that are over."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse

from boards.access import units_with
from boards.models import AreaSettings
from mappa_portal.home import Task
from mappa_portal.words import long_date
from meetings.models import Meeting, PhoneCall

AHEAD = timedelta(days=14)  # before the last day of sending
MOST = 10


def tasks(user, today: date) -> Iterator[Task]:
    units = units_with(user, "record_meeting")
    if units:
        yield from _to_send(units, today)
        yield from _to_end(units, today)
        yield from _to_call(units)


def _planned(units):
    found = Meeting.objects.filter(organisation__in=units, status=Meeting.Status.SCHEDULED)
    return found.select_related("territory").order_by("held_on", "pk")


def _to_send(units, today: date) -> Iterator[Task]:
    """Meetings whose last day to send the invitations comes near, or has gone by."""
    needed = dict(AreaSettings.objects.values_list("territory", "notice_days"))
    longest = timedelta(days=max(needed.values(), default=14))
    unsent = _planned(units).filter(invited_on=None, held_on__range=(today, today + AHEAD + longest))
    for meeting in unsent[:MOST]:
        last_day = meeting.held_on - timedelta(days=needed.get(meeting.territory.parent_id, 14))
        if last_day <= today + AHEAD:
            url = reverse("meetings:meeting", args=[meeting.reference])
            yield Task(_named(meeting), url, last_day, "for enough notice", "Send the invitations to")


def _to_end(units, today: date) -> Iterator[Task]:
    for meeting in _planned(units).filter(held_on__lt=today)[:MOST]:
        url = reverse("meetings:meeting", args=[meeting.reference])
        title = f"Was the meeting of {long_date(meeting.held_on)} held? ({meeting.reference})"
        yield Task(title, url, meeting.held_on, str(meeting.territory))


def _to_call(units) -> Iterator[Task]:
    calls = PhoneCall.objects.filter(
        invitation__meeting__in=_planned(units).order_by(), made_at=None, invitation__stood_down_at=None
    )
    for call in calls.select_related("invitation__agency", "invitation__meeting").order_by("due_on", "pk")[
        :MOST
    ]:
        meeting = call.invitation.meeting
        url = reverse("meetings:call", args=[meeting.reference, call.invitation.agency.slug])
        title = f"{call.invitation.agency} about the meeting of {long_date(meeting.held_on)}"
        yield Task(title, url, call.due_on, meeting.reference, "Phone")


def _named(meeting: Meeting) -> str:
    return f"the level {meeting.level} meeting of {long_date(meeting.held_on)} ({meeting.reference})"
