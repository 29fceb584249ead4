"""One row says who may do what to a thing, and when. Actions, buttons and the API all read it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied

from boards.access import seats_of
from boards.roles import SEATS
from mappa_portal.exceptions import Conflict


@dataclass(frozen=True)
class Rule:
    """``verb``: what a seat must allow. ``test``: the right moment. ``otherwise``: why it is not."""

    verb: str
    test: Callable[[Any], bool] = lambda obj: True
    otherwise: str | Callable[[Any], str] = "This cannot be done now."


class RuleBook:
    def __init__(self, **rules: Rule):
        self.rules = rules

    def require(self, name: str, obj, *, by) -> None:
        """Raise PermissionDenied for the wrong person, Conflict for the wrong moment. ``by=None`` is the system."""
        rule = self.rules[name]
        if by is not None and not may(by, rule.verb, obj):
            raise PermissionDenied(f"Your seat does not let you {name.replace('_', ' ')} this.")
        if not rule.test(obj):
            raise Conflict(rule.otherwise if isinstance(rule.otherwise, str) else rule.otherwise(obj))

    def allowed(self, user, obj) -> set[str]:
        """Names of what this person may do to this object now. For detail pages, not per row."""
        verbs = verbs_for(user, obj)
        return {name for name, rule in self.rules.items() if rule.verb in verbs and rule.test(obj)}


def verbs_for(user, obj) -> set[str]:
    """What the person's seats in the object's organisations allow; a seat for some boroughs counts for these alone."""
    parties = {organisation.pk for organisation in obj.parties}
    borough = getattr(obj, "about_id", None) or obj.territory_id
    verbs: set[str] = set()
    for seating in seats_of(user):
        if seating.organisation.pk in parties and (seating.only is None or borough in seating.only):
            verbs |= SEATS[seating.seat]
    return verbs


def may(user, verb: str, obj) -> bool:
    return verb in verbs_for(user, obj)
