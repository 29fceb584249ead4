"""Figures and registers as they leave the portal: limited and recorded alike, by page or API (H1, E4)."""

from audit.events import record
from boards.models import Territory
from boards.scope import current_scope
from mappa_portal.limits import limit
from mappa_portal.words import plural


def limit_exports(user) -> None:
    limit("export", user.pk, most=10)


def record_export(place: Territory, rows: int, *, by, kind: str = "CSV") -> None:
    """In the chain of the place; of its area by those who look across it."""
    seen = place if place.pk in current_scope().territories else place.area
    record("figures.exported", seen, by=by, territory=seen, reason=f"{place}: {plural(rows, 'row')}, {kind}")
