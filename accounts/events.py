"""What happens at the door: in the chains of the person's areas or the portal's own, and in the log (E2, H1)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.timezone import localdate

from audit.events import record
from boards.areas import portal_territory
from boards.models import Appointment, Territory
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
    """``user=None`` is somebody unknown. Values about a person stay in the portal's chain, which no page shows."""
    portal = portal_territory()
    for territory in {portal} if values else areas_of_account(user) or {portal}:
        with scope_with(territory):
            record(name, user or territory, by=by, territory=territory, reason=reason, **values)


def areas_of_account(user) -> set[Territory]:
    """Where the person sits or will sit, disabled or not; of somebody who has left, where he or she sat last."""
    held = Appointment.objects.filter(user=user.pk if user else 0).order_by("-ends_on")
    found = list(held.select_related("organisation__territory__parent"))
    today = localdate()
    present = [one for one in found if not one.has_ended(today)] or found[:1]
    return {one.organisation.territory.area for one in present}


def note_in(area: Territory, name: str, user, *, by) -> None:
    """For an account that has no seat yet."""
    with scope_with(area):
        record(name, user, by=by, territory=area)


def note_failure(user, reason: str) -> None:
    note("user.sign_in_failed", user, reason=reason)
    note_refusal("user.sign_in_failed", user, reason)


def note_refusal(name: str, user=None, reason: str = "") -> None:
    """To the log; what is refused before anything is looked up goes there alone."""
    log.warning(name, extra={"user": user.pk if user else None, "reason": reason})
