"""What every page needs to know about the person who looks at it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localdate

from boards.access import areas_of, seats_of
from boards.models import Appointment
from boards.roles import Seat
from mappa_portal.words import OFFICIAL, OFFICIAL_SENSITIVE

EVERYONE = frozenset(Seat)
PARTIES = EVERYONE - {Seat.AREA_ADMINISTRATOR, Seat.AUDITOR, Seat.SPOC, Seat.REFERRER}
NAVIGATION = (  # label, URL name, seats that see it; six at most for any seat
    ("Home", "home", EVERYONE),
    ("Protocols", "protocols:list", PARTIES),
    ("Area", "boards:area", frozenset({Seat.AREA_ADMINISTRATOR})),
    ("Audit", "audit:list", frozenset({Seat.AREA_ADMINISTRATOR, Seat.AUDITOR})),
)
REGISTERS = (
    ("Review calendar", "protocols:reviews", PARTIES),
    ("Protocol templates", "protocols:templates", frozenset({Seat.CO_ORDINATOR, Seat.ADMINISTRATOR})),
    ("Emails and jobs", "outbox:list", frozenset({Seat.CO_ORDINATOR, Seat.ADMINISTRATOR})),
    ("Check a signed document", "documents:verify_start", EVERYONE),
)


@dataclass(frozen=True)
class NavigationLink:
    label: str
    url: str
    here: bool


def portal(request) -> dict:
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    seats = seats_of(user)
    return {
        "signed_in": signed_in,
        "marking": OFFICIAL_SENSITIVE if signed_in else OFFICIAL,
        "area_name": area_name(user),
        "navigation": navigation(seats, request.path) if signed_in else [],
        "registers": partial(registers, seats),
        "administrators": partial(administrators, user),
        "help_contact": settings.HELP_CONTACT,
        "build": settings.BUILD,
        "demo": settings.DEMO,
    }


def area_name(user) -> str:
    areas = areas_of(user)
    return f"{areas.pop()} MAPPA" if len(areas) == 1 else ""


def navigation(seats, path: str) -> list[NavigationLink]:
    return [NavigationLink(label, url, _is_here(url, path)) for label, url in _offered(NAVIGATION, seats)]


def registers(seats) -> list[tuple[str, str]]:
    """What stands outside the navigation; the home page links it."""
    return list(_offered(REGISTERS, seats))


def _offered(links, seats) -> Iterator[tuple[str, str]]:
    held = {s.seat for s in seats}
    return ((label, reverse(name)) for label, name, who in links if held & who)


def _is_here(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)


def administrators(user) -> list[str]:
    """Names of those who hand out seats in this person's area: whom to ask when something is refused."""
    held = Appointment.objects.current(localdate()).filter(
        seat=Seat.AREA_ADMINISTRATOR, organisation__territory__in=areas_of(user), user__is_active=True
    )
    return sorted(set(held.values_list("user__name", flat=True)))
