"""Whether the person of a discussion is under 18 on the day: worked out from the birth date, else as stated."""

from collections.abc import Iterable
from datetime import date

from meetings.models import Discussion
from referrals.models import Case
from referrals.personal import Person, is_under_18


def birth_date_of(case: Case) -> date | None:
    return Person.opened(case.personal).birth_date


def state_age(discussion: Discussion, held_on: date, stated: bool | None) -> None:
    """What is known of the birth date wins over what somebody states."""
    known = is_under_18(birth_date_of(discussion.case), held_on)
    discussion.under_18 = stated if known is None else known
    discussion.under_18_stated = known is None and stated is not None


def restate_ages(discussions: Iterable[Discussion], held_on: date) -> None:
    """On another day somebody may have come of age; what was stated stays."""
    discussions = list(discussions)
    for discussion in discussions:
        state_age(discussion, held_on, discussion.under_18)
    Discussion.objects.bulk_update(discussions, ["under_18", "under_18_stated"])
