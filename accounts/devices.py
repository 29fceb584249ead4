"""The devices on which a person is signed in, in words."""

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"))
SYSTEMS += (("Mac OS", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))


@dataclass(frozen=True)
class Device:
    key: str
    name: str
    address: str
    since: datetime
    seen: datetime
    here: bool


def devices_of(request: HttpRequest) -> list[Device]:
    """This one first, then the ones used last."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    found = []
    for one in UserSession.objects.purge_and_list(request.user):
        seen = store(one.session_key).get("seen_at")
        found.append(
            Device(
                key_of(one),
                name_of(one.user_agent),
                one.ip,
                one.created_at,
                datetime.fromtimestamp(seen, UTC) if seen else one.last_seen_at,
                one.session_key == request.session.session_key,
            )
        )
    return sorted(found, key=lambda device: (not device.here, -device.seen.timestamp()))


def key_of(session: UserSession) -> str:
    """What pages call it: row ids and session keys stay inside."""
    return salted_hmac("accounts.devices", session.session_key, algorithm="sha256").hexdigest()


def session_of(user, key: str) -> UserSession:
    """One of this person's own."""
    for session in UserSession.objects.filter(user=user):
        if constant_time_compare(key_of(session), key):
            return session
    raise Http404


def name_of(user_agent: str) -> str:
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "Another browser")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser
