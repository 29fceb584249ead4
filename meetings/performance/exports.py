"""Figures and registers as they leave the portal: limited and recorded alike, by page or API (H1, E4)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.timezone import localtime, now

from audit.events import record
from boards.models import Territory
from boards.scope import current_scope
from mappa_portal.limits import limit
from mappa_portal.words import plural

AS_AT = "As at"


def stamped(rows: Iterable[Sequence], as_at: datetime | None) -> list[list]:
    """Each with the time at which it was counted, which is now unless it was stored; the column is ``AS_AT``."""
    said = stamp(as_at or now())
    return [[*row, said] for row in rows]


def stamp(at: datetime | None) -> str:
    return localtime(at).isoformat(timespec="minutes") if at else ""


def limit_exports(user) -> None:
    limit("export", user.pk, most=10)


def record_export(place: Territory, rows: int, *, by, kind: str = "CSV", name="figures.exported") -> None:
    """In the chain of the place; of its area by those who look across it."""
    seen = place if place.pk in current_scope().territories else place.area
    record(name, seen, by=by, territory=seen, reason=f"{place}: {plural(rows, 'row')}, {kind}")
