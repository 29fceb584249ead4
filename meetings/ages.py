"""What a discussion takes from its case: whether the person is under 18 on the day, worked out from the birth date or
else as stated, and which Children's Services are responsible."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

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


# -- Of many cases at once --


def ages_on(cases: Mapping[int, str], day: date) -> dict[int, bool | None]:
    """Whether each was under 18 on a day, None if nobody can tell. ``cases``: sealed particulars by id.

    What is known under a case that was merged into one counts too. Without a birth date as meetings stated it: who was
    of age stays so, who was under 18 later was so before.
    """
    known = {case: _age(personal, day) for case, personal in cases.items()}
    unknown = [case for case, age in known.items() if age is None]
    if not unknown:
        return known
    of_them = Case.objects.filter(Q(pk__in=unknown) | Q(merged_into__in=unknown))
    rows = of_them.values_list("pk", Coalesce("merged_into", "pk"), "personal", "kept_ages")
    kept_of = {pk: kept for pk, kept, _, _ in rows}
    told = _as_stated(kept_of, day)
    born = {kept: age for _, kept, personal, _ in rows if (age := _age(personal, day)) is not None}
    erased = {kept: ages[day.isoformat()] for _, kept, _, ages in rows if day.isoformat() in ages}
    return known | told | born | erased


def _age(personal: str, day: date) -> bool | None:
    return is_under_18(Person.opened(personal).birth_date, day)


def _as_stated(cases: Mapping[int, int], day: date) -> dict[int, bool | None]:
    """By the case that was kept. Statements that contradict each other tell nothing."""
    held = Discussion.objects.filter(case__in=cases, meeting__status=Meeting.Status.HELD)
    adult = Q(under_18=False, meeting__held_on__lte=day)
    told = held.filter(adult | Q(under_18=True, meeting__held_on__gte=day))
    said: dict[int, set[bool]] = {}
    for case, under_18 in told.values_list("case", "under_18").distinct():
        said.setdefault(cases[case], set()).add(under_18)
    return {case: found.pop() for case, found in said.items() if len(found) == 1}


# -- A case that changed: by hand or by import --


@rooms.follows
def follow_cases(cases: Collection[Case], csc_since: date) -> None:
    days: dict[int, set[date]] = {}
    found = Discussion.objects.filter(case__in=[case.pk for case in cases])
    for borough, day in restate(found, csc_since=csc_since):
        days.setdefault(borough, set()).add(day)
    for borough in sorted(days):
        figures.changed(borough, days[borough])


def restate(discussions: QuerySet, *, csc_since: date = date.max) -> set[tuple[int, date]]:
    """Set anew what follows from the case; gives borough and day of the held meetings whose figures that moves.

    The case's Children's Services are responsible in meetings from ``csc_since``; earlier ones keep theirs (C8).
    """
    restated, days = [], set()
    for discussion in discussions.select_related("meeting", "case"):
        meeting, (*before, was_stated) = discussion.meeting, _taken(discussion)
        state_age(discussion, meeting.held_on, discussion.under_18 if was_stated else None)
        if meeting.held_on >= csc_since:
            discussion.responsible_csc_id = discussion.case.responsible_csc_id
        *after, is_stated = _taken(discussion)
        if before != after or was_stated != is_stated:
            restated.append(discussion)
        if before != after and meeting.status == Meeting.Status.HELD:
            days.add((meeting.territory_id, meeting.held_on))
    Discussion.objects.bulk_update(restated, ["under_18", "under_18_stated", "responsible_csc"])
    return days


def _taken(discussion: Discussion) -> tuple:
    return discussion.under_18, discussion.responsible_csc_id, discussion.under_18_stated
