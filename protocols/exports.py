"""The list of protocols as it leaves the portal: by the page or by the API, limited and recorded alike (H1, E4)."""

from collections import Counter
from collections.abc import Iterable

from audit.events import record
from mappa_portal.limits import limit
from mappa_portal.words import plural
from protocols.models import Protocol


def limit_exports(user) -> None:
    limit("export", user.pk, most=10)


def record_export(protocols: Iterable[Protocol], *, by) -> None:
    """One event in each area that rows come from."""
    for area, count in Counter(protocol.territory for protocol in protocols).items():
        record("protocols.exported", area, by=by, territory=area, reason=f"{plural(count, 'row')}, CSV")
