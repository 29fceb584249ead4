"""At which level a case is managed: a new period ends the one before; the newest may be corrected."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.vault import seal
from audit.events import record
from mappa_portal.words import long_date
from referrals.models import Case, LevelPeriod
from referrals.rules import CASE_RULES


@transaction.atomic
def change_level(case: Case, *, level: int, starts_on: date, reason: str, today: date, by) -> LevelPeriod:
    """From this day on; decided anew on the day on which the present level began, it takes that one's place."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    CASE_RULES.require("change_level", case, by=by)
    newest, before = [*case.levels.all()[:2], None, None][:2]
    if newest and newest.ends_on is None and newest.level == level:
        raise ValidationError({"level": f"Level {level} is the present level. Select another"})
    if newest and starts_on == newest.starts_on:
        if before and before.level == level and before.ends_on == starts_on - timedelta(days=1):
            return _go_on(case, before, newest, by)
        return _correct(case, newest, level, starts_on, reason, by)
    if newest and starts_on <= (newest.ends_on or newest.starts_on):
        raise ValidationError(
            {"starts_on": _after("First day", newest.ends_on or newest.starts_on, newest.level)}
        )
    if newest and newest.ends_on is None:
        newest.ends_on = starts_on - timedelta(days=1)
        newest.save(update_fields=["ends_on"])
    return begin_level(case, level=level, starts_on=starts_on, reason=reason, today=today, by=by)


@transaction.atomic
def correct_level(case: Case, *, level: int, starts_on: date, reason: str, today: date, by) -> LevelPeriod:
    """The newest period was entered wrongly; the one before follows its first day."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    CASE_RULES.require("correct_level", case, by=by)
    _not_ahead(starts_on, today)
    newest, *earlier = case.levels.all()[:2]
    for before in earlier:
        if starts_on <= before.starts_on:
            raise ValidationError({"starts_on": _after("First day", before.starts_on, before.level)})
        if level == before.level:
            raise ValidationError({"level": f"The level before was {level} too. Select another"})
        before.ends_on = starts_on - timedelta(days=1)
        before.save(update_fields=["ends_on"])
    return _correct(case, newest, level, starts_on, reason, by)


def begin_level(case: Case, *, level: int, starts_on: date, reason: str, today: date, by) -> LevelPeriod:
    """For a case that is locked or new, without a present level."""
    _not_ahead(starts_on, today)
    period = LevelPeriod.objects.create(
        territory_id=case.territory_id, case=case, level=level, starts_on=starts_on, reason=_sealed(reason)
    )
    record("case.level_changed", case, by=by, after={"level": level, "level_since": starts_on})
    return period


def _correct(case: Case, period: LevelPeriod, level: int, starts_on: date, reason: str, by) -> LevelPeriod:
    before = {"level": period.level, "level_since": period.starts_on}
    period.level, period.starts_on, period.reason = level, starts_on, _sealed(reason)
    period.save(update_fields=["level", "starts_on", "reason"])
    after = {"level": level, "level_since": starts_on}
    record("case.level_corrected", case, by=by, before=before, after=after)
    return period


def _go_on(case: Case, before: LevelPeriod, newest: LevelPeriod, by) -> LevelPeriod:
    """The level did not change after all: the period before goes on as if the newest had never begun."""
    was = {"level": newest.level, "level_since": newest.starts_on}
    newest.delete()
    before.ends_on = None
    before.save(update_fields=["ends_on"])
    after = {"level": before.level, "level_since": before.starts_on}
    record("case.level_corrected", case, by=by, before=was, after=after)
    return before


def _sealed(reason: str) -> str:
    return seal(reason) if reason else ""


def _not_ahead(starts_on: date, today: date) -> None:
    if starts_on > today:
        raise ValidationError({"starts_on": "First day must be today or in the past"})


def _after(thing: str, day: date, level: int) -> str:
    return f"{thing} must be after {long_date(day)}, as Level {level} held then"
