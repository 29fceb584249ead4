"""What an agency's calendar is told of a meeting (RFC 5545, 5546): when and where, nothing on people or cases."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
from icalendar import Calendar, Event, vCalAddress

from meetings.models import Invitation, Meeting

PRODID = "-//MAPPA portal//Meetings//EN"


def request(invitation: Invitation, *, to_email: str, at: datetime) -> str:
    """Asks the agency's contact, or tells what has changed when the sequence is a later one."""
    event = _event(invitation.meeting, at)
    event.add("status", "CONFIRMED")
    return _addressed("REQUEST", event, invitation, to_email)


def cancel(invitation: Invitation, *, to_email: str, at: datetime) -> str:
    """The meeting will not be, or not for this agency: then its status is nobody's business (RFC 5546, 3.2.5)."""
    event = _event(invitation.meeting, at)
    if not invitation.meeting.is_planned:
        event.add("status", "CANCELLED")
    return _addressed("CANCEL", event, invitation, to_email)


def publish(meeting: Meeting, *, at: datetime) -> str:
    """The file that a person adds to a calendar: it invites nobody and asks for no answer."""
    event = _event(meeting, at)
    event.add("status", "CONFIRMED")
    event.add("organizer", _organiser(settings.REPLY_ADDRESS))
    return _calendar("PUBLISH", event)


def uid_of(meeting: Meeting) -> str:
    return f"{meeting.uid}@{settings.MAIL_DOMAIN}"


# -- The address that answers come to --


def reply_address(invitation: Invitation) -> str:
    """``replies+cmd-…@``: nobody guesses the tag, and it is for this contact's answers to this meeting alone."""
    name, _, host = settings.REPLY_ADDRESS.partition("@")
    return f"{name}+{tag_of(invitation)}@{host}"


def tag_of(invitation: Invitation, secret: str = "") -> str:
    said = f"{invitation.territory_id}:{invitation.pk}:{invitation.contact_id}"
    keyed = salted_hmac("meetings.calendar_parts", said, secret=secret or None, algorithm="sha256")
    return f"{invitation.territory.code.lower()}-{keyed.hexdigest()[:32]}"


def is_tag_of(tag: str, invitation: Invitation) -> bool:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(constant_time_compare(tag.lower(), tag_of(invitation, secret)) for secret in secrets)


# -- Parts --


def _event(meeting: Meeting, at: datetime) -> Event:
    event = Event()
    event.add("uid", uid_of(meeting))
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", at)
    if meeting.starts_at:
        starts = meeting.starts.astimezone(UTC)
        event.add("dtstart", starts)
        event.add("dtend", starts + timedelta(minutes=meeting.minutes_long))
    else:
        event.add("dtstart", meeting.held_on)
    event.add("summary", f"MAPPA meeting, {meeting.territory}")
    event.add("class", "PRIVATE")
    if where := ", ".join(filter(None, (meeting.place, meeting.video))):
        event.add("location", where)
    return event


def _addressed(method: str, event: Event, invitation: Invitation, to_email: str) -> str:
    event.add("organizer", _organiser(reply_address(invitation)))
    guest = vCalAddress(f"mailto:{to_email}")
    guest.params["CUTYPE"], guest.params["ROLE"] = "INDIVIDUAL", "REQ-PARTICIPANT"
    if method == "REQUEST":
        guest.params["PARTSTAT"], guest.params["RSVP"] = "NEEDS-ACTION", "TRUE"
    event.add("attendee", guest)
    return _calendar(method, event)


def _organiser(email: str) -> vCalAddress:
    organiser = vCalAddress(f"mailto:{email}")
    organiser.params["CN"] = "MAPPA portal"
    return organiser


def _calendar(method: str, event: Event) -> str:
    calendar = Calendar()
    for name, value in (("prodid", PRODID), ("version", "2.0"), ("method", method)):
        calendar.add(name, value)
    calendar.add_component(event)
    return calendar.to_ical().decode()
