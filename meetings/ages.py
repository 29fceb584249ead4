"""Whether the person of a discussion is under 18 on the day: worked out from the birth date, else as stated."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import QuerySet

from meetings.models import Discussion, Meeting
from meetings.performance import figures
from referrals import rooms
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


# -- A new birth date: by hand or by import --


@rooms.ages
def follow_birth_dates(cases: Collection[Case]) -> None:
    days: dict[int, set[date]] = {}
    for borough, day in restate(Discussion.objects.filter(case__in=[case.pk for case in cases])):
        days.setdefault(borough, set()).add(day)
    for borough in sorted(days):
        figures.changed(borough, days[borough])


def restate(discussions: QuerySet) -> set[tuple[int, date]]:
    """Set ``under_18`` anew where nobody stated it; gives borough and day of the held meetings that it moves."""
    restated = []
    for discussion in discussions.filter(under_18_stated=False).select_related("meeting", "case"):
        born = birth_date_of(discussion.case)
        age = is_under_18(born, discussion.meeting.held_on)
        if age != discussion.under_18:
            discussion.under_18 = age
            restated.append(discussion)
    Discussion.objects.bulk_update(restated, ["under_18"])
    held = Meeting.Status.HELD
    return {(d.territory_id, d.meeting.held_on) for d in restated if d.meeting.status == held}
