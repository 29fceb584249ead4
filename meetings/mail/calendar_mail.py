"""The e-mail by which a calendar answers an invitation (METHOD:REPLY), as clients really write it. No database."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from uuid import UUID

from django.conf import settings
from icalendar import Calendar, Event

LARGEST = 1_000_000
CALENDAR_TYPES = {"text/calendar", "application/ics"}
RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")


class Unreadable(Exception):
    """No answer of a calendar stands in it."""


@dataclass(frozen=True)
class Answer:
    """``tags``: of the reply addresses it was sent to; ``passed`` None where nobody checked who sent it."""

    message_id: str
    sender: str
    tags: frozenset[str]
    uid: UUID
    sequence: int
    attendee: str
    said: str
    passed: bool | None


def read(raw: bytes) -> Answer:
    if len(raw) > LARGEST:
        raise Unreadable("it is too large")
    try:
        mail = message_from_bytes(raw, policy=default)
        event = _event(mail)
        attendee, said = _attendee(event)
        return Answer(
            message_id=_text(mail, "message-id"),
            sender=_sender(mail),
            tags=_tags(mail, event),
            uid=_uid(event),
            sequence=int(event.get("sequence", 0)),
            attendee=attendee,
            said=said,
            passed=_passed(mail),
        )
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, MessageError) as broken:
        raise Unreadable("it holds no calendar answer that can be read") from broken


# -- The calendar part --


def _event(mail: EmailMessage) -> Event:
    """Of the first part that is a reply: some clients add the same again as an attached file."""
    for part in mail.walk():
        if part.get_content_type() in CALENDAR_TYPES:
            calendar = Calendar.from_ical(_unwrapped(part))
            events = calendar.walk("VEVENT")
            if str(calendar.get("method", "")).upper() == "REPLY" and len(events) == 1:
                return events[0]
    raise ValueError("no reply")


def _unwrapped(part: EmailMessage) -> str:
    """Text without empty lines, which some gateways put between the lines."""
    text = part.get_payload(decode=True).decode(part.get_content_charset("utf-8"), errors="replace")
    return re.sub(r"(\r?\n)+", "\r\n", text.lstrip("\ufeff")).strip() + "\r\n"


def _attendee(event: Event) -> tuple[str, str]:
    found = event.get("attendee")
    if isinstance(found, list):
        [found] = found
    return _address(found), str(found.params["PARTSTAT"]).upper()


def _uid(event: Event) -> UUID:
    name, _, host = str(event["uid"]).strip().partition("@")
    if host.casefold() != settings.MAIL_DOMAIN.casefold():
        raise ValueError("not ours")
    return UUID(name)


def _address(value) -> str:
    """Of ``mailto:``, in any case; without one, as some clients write it."""
    return re.sub(r"(?i)^mailto:", "", str(value).strip()).strip().casefold()


# -- The headers --


def _text(mail: EmailMessage, name: str) -> str:
    return str(mail.get(name, "")).strip()


def _sender(mail: EmailMessage) -> str:
    [(_, address)] = getaddresses(mail.get_all("from", []))
    return address.strip().casefold()


def _tags(mail: EmailMessage, event: Event) -> frozenset[str]:
    given = [str(value) for name in RECIPIENTS for value in mail.get_all(name, [])]
    addresses = [address for _, address in getaddresses(given)] + [_address(event.get("organizer", ""))]
    name, _, host = settings.REPLY_ADDRESS.casefold().partition("@")
    pattern = re.compile(rf"{re.escape(name)}\+([a-z0-9-]+)@{re.escape(host)}")
    return frozenset(found[1] for a in addresses if (found := pattern.fullmatch(a.strip().casefold())))


def _passed(mail: EmailMessage) -> bool | None:
    """What our own mail server found: it writes its line above all others, so the first one is its."""
    trusted = settings.REPLIES_TRUSTED_SERVER.casefold()
    if not trusted:
        return None
    for value in mail.get_all("authentication-results", []):
        server, _, results = re.sub(r"\([^)]*\)", " ", str(value).casefold()).partition(";")
        if server.split()[:1] == [trusted]:
            return _says_pass(results, _sender(mail).partition("@")[2])
    return False


def _says_pass(results: str, domain: str) -> bool:
    """DMARC passed; where it says nothing, SPF or DKIM of the sender's own domain."""
    verdict = re.search(r"\bdmarc=(\w+)", results)
    if verdict:
        return verdict[1] == "pass"
    for method, names in (("dkim", r"header\.[di]"), ("spf", r"smtp\.mailfrom")):
        for one in results.split(";"):
            found = re.search(rf"{names}=\S*?@?([\w.-]+)(?:\s|$)", one)
            if re.match(rf"\s*{method}=pass\b", one) and found and found[1] == domain:
                return True
    return False
