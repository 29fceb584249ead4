"""Handing a case to another borough: offered, then accepted, refused or withdrawn; nothing flows afterwards."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate

from accounts.vault import seal
from audit.events import record
from boards.access import share, unshare
from boards.models import Organisation
from boards.references import next_reference
from mappa_portal.exceptions import Conflict
from mappa_portal.words import long_date
from referrals.actions import guarding
from referrals.actions.addresses import Stay, add_address
from referrals.actions.cases import add_case
from referrals.actions.endings import finish, take
from referrals.endings import Ending
from referrals.looking import reason_to_open
from referrals.models import Case, Guard, Receipt, Transfer
from referrals.rules import OPEN
from referrals.transferring import mail
from referrals.transferring.hand_over import HandOver
from referrals.transferring.rules import RECEIPT_RULES, TRANSFER_RULES

Status = Transfer.Status


@transaction.atomic
def offer(case: Case, *, to_unit: Organisation, reason: str, note: str, by, at: datetime) -> Transfer:
    """From now on the other borough's MAPPA unit reads the hand-over, and nothing else."""
    case = take(case, "transfer", by)
    if to_unit.kind != Organisation.Kind.UNIT or to_unit.is_area_seat or to_unit == case.organisation:
        raise ValidationError({"to": "Select another borough"})
    transfer = _begin(case, reason, note, by, at, to_unit=to_unit)
    record("transfer.offered", transfer, by=by, after={"to": to_unit.slug})
    share(transfer, with_=to_unit)
    mail.tell_receiver(transfer, today=localdate(at))
    return transfer


@transaction.atomic
def hand_outside(
    case: Case,
    *,
    outside: str,
    accepted_by: str,
    accepted_on: date,
    reason: str,
    note: str,
    by,
    at: datetime,
) -> Transfer:
    """To an area or borough that is not on the portal: who accepted it there, and when, is recorded by hand."""
    case = take(case, "transfer", by)
    _must_follow(case, accepted_on, localdate(at))
    transfer = _begin(case, reason, note, by, at, outside=outside)
    transfer.answer, transfer.accepted_on = seal(accepted_by), accepted_on
    _answer(transfer, Status.ACCEPTED, by, at)
    _finish(case, accepted_on, f"Transferred to {outside}", localdate(at), by)
    return transfer


def _must_follow(case: Case, accepted_on: date, today: date) -> None:
    newest = case.levels.first()
    first = newest and (newest.ends_on or newest.starts_on)
    if accepted_on > today:
        raise ValidationError({"accepted_on": "Accepted on must be today or in the past"})
    if first and accepted_on < first:
        raise ValidationError({"accepted_on": f"Accepted on must be {long_date(first)} or later"})


def _begin(case: Case, reason: str, note: str, by, at: datetime, **to) -> Transfer:
    today = localdate(at)
    given = HandOver.of(case, note, today).sealed()
    reference = next_reference(case.territory, "H", today.year)
    transfer = Transfer(territory_id=case.territory_id, organisation=case.organisation, case=case, **to)
    transfer.reference, transfer.reason, transfer.hand_over = reference, seal(reason), given
    transfer.offered_at, transfer.offered_by = at, by
    if "outside" not in to:
        transfer.save()
    return transfer


@transaction.atomic
def look(transfer: Transfer, *, by) -> HandOver:
    """The one way to what was handed over, for either side: it leaves an event (H1).

    What guards the case that began here, or erased it, holds for what it began with.
    """
    cases = [transfer.case, *Case.objects.filter(came_from=transfer.reference)]
    if any(case.erased_at for case in cases):
        raise Conflict("What was handed over was erased with the case.")
    record("transfer.viewed", transfer, by=by, reason=reason_to_open(cases, by=by))
    return HandOver.opened(transfer.hand_over)


@transaction.atomic
def accept(transfer: Transfer, *, by, at: datetime) -> Case:
    """The case of the other borough ends, a new one begins here; each side keeps its own from now on."""
    transfer = _taken(transfer)
    RECEIPT_RULES.require("accept", Receipt(transfer), by=by)
    old = Case.objects.select_for_update().get(pk=transfer.case_id)
    if old.standing not in OPEN:
        raise Conflict("The case has ended in the meantime: there is nothing to accept.")
    today = localdate(at)
    transfer.accepted_on = today
    _answer(transfer, Status.ACCEPTED, by, at)
    _finish(old, today, f"Transferred to {transfer.to}", today, by)
    case = _begin_here(transfer, HandOver.opened(transfer.hand_over), today, by)
    if old.is_restricted:
        why = f"Restricted in {transfer.organisation.territory}"
        guarding.put(case, Guard.Kind.RESTRICTION, reason=why, by=by, at=at)
    mail.tell_sender(transfer)
    return case


def _begin_here(transfer: Transfer, given: HandOver, today: date, by) -> Case:
    unit = transfer.to_unit
    lead = Organisation.objects.filter(slug=given.lead_agency, coverage__borough=unit.territory).first()
    case = add_case(
        unit,
        person=given.person,
        category=given.category,
        responsible_agency=lead,
        level=given.level,
        starts_on=today if given.level else None,
        reason=f"Transferred from {transfer.organisation.territory}",
        came_from=transfer.reference,
        today=today,
        by=by,
    )
    if given.address:
        here = unit.territory if given.place == unit.territory.name else None
        add_address(case, Stay(given.kind_of_address, given.address, here, given.place), today=today, by=by)
    return case


@transaction.atomic
def refuse(transfer: Transfer, *, reason: str, by, at: datetime) -> Transfer:
    """The reason goes back, and the hand-over is closed to whoever refused it."""
    transfer = _taken(transfer)
    RECEIPT_RULES.require("refuse", Receipt(transfer), by=by)
    transfer.answer = seal(reason)
    _answer(transfer, Status.REFUSED, by, at)
    unshare(transfer, with_=transfer.to_unit)
    mail.tell_sender(transfer)
    return transfer


@transaction.atomic
def withdraw_offer(transfer: Transfer, *, reason: str, by, at: datetime) -> Transfer:
    transfer = _taken(transfer)
    TRANSFER_RULES.require("withdraw", transfer, by=by)
    transfer.answer = seal(reason)
    _answer(transfer, Status.WITHDRAWN, by, at)
    unshare(transfer, with_=transfer.to_unit)
    mail.tell_receiver(transfer, today=localdate(at))
    return transfer


def _taken(transfer: Transfer) -> Transfer:
    found = Transfer.objects.select_for_update(of=["self"]).select_related(
        "territory", "organisation__territory", "to_unit__territory", "offered_by", "answered_by"
    )
    return found.get(pk=transfer.pk)


def _answer(transfer: Transfer, status: str, by, at: datetime) -> None:
    transfer.status, transfer.answered_by, transfer.answered_at = status, by, at
    transfer.save()
    record(f"transfer.{status}", transfer, by=by, after={"answer": transfer.answer or None})


def _finish(case: Case, taken_on: date, why: str, today: date, by) -> None:
    """The last day is that before the other borough's first, so that nobody is counted twice on one day."""
    newest = case.levels.first()
    first = newest and (newest.ends_on or newest.starts_on)
    last = max(filter(None, (taken_on - timedelta(days=1), first)))
    finish(case, ending=Ending.TRANSFERRED, on=last, reason=why, today=today, by=by)
