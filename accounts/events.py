"""What happens at the door: in the portal's own chain, and in the log without addresses (E2, H1)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from audit.events import record
from boards.areas import portal_territory
from boards.models import Territory
from boards.scope import current_scope, scope

log = logging.getLogger("accounts")


@contextmanager
def portal_scope() -> Iterator[Territory]:
    """What is already seen stays in sight: events that wait for the end of the transaction belong there."""
    portal, outer = portal_territory(), current_scope()
    with scope({portal.pk, *(outer.territories if outer else ())}, outer.areas if outer else ()):
        yield portal


def note(name: str, user, *, by=None, reason: str = "") -> None:
    """``user=None`` is somebody unknown: the event is about the portal itself."""
    with portal_scope() as portal:
        record(name, user or portal, by=by, territory=portal, reason=reason)


def note_failure(user, reason: str) -> None:
    note("user.sign_in_failed", user, reason=reason)
    note_refusal("user.sign_in_failed", user, reason)


def note_refusal(name: str, user=None, reason: str = "") -> None:
    """To the log; what is refused before anything is looked up goes there alone."""
    log.warning(name, extra={"user": user.pk if user else None, "reason": reason})
