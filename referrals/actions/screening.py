"""Deciding on a referral: the verbs of the borough's MAPPA unit."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate

from accounts.vault import seal
from audit.events import record
from boards.dates import add_working_days
from boards.models import AreaSettings
from mappa_portal.exceptions import Conflict
from referrals.actions.cases import add_case
from referrals.actions.cases import withdraw as withdraw_case
from referrals.actions.levels import change_level, forget_level
from referrals.actions.referrals import opened
from referrals.endings import Ending
from referrals.models import Case, Referral, Screening
from referrals.referring import mail
from referrals.referring.answers import person_of
from referrals.referring.form_a import PERSON
from referrals.referring.rules import SCREENING_RULES
from referrals.referring.steps import leads
from referrals.rules import CASE_RULES

Outcome = Referral.Outcome
AT = {Outcome.LEVEL_2: 2, Outcome.LEVEL_3: 3}


@transaction.atomic
def accept(
    referral: Referral, *, outcome: str, reason: str, case: Case | None, revision: int, by, at: datetime
) -> Referral:
    """With the case that this person already has in the borough, or a new one; its level begins today."""
    referral = _take(referral, revision, by)
    level, today = AT[Outcome(outcome)], localdate(at)
    if case is None:
        referral.case = _new_case(referral, level, reason, today, by)
        referral.case_is_new, referral.level_before = True, None
    else:
        referral.case = _linked(referral, case, today, by)
        referral.case_is_new, referral.level_before = False, referral.case.present_level
        if referral.level_before != level:
            change_level(referral.case, level=level, starts_on=today, reason=reason, today=today, by=by)
    days = AreaSettings.objects.get(territory=referral.territory.parent_id).first_meeting_days
    referral.hear_by = add_working_days(today, days)
    return _decided(referral, "accept", outcome, reason, by, at)


def _linked(referral: Referral, case: Case, today: date, by) -> Case:
    """Locked: nobody ends or merges it meanwhile."""
    found = Case.objects.with_level(today).select_for_update(of=["self"])
    case = found.get(pk=case.pk, organisation=referral.unit)
    if case.ended_on:
        raise ValidationError({"case": f"Case {case} has ended. Select a new case"})
    CASE_RULES.require("change_level", case, by=by)
    return case


def _new_case(referral: Referral, level: int, reason: str, today: date, by) -> Case:
    answers = opened(referral)
    return add_case(
        referral.unit,
        person=person_of(answers),
        address=answers[PERSON].get("address", ""),
        category=referral.category,
        responsible_agency=referral.agency,
        level=level,
        starts_on=today,
        reason=reason,
        today=today,
        by=by,
    )


@transaction.atomic
def decline(referral: Referral, *, outcome: str, reason: str, revision: int, by, at: datetime) -> Referral:
    """As Level 1 is enough, or for another reason."""
    referral = _take(referral, revision, by)
    return _decided(referral, "decline", outcome, reason, by, at)


@transaction.atomic
def ask_for_more(referral: Referral, *, reason: str, revision: int, by, at: datetime) -> Referral:
    """Back to the referrer, who adds to it and sends it again."""
    referral = _take(referral, revision, by)
    return _decided(referral, "ask_for_more", Outcome.MORE, reason, by, at)


@transaction.atomic
def undo_link(referral: Referral, *, reason: str, by, at: datetime) -> Referral:
    """It was another person: the referral waits again, a case of its own goes, another's level is put back."""
    referral = _locked(referral)
    SCREENING_RULES.require("undo_link", Screening(referral), by=by)
    case, is_new, before = referral.case, referral.case_is_new, referral.level_before
    accepted_on, level = localdate(referral.decided_at), AT[Outcome(referral.outcome)]
    referral.case, referral.case_is_new, referral.level_before, referral.hear_by = None, False, None, None
    referral.status = leads("undo_link", referral.status)
    referral.outcome, referral.reason = "", ""
    referral.decided_at, referral.decided_by = None, None
    referral.revision += 1
    referral.save()
    why = {"undo_reason": seal(reason)}
    record("referral.link_undone", referral, by=by, before={"case": case.reference}, after=why)
    if is_new and (other := case.referrals.order_by("decided_at").first()):
        other.case_is_new, other.level_before = True, None
        other.save(update_fields=["case_is_new", "level_before"])
    elif is_new:
        withdraw_case(case, reason=f"The link of referral {referral.reference} is undone", by=by)
    elif before != level:
        _put_back(case, before, level, accepted_on, reason, localdate(at), by)
    return referral


def _put_back(case: Case, before: int | None, level: int, since: date, reason: str, today: date, by) -> None:
    """The level that the link began, unless another was decided since; a case without one of its own has none again."""
    begun = case.levels.filter(ends_on=None, starts_on=since, level=level)
    if not begun.exists():
        return
    if before and case.levels.filter(starts_on__lt=since).exists():
        mistake = {"ending": Ending.MISTAKE, "reason": reason}
        change_level(case, level=before, starts_on=today, **mistake, today=today, by=by)
    else:
        forget_level(case, since=since, by=by)


def _locked(referral: Referral) -> Referral:
    found = Referral.objects.listed().select_for_update(of=["self"])
    return found.select_related("territory__parent", "unit", "agency", "decided_by", "case").get(
        pk=referral.pk
    )


def _take(referral: Referral, revision: int, by) -> Referral:
    referral = _locked(referral)
    SCREENING_RULES.require("decide", Screening(referral), by=by)
    if referral.revision != revision:
        raise Conflict("This referral was changed after you opened it. Read it again, then decide.")
    return referral


def _decided(referral: Referral, step: str, outcome: str, reason: str, by, at: datetime) -> Referral:
    referral.status = leads(step, referral.status)
    referral.outcome, referral.reason = outcome, seal(reason)
    referral.decided_by, referral.decided_at = by, at
    referral.revision += 1
    referral.save()
    values = {"outcome": outcome, "decision_reason": seal(reason)}
    if referral.case:
        values["case"] = referral.case.reference
    record(f"referral.{referral.status}", referral, by=by, after=values)
    mail.tell_referrer(referral)
    return referral
