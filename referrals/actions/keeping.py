"""Deciding on records that are due for review: keep them longer, or erase them, which takes two people (I2)."""

from collections.abc import Collection
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.vault import seal
from audit.events import record
from boards.models import Organisation
from mappa_portal.exceptions import Conflict
from referrals.models import Keeping
from referrals.records.erasing import KINDS, carry_out
from referrals.records.kinds import Due
from referrals.rules import KEEPING_RULES

Outcome = Keeping.Outcome
TWO = "Another person confirms what you proposed."


@transaction.atomic
def decide(
    unit: Organisation,
    found: Collection[Due],
    *,
    outcome: str,
    keep_until: date | None = None,
    reason: str,
    by,
    at: datetime,
    today: date,
) -> list[Keeping]:
    """The same for each; one under legal hold refuses them all."""
    if outcome == Outcome.KEEP and (keep_until is None or keep_until <= today):
        raise ValidationError({"keep_until": "Keep until must be in the future"})
    return [_decide(unit, each, outcome, keep_until, reason, by, at) for each in found]


def _decide(unit: Organisation, due: Due, outcome: str, keep_until, reason: str, by, at) -> Keeping:
    is_kept = outcome == Outcome.KEEP
    decided = Keeping(
        territory_id=unit.territory_id,
        organisation=unit,
        kind=due.kind,
        subject_id=due.subject_id,
        reference=due.reference,
        case=next(iter(KINDS[due.kind].cases(due.subject_id)), None) if due.kind != "minutes" else None,
        outcome=outcome,
        keep_until=keep_until if is_kept else None,
        reason=seal(reason),
        decided_at=at,
        decided_by=by,
    )
    KEEPING_RULES.require("decide", decided, by=by)
    open_one = Keeping.objects.proposed().filter(organisation=unit, kind=due.kind, subject_id=due.subject_id)
    if open_one.exists():
        raise Conflict(f"Erasing {due.reference} is proposed already.")
    decided.save()
    record("record.kept" if is_kept else "record.erasure_proposed", decided, by=by)
    return decided


@transaction.atomic
def confirm(keeping: Keeping, *, by, at: datetime) -> Keeping:
    """By another person than proposed it; then what the record says is gone."""
    keeping = _take(keeping, "confirm", by)
    if by.pk == keeping.decided_by_id:
        raise Conflict(TWO)
    keeping.confirmed_by = by
    keeping.save(update_fields=["confirmed_by"])
    carry_out(keeping)
    keeping.erased_at, keeping.reason = at, ""
    keeping.save(update_fields=["erased_at", "reason"])
    record("record.erased", keeping, by=by)
    return keeping


@transaction.atomic
def refuse(keeping: Keeping, *, by, at: datetime) -> Keeping:
    """The record stays, and is due for review again."""
    keeping = _take(keeping, "refuse", by)
    keeping.refused_at = at
    keeping.save(update_fields=["refused_at"])
    record("record.erasure_refused", keeping, by=by)
    return keeping


def _take(keeping: Keeping, rule: str, by) -> Keeping:
    keeping = Keeping.objects.select_for_update(of=["self"]).select_related("organisation").get(pk=keeping.pk)
    for case in KINDS[keeping.kind].cases(keeping.subject_id):
        type(case).objects.select_for_update().get(pk=case.pk)  # a hold that is being put waits, or is seen
    KEEPING_RULES.require(rule, keeping, by=by)
    return keeping
