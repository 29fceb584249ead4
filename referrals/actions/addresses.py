"""Where the person lives: adding, correcting and ending an address; no two hold on one day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.vault import seal
from audit.events import record
from boards.models import Territory
from mappa_portal.words import long_date
from referrals.actions.endings import take
from referrals.models import Address, Case


@dataclass(frozen=True)
class Stay:
    """What is said of an address. Of a place that is not on the portal there is a name and no borough."""

    kind: str
    text: str = ""
    borough: Territory | None = None
    elsewhere: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


@transaction.atomic
def add_address(case: Case, stay: Stay, *, today: date, by) -> Address:
    """One that holds from now on ends the one before on the day before."""
    case = take(case, "move", by)
    there = list(case.addresses.all())
    before = next((a for a in there if a.ends_on is None), None)
    if before and stay.ends_on is None and stay.starts_on and before.first < stay.starts_on:
        before.ends_on = stay.starts_on - timedelta(days=1)
        before.save(update_fields=["ends_on"])
    number = max((a.number for a in there), default=0) + 1
    address = Address(territory_id=case.territory_id, case=case, number=number)
    return _keep(address, stay, there, "case.address_added", today, by)


@transaction.atomic
def correct_address(address: Address, stay: Stay, *, today: date, by) -> Address:
    case = take(address.case, "move", by)
    others = {a.number: a for a in case.addresses.all()}
    address = others.pop(address.number)
    return _keep(address, stay, others.values(), "case.address_corrected", today, by)


@transaction.atomic
def end_address(address: Address, *, ends_on: date, by) -> Address:
    """The person left, and it is not known where to."""
    case = take(address.case, "move", by)
    address = case.addresses.get(number=address.number)
    if address.ends_on or ends_on < address.first:
        raise ValidationError({"ends_on": f"Last day must be {long_date(address.first)} or later"})
    address.ends_on = ends_on
    address.save(update_fields=["ends_on"])
    record("case.address_ended", case, by=by, after={"ends_on": ends_on})
    return address


def _keep(address: Address, stay: Stay, others: Iterable[Address], event: str, today: date, by) -> Address:
    address.kind, address.borough = stay.kind, stay.borough
    address.starts_on, address.ends_on = stay.starts_on, stay.ends_on
    address.say(stay.text, "" if stay.borough else stay.elsewhere)
    _check(address, others, today)
    address.save()
    said = f"{address.get_kind_display()}, {address.place}: {stay.text}"
    days = {name: day for name in ("starts_on", "ends_on") if (day := getattr(stay, name))}
    record(event, address.case, by=by, after={"address": seal(said), **days})
    return address


def _check(address: Address, others: Iterable[Address], today: date) -> None:
    if address.first > today:
        raise ValidationError({"starts_on": "First day must be today or in the past"})
    if address.last < address.first:
        raise ValidationError({"ends_on": f"Last day must be {long_date(address.first)} or later"})
    for other in others:
        if address.first > other.last or other.first > address.last:
            continue
        if other.first > address.first:
            text = f"Last day must be before {long_date(other.first)}, as the next address begins then"
            raise ValidationError({"ends_on": text})
        held = f"held until {long_date(other.ends_on)}" if other.ends_on else "still holds: end it first"
        raise ValidationError({"starts_on": f"First day overlaps: {other.get_kind_display()} {held}"})
