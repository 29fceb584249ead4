"""A restricted case asks why before it is opened: said here once, for all actions that open something about a case."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied

from referrals.models import Case

REASONS = {
    "meeting": "Preparing or recording a meeting",
    "risk": "New information about risk",
    "decide": "A referral or disclosure to decide",
    "request": "A question of the person or of an agency",
    "check": "Checking or correcting the record",
    "other": "Another reason",
}
VALID = timedelta(minutes=30)


class AskWhy(PermissionDenied):
    """Nobody reads these cases before saying why; the middleware makes a question of it, the API a refusal."""

    def __init__(self, cases: list[Case]):
        self.cases = cases
        super().__init__("This case is restricted. Open it in the browser and say why you need it.")


def reason_to_open(cases: Iterable[Case | None], *, by) -> str:
    """For the event of the look; empty where no case is restricted. ``by=None`` is the system."""
    restricted = [case for case in cases if case and case.is_restricted]
    if by is None or not restricted:
        return ""
    given: Mapping[int, str] = getattr(by, "reasons_given", {})
    if unasked := [case for case in restricted if case.pk not in given]:
        raise AskWhy(unasked)
    return "; ".join(dict.fromkeys(REASONS[given[case.pk]] for case in restricted))


def standing(kept: Mapping[str, list], at: datetime) -> dict[int, str]:
    """Of what a session keeps ({case: [reason, when]}) the reasons that still hold."""
    oldest = (at - VALID).timestamp()
    return {int(case): code for case, (code, given) in kept.items() if given > oldest}
