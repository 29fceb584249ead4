"""At which level a case is managed: a new period ends the one before; the newest may be corrected."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.vault import seal
from audit.events import record
from mappa_portal.words import long_date
from referrals.endings import MANAGEMENT, Ending
from referrals.models import Case, LevelPeriod
from referrals.personal import Person
from referrals.rules import CASE_RULES

ONLY_AT_LEVEL_1 = "Active management ends only at Level 1. Select that it does not end, or Level 1"


@transaction.atomic
def change_level(
    case: Case, *, level: int, starts_on: date, reason: str, ending: str = "", today: date, by
) -> LevelPeriod:
    """From this day on; decided anew on the day on which the present level began, it takes that one's place.

    Down to level 1 ``ending`` says why active management ends. A recall suspends instead: no level follows it.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    CASE_RULES.require("change_level", case, by=by)
    _agree(level, ending)
    newest, before = [*case.levels.all()[:2], None, None][:2]
    present = newest if newest and newest.ends_on is None else None
    if present and present.level == level:
        raise ValidationError({"level": f"Level {level} is the present level. Select another"})
    if present and ending == Ending.RECALLED and level == 1:
        return suspend(case, present, on=starts_on, reason=reason, today=today, by=by, field="starts_on")
    if present and starts_on == present.starts_on:
        if _goes_on(before, level, starts_on):
            return _go_on(case, before, newest, by)
        _follow(before, level, starts_on, ending)
        return _correct(case, newest, level, starts_on, reason, by)
    if present and starts_on < present.starts_on:
        since = long_date(present.starts_on)
        said = f"First day must be {since} or later, as Level {present.level} began then"
        raise ValidationError({"starts_on": said})
    if newest and newest.ends_on and starts_on <= newest.ends_on:
        raise ValidationError({"starts_on": _after("First day", newest.ends_on, newest.level)})
    _not_ahead(starts_on, today)
    _follow(present, level, starts_on, ending)
    return begin_level(case, level=level, starts_on=starts_on, reason=reason, today=today, by=by)


@transaction.atomic
def correct_level(
    case: Case, *, level: int, starts_on: date, reason: str, ending: str = "", today: date, by
) -> LevelPeriod:
    """The newest period was entered wrongly; the one before follows its first day."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    CASE_RULES.require("correct_level", case, by=by)
    _agree(level, ending)
    _not_ahead(starts_on, today)
    _lived(case, starts_on)
    newest, *earlier = case.levels.all()[:2]
    for before in earlier:
        held = before.ends_on if before.ending == Ending.RECALLED else before.starts_on
        if starts_on <= held:
            raise ValidationError({"starts_on": _after("First day", held, before.level)})
        if level == before.level and before.ending != Ending.RECALLED:
            raise ValidationError({"level": f"The level before was {level} too. Select another"})
        _follow(before, level, starts_on, ending)
    return _correct(case, newest, level, starts_on, reason, by)


def _agree(level: int, ending: str) -> None:
    if level > 1 and ending in MANAGEMENT:
        raise ValidationError({"ending": ONLY_AT_LEVEL_1})


def _goes_on(before: LevelPeriod | None, level: int, starts_on: date) -> bool:
    """The period before was at this level and ended for no reason of its own."""
    return bool(
        before
        and before.level == level
        and before.ends_on == starts_on - timedelta(days=1)
        and before.ending != Ending.RECALLED
    )


def _follow(before: LevelPeriod | None, level: int, starts_on: date, ending: str) -> None:
    """The period before ends on the day before; where active management ends with it, it says why."""
    if before is None or before.ending == Ending.RECALLED:
        return
    ends_management = level == 1 and before.level > 1
    if ends_management and ending not in {*MANAGEMENT, Ending.MISTAKE} - {Ending.RECALLED}:
        raise ValidationError({"ending": "Select why active management ends"})
    before.ends_on = starts_on - timedelta(days=1)
    before.ending = ending if ends_management else ""
    before.save(update_fields=["ends_on", "ending"])


def suspend(
    case: Case, present: LevelPeriod, *, on: date, reason: str, today: date, by, field: str = "on"
) -> LevelPeriod:
    """Recalled: the level of a locked case ends on this day, and none follows until the person is released again."""
    close(present, on=on, ending=Ending.RECALLED, today=today, field=field)
    present.ended_because = _sealed(reason)
    present.save(update_fields=["ended_because"])
    record("case.suspended", case, by=by, after={"recalled_on": on, "reason": _sealed(reason)})
    return present


def close(period: LevelPeriod, *, on: date, ending: str, today: date, field: str = "on") -> None:
    """Its last day, with nothing after it."""
    if on > today:
        raise ValidationError({field: "The day must be today or in the past"})
    if on < period.starts_on:
        since = f"Level {period.level} began on {long_date(period.starts_on)}"
        raise ValidationError({field: f"The day must be {long_date(period.starts_on)} or later, as {since}"})
    period.ends_on, period.ending = on, ending
    period.save(update_fields=["ends_on", "ending"])


def begin_level(case: Case, *, level: int, starts_on: date, reason: str, today: date, by) -> LevelPeriod:
    """For a case that is locked or new, without a present level."""
    _not_ahead(starts_on, today)
    _lived(case, starts_on)
    period = LevelPeriod.objects.create(
        territory_id=case.territory_id, case=case, level=level, starts_on=starts_on, reason=_sealed(reason)
    )
    record("case.level_changed", case, by=by, after={"level": level, "level_since": starts_on})
    return period


def _correct(case: Case, period: LevelPeriod, level: int, starts_on: date, reason: str, by) -> LevelPeriod:
    before = {"level": period.level, "level_since": period.starts_on, "reason": period.reason or None}
    period.level, period.starts_on, period.reason = level, starts_on, _sealed(reason)
    period.save(update_fields=["level", "starts_on", "reason"])
    after = {"level": level, "level_since": starts_on, "reason": period.reason or None}
    record("case.level_corrected", case, by=by, before=before, after=after)
    return period


def _go_on(case: Case, before: LevelPeriod, newest: LevelPeriod, by) -> LevelPeriod:
    """The level did not change after all: the period before goes on as if the newest had never begun."""
    was = {"level": newest.level, "level_since": newest.starts_on, "reason": newest.reason or None}
    newest.delete()
    before.ends_on, before.ending = None, ""
    before.save(update_fields=["ends_on", "ending"])
    after = {"level": before.level, "level_since": before.starts_on}
    record("case.level_corrected", case, by=by, before=was, after=after)
    return before


def forget_level(case: Case, *, since: date, by) -> None:
    """The level that began on this day never did; a recall before it stands again."""
    if newest := case.levels.filter(ends_on=None, starts_on=since).first():
        was = {"level": newest.level, "level_since": newest.starts_on, "reason": newest.reason or None}
        newest.delete()
        record("case.level_corrected", case, by=by, before=was)


def _sealed(reason: str) -> str:
    return seal(reason) if reason else ""


def _not_ahead(starts_on: date, today: date) -> None:
    if starts_on > today:
        raise ValidationError({"starts_on": "First day must be today or in the past"})


def _lived(case: Case, starts_on: date) -> None:
    born = Person.opened(case.personal).birth_date
    if born and starts_on <= born:
        raise ValidationError({"starts_on": f"First day must be after the date of birth, {long_date(born)}"})


def _after(thing: str, day: date, level: int) -> str:
    return f"{thing} must be after {long_date(day)}, as Level {level} held then"
