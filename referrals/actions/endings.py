"""A recall, the end of eligibility, and taking either back."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.vault import seal
from audit.events import record
from mappa_portal.words import long_date
from referrals import rooms
from referrals.actions.levels import close, suspend
from referrals.endings import Standing, eligibility_endings
from referrals.models import Case, LevelPeriod
from referrals.rules import CASE_RULES


@transaction.atomic
def recall(case: Case, *, on: date, reason: str, today: date, by) -> LevelPeriod:
    """The person is back in custody: nothing is due until they are released again."""
    case = take(case, "recall", by)
    return suspend(case, case.levels.first(), on=on, reason=reason, today=today, by=by)


@transaction.atomic
def end(case: Case, *, ending: str, on: date, reason: str, today: date, by) -> Case:
    """The condition of the category has ended: no level follows, reference and history stay."""
    case = take(case, "end", by)
    if ending not in eligibility_endings(case.category):
        raise ValidationError({"ending": "Select why the person is no longer eligible"})
    return finish(case, ending=ending, on=on, reason=reason, today=today, by=by)


def finish(case: Case, *, ending: str, on: date, reason: str, today: date, by) -> Case:
    """For a locked case that stands open."""
    newest = case.levels.first()
    if newest and newest.ends_on is None:
        close(newest, on=on, ending=ending, today=today)
    elif on > today:
        raise ValidationError({"on": "The day must be today or in the past"})
    elif newest and on < newest.ends_on:
        since = f"the case was suspended on {long_date(newest.ends_on)}"
        raise ValidationError({"on": f"The day must be {long_date(newest.ends_on)} or later, as {since}"})
    case.ended_on, case.ending, case.ended_because = on, ending, seal(reason)
    case.revision += 1
    case.save()
    values = {"ended_on": on, "ending": ending, "reason": case.ended_because}
    record("case.ended", case, by=by, after=values)
    rooms.case_ended(case, by)
    return _anew(case)


@transaction.atomic
def take_back(case: Case, *, reason: str, by) -> Case:
    """An ending or a recall was a mistake: the case stands as before it."""
    case = take(case, "take_back", by)
    newest = case.levels.first()
    was = {"standing": case.standing}
    if case.standing == Standing.SUSPENDED:
        _reopen(newest)
    else:
        if newest and (newest.ending, newest.ends_on) == (case.ending, case.ended_on):
            _reopen(newest)
        case.ended_on, case.ending, case.ended_because = None, "", ""
        case.revision += 1
        case.save()
    record("case.ending_taken_back", case, by=by, before=was, after={"reason": seal(reason)})
    return _anew(case)


def _anew(case: Case) -> Case:
    case.__dict__.pop("standing", None)
    return case


def _reopen(period: LevelPeriod) -> None:
    period.ends_on, period.ending, period.ended_because = None, "", ""
    period.save(update_fields=["ends_on", "ending", "ended_because"])


def take(case: Case, rule: str, by) -> Case:
    """Locked to the end of the transaction, as it stands now."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    CASE_RULES.require(rule, case, by=by)
    return case
