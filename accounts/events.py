"""What happens at the door: in the portal's own chain, and in the log without addresses (E2, H1)."""

import logging

from audit.events import record
from boards.areas import portal_territory
from boards.scope import current_scope, scope

log = logging.getLogger("accounts")


def note(name: str, user, *, by=None, reason: str = "", recipient: str = "") -> None:
    """``user=None`` is somebody unknown: the event is about the portal itself."""
    portal, outer = portal_territory(), current_scope()
    seen = outer.territories if outer else frozenset()
    with scope(seen | {portal.pk}, outer.areas if outer else ()):
        record(name, user or portal, by=by, territory=portal, reason=reason, recipient=recipient)


def note_failure(user, reason: str) -> None:
    note("user.sign_in_failed", user, reason=reason)
    note_refusal("user.sign_in_failed", user, reason)


def note_refusal(name: str, user=None, reason: str = "") -> None:
    """To the log; what is refused before anything is looked up goes there alone."""
    log.warning(name, extra={"user": user.pk if user else None, "reason": reason})
