"""What happens at the door: in the portal's own chain, in an area's, and in the log without addresses (E2, H1)."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from audit.events import record
from boards.areas import portal_territory
from boards.models import Territory
from boards.scope import current_scope, scope

log = logging.getLogger("accounts")


@contextmanager
def scope_with(territory: Territory) -> Iterator[None]:
    """What is already seen stays in sight: events that wait for the end of the transaction belong there."""
    outer = current_scope()
    with scope({territory.pk, *(outer.territories if outer else ())}, outer.areas if outer else ()):
        yield


@contextmanager
def portal_scope() -> Iterator[Territory]:
    portal = portal_territory()
    with scope_with(portal):
        yield portal


def note(name: str, user, *, by=None, reason: str = "", **values) -> None:
    """``user=None`` is somebody unknown: the event is about the portal itself."""
    with portal_scope() as portal:
        record(name, user or portal, by=by, territory=portal, reason=reason, **values)


def note_in(areas: Iterable[Territory], name: str, user, *, by, **values) -> None:
    """What is done to somebody's account, in the chain that an auditor of the person's area reads."""
    for area in areas:
        with scope_with(area):
            record(name, user, by=by, territory=area, **values)


def note_failure(user, reason: str) -> None:
    note("user.sign_in_failed", user, reason=reason)
    note_refusal("user.sign_in_failed", user, reason)


def note_refusal(name: str, user=None, reason: str = "") -> None:
    """To the log; what is refused before anything is looked up goes there alone."""
    log.warning(name, extra={"user": user.pk if user else None, "reason": reason})
