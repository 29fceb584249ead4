"""Restricting a case, holding it against erasure, and saying why one looks at a restricted one."""

from datetime import datetime

from django.db import transaction

from accounts.vault import seal
from audit.events import record
from referrals.looking import REASONS
from referrals.models import Case, Guard, ReasonToLook
from referrals.rules import CASE_RULES

Kind = Guard.Kind
FLAG = {Kind.RESTRICTION: "is_restricted", Kind.HOLD: "is_held"}
RULES = {Kind.RESTRICTION: ("restrict", "lift_restriction"), Kind.HOLD: ("hold", "lift_hold")}
EVENTS = {
    Kind.RESTRICTION: ("case.restricted", "case.restriction_lifted"),
    Kind.HOLD: ("case.held", "case.hold_lifted"),
}


@transaction.atomic
def guard(case: Case, kind: str, *, reason: str, by, at: datetime) -> Guard:
    """Restrict the case, or put it under legal hold."""
    return put(_take(case, RULES[kind][0], by), kind, reason=reason, by=by, at=at)


def put(case: Case, kind: str, *, reason: str, by, at: datetime) -> Guard:
    """A part of what leaves a locked case guarded, whoever did it."""
    begun = Guard.objects.create(
        territory_id=case.territory_id, case=case, kind=kind, reason=seal(reason), began_at=at, began_by=by
    )
    settle(case)
    record(EVENTS[kind][0], case, by=by)
    return begun


@transaction.atomic
def lift(case: Case, kind: str, *, reason: str, by, at: datetime) -> Guard:
    case = _take(case, RULES[kind][1], by)
    found = list(Guard.objects.standing().filter(case__in=case.family, kind=kind))
    for ended in found:
        ended.end_reason, ended.ended_at, ended.ended_by = seal(reason), at, by
        ended.save(update_fields=["end_reason", "ended_at", "ended_by"])
    settle(case)
    record(EVENTS[kind][1], case, by=by)
    return found[0]


@transaction.atomic
def give_reason(case: Case, *, code: str, text: str, by, at: datetime) -> ReasonToLook:
    given = ReasonToLook.objects.create(
        territory_id=case.territory_id,
        case=case,
        by=by,
        code=code,
        text=seal(text) if text else "",
        given_at=at,
    )
    record("case.reason_given", case, by=by, reason=REASONS[code])
    return given


def _take(case: Case, rule: str, by) -> Case:
    """Locked with the whole family, always in the same order: ``settle`` writes them all."""
    held = case.family.select_for_update(of=["self"]).select_related("organisation").order_by("pk")
    found = next(each for each in held if each.pk == case.pk)
    CASE_RULES.require(rule, found, by=by)
    return found


def settle(case: Case) -> None:
    """What guards one of a person's merged cases guards them all: each shows the same person."""
    for kind, flag in FLAG.items():
        stands = Guard.objects.standing().filter(case__in=case.family, kind=kind).exists()
        case.family.update(**{flag: stands})
