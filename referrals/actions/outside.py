"""Out-of-area checks: asked by Children's Services, endorsed by a manager, passed on and answered by the MAPPA unit."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import localdate

from audit.events import record
from boards.access import share
from boards.models import Organisation, Territory
from boards.references import next_reference
from mappa_portal.exceptions import Conflict
from referrals.models import OutOfAreaCheck
from referrals.outside import mail
from referrals.outside.rules import Status, require

NEEDED = {
    "police_check": "Enter what the police check said",
    "child_at_risk": "Enter why a child is thought to be at risk",
    "family_work": "Enter your work with a family that the person is in contact with",
}


@transaction.atomic
def ask(
    agency: Organisation,
    *,
    borough: Territory,
    place: str,
    name: str,
    birth_date: date | None = None,
    police_check: str,
    child_at_risk: str,
    family_work: str,
    by,
    at: datetime,
) -> OutOfAreaCheck:
    """Refused without any of its three conditions; the manager and the MAPPA unit are still to come."""
    unit = Organisation.objects.unit_of(borough)
    if agency.agency_type != "CSC" or unit is None or not agency.coverage.filter(borough=borough).exists():
        raise PermissionDenied("Only Children’s Services of the borough ask for an out-of-area check.")
    check = OutOfAreaCheck(territory=borough, organisation=agency, unit=unit, place=place)
    require("ask", check, by=by)
    said = {"police_check": police_check, "child_at_risk": child_at_risk, "family_work": family_work}
    missing = {name: text for name, text in NEEDED.items() if not said[name].strip()}
    if missing or not name.strip():
        raise ValidationError(missing or {"name": "Enter the person’s name"})
    check.reference = next_reference(borough, "O", localdate(at).year)
    check.asked_by, check.asked_at = by, at
    check.say(name=name, birth_date=birth_date.isoformat() if birth_date else "", **said)
    check.save()
    record("out_of_area.asked", check, by=by, after={"place": place})
    mail.tell_managers(check, at)
    return check


@transaction.atomic
def look(check: OutOfAreaCheck, *, by) -> dict[str, str]:
    """The one way to what it says, for somebody who reads: it leaves an event (H1)."""
    require("see", check, by=by)
    record("out_of_area.viewed", check, by=by)
    return check.said


@transaction.atomic
def endorse(check: OutOfAreaCheck, *, by, at: datetime) -> OutOfAreaCheck:
    """By another person of the agency; from now on the MAPPA unit reads it."""
    check = _take(check, "endorse", by)
    if check.asked_by_id == by.pk:
        raise Conflict("You asked for this check: a manager of your agency has to endorse it.")
    check.endorsed_by, check.endorsed_at = by, at
    _now(check, Status.ENDORSED, "out_of_area.endorsed", by)
    share(check, with_=check.unit)
    mail.tell_unit(check, at)
    return check


@transaction.atomic
def withdraw(check: OutOfAreaCheck, *, by, at: datetime) -> OutOfAreaCheck:
    check = _take(check, "withdraw", by)
    _now(check, Status.WITHDRAWN, "out_of_area.withdrawn", by)
    if check.endorsed_at:
        mail.tell_unit(check, at)
    return check


@transaction.atomic
def pass_on(check: OutOfAreaCheck, *, reason: str, by, at: datetime) -> OutOfAreaCheck:
    """To the MAPPA co-ordination of the other area; ``reason`` says to whom, and why all conditions are met."""
    return _decide(check, Status.PASSED_ON, "out_of_area.passed_on", reason, by, at)


@transaction.atomic
def refuse(check: OutOfAreaCheck, *, missing: str, reason: str, by, at: datetime) -> OutOfAreaCheck:
    """``missing``: which condition, empty for another reason."""
    return _decide(check, Status.REFUSED, "out_of_area.refused", reason, by, at, missing)


@transaction.atomic
def answer(
    check: OutOfAreaCheck, *, answer: str, contact: str, reason: str, by, at: datetime
) -> OutOfAreaCheck:
    """What the other area said: where the person is managed, whom to ask there."""
    check = _take(check, "answer", by)
    if answer == OutOfAreaCheck.Answer.MANAGED and not contact.strip():
        raise ValidationError({"contact": "Enter whom to contact there"})
    check.answer, check.answered_by, check.answered_at = answer, by, at
    check.say(contact=contact, answer_reason=reason)
    _now(check, Status.ANSWERED, "out_of_area.answered", by, after={"answer": answer})
    mail.tell_asker(check, at)
    return check


def _decide(
    check, status: str, event: str, reason: str, by, at: datetime, missing: str = ""
) -> OutOfAreaCheck:
    check = _take(check, "decide", by)
    if not reason.strip():
        raise ValidationError({"reason": "Enter the reason"})
    check.decided_by, check.decided_at, check.missing = by, at, missing
    check.say(reason=reason)
    _now(check, status, event, by, after={"missing": missing} if missing else None)
    mail.tell_asker(check, at)
    return check


def _take(check: OutOfAreaCheck, rule: str, by) -> OutOfAreaCheck:
    found = OutOfAreaCheck.objects.select_for_update(of=["self"])
    check = found.select_related("territory__parent", "organisation", "unit", "asked_by").get(pk=check.pk)
    require(rule, check, by=by)
    return check


def _now(check: OutOfAreaCheck, status: str, event: str, by, **more) -> OutOfAreaCheck:
    check.status = status
    check.save()
    record(event, check, by=by, **more)
    return check
