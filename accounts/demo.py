"""DEMO=1 only: the demonstration people by area, place and seat, and the code that their app would show."""

import math
import time
from dataclasses import dataclass, field
from datetime import date

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache

from accounts.codes import codes_of, secret_of
from boards.models import Appointment

TOO_SHORT = 2  # seconds in which nobody copies a code


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    seat: str
    organisation: str


@dataclass
class Place:
    name: str
    people: list[Person] = field(default_factory=list)


@dataclass
class Area:
    name: str
    slug: str
    places: list[Place] = field(default_factory=list)


@dataclass(frozen=True)
class ShownCode:
    """``used``: it has signed somebody in already; the next one comes in ``seconds``."""

    code: str
    used: bool
    seconds: int


def people(today: date) -> list[Area]:
    """The area's own bodies first, then its boroughs."""
    held = (
        Appointment.objects.current(today)
        .filter(user__is_active=True)
        .select_related("user", "organisation__territory__parent")
        .order_by(
            "organisation__territory__kind",
            "organisation__territory__name",
            "organisation__name",
            "seat",
            "pk",
        )
    )
    areas: dict[int, Area] = {}
    places: dict[int, Place] = {}
    for one in held:
        where = one.organisation.territory
        area = areas.setdefault(where.area.pk, Area(where.area.name, where.area.slug))
        if where.pk not in places:
            places[where.pk] = Place(where.name)
            area.places.append(places[where.pk])
        places[where.pk].people.append(
            Person(one.user.email, one.user.name, one.get_seat_display(), one.organisation.name)
        )
    return sorted(areas.values(), key=lambda area: area.name)


def shown_code(user) -> ShownCode | None:
    app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if app is None:
        return None
    if _seconds_left() <= TOO_SHORT:
        time.sleep(_seconds_left())
    code = codes_of(secret_of(user))[0]
    used = cache.get(TOTP(app)._get_used_cache_key(code)) is not None
    return ShownCode(code, used, math.ceil(_seconds_left()))


def _seconds_left() -> float:
    return app_settings.TOTP_PERIOD - time.time() % app_settings.TOTP_PERIOD
