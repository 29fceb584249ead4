"""Adding and changing a case; its particulars are sealed, and so are the values beside the events."""

from dataclasses import fields
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.vault import seal
from audit.events import record
from boards.models import Organisation
from boards.references import next_reference
from mappa_portal.exceptions import Conflict, StaleEdit
from referrals import rooms
from referrals.actions.addresses import Stay, add_address
from referrals.actions.levels import begin_level
from referrals.actions.tokens import write_tokens
from referrals.looking import reason_to_open
from referrals.models import Address, Case
from referrals.personal import Person
from referrals.rules import CASE_RULES

CATEGORY_4_SINCE = date(2022, 4, 28)
TOO_EARLY = "Category 4 began on 28 April 2022: for an earlier day, select another category"
PERSONAL = tuple(field.name for field in fields(Person))


@transaction.atomic
def add_case(
    unit: Organisation,
    *,
    person: Person,
    address: str = "",
    category: int | None = None,
    responsible_agency: Organisation | None = None,
    responsible_csc: Organisation | None = None,
    level: int | None = None,
    starts_on: date | None = None,
    reason: str = "",
    file_reference: str = "",
    came_from: str = "",
    today: date,
    by,
) -> Case:
    """``file_reference`` is what the borough itself calls the case, and how a file finds it. ``address``: where the
    person lives in the borough, since nobody knows when. ``came_from``: the transfer by which the person came.
    """
    case = Case(territory=unit.territory, organisation=unit)
    CASE_RULES.require("add", case, by=by)
    if category == Case.Category.TERRORIST and starts_on and starts_on < CATEGORY_4_SINCE:
        raise ValidationError({"category": TOO_EARLY})
    if file_reference and case_called(unit, file_reference):
        raise ValidationError({"file_reference": "A case with this reference exists already"})
    case.file_reference, case.came_from = file_reference, came_from
    case.category, case.personal = category, person.sealed()
    case.responsible_agency, case.responsible_csc = responsible_agency, responsible_csc
    case.reference = next_reference(unit.territory, "C", today.year)
    case.save()
    write_tokens([case])
    values = _values(case, person)
    record("case.added", case, by=by, after={name: _kept(values, name) for name in values if values[name]})
    if address:
        home = Stay(Address.Kind.HOME, address, unit.territory)
        add_address(case, home, today=today, by=by)
    if level and starts_on:
        begin_level(case, level=level, starts_on=starts_on, reason=reason, today=today, by=by)
    return case


def case_called(unit: Organisation, reference: str) -> Case | None:
    """By either reference, in whatever letters it is typed."""
    return Case.objects.filter(organisation=unit).called({reference, reference.upper()}).first()


@transaction.atomic
def withdraw(case: Case, *, reason: str, by) -> None:
    """Added by mistake: what the register held of it goes, its reference is not given again."""
    case = Case.objects.select_for_update().filter(pk=case.pk).first()
    if case is None:
        raise Conflict("This case was withdrawn a moment ago: there is nothing left to do.")
    CASE_RULES.require("withdraw", case, by=by)
    record("case.withdrawn", case, by=by, reason=reason)
    case.delete()


@transaction.atomic
def edit_case(
    case: Case,
    *,
    revision: int,
    person: Person,
    category: int | None,
    responsible_agency: Organisation | None,
    responsible_csc: Organisation | None,
    csc_since: date | None = None,
    by,
) -> Case:
    """What nobody changed leaves no event. Without ``csc_since`` other Children's Services are a correction: they
    were responsible all along.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    CASE_RULES.require("edit", case, by=by)
    if case.revision != revision:
        raise StaleEdit(case)
    known = Person.opened(case.personal)
    before = _values(case, known)
    case.category = category
    case.responsible_agency, case.responsible_csc = responsible_agency, responsible_csc
    after = _values(case, person)
    changed = {name for name in after if after[name] != before[name]}
    if not changed:
        return case
    if person != known:
        case.personal = person.sealed()
    case.revision += 1
    case.save()
    if person != known:
        write_tokens([case])
    if {"birth_date", "responsible_csc"} & changed:
        since = (csc_since or date.min) if "responsible_csc" in changed else date.max
        rooms.cases_changed([case], csc_since=since)
    old, new = ({name: _kept(values, name) for name in changed} for values in (before, after))
    record("case.edited", case, by=by, before=old, after=new)
    return case


@transaction.atomic
def look(case: Case, *, by) -> Person:
    """The one way to a person's particulars for somebody who reads: it leaves an event (H1)."""
    CASE_RULES.require("see", case, by=by)
    record("case.viewed", case, by=by, reason=reason_to_open([case], by=by))
    return Person.opened(case.personal)


def _values(case: Case, person: Person) -> dict:
    return {
        "category": case.category,
        "responsible_agency": case.responsible_agency and case.responsible_agency.slug,
        "responsible_csc": case.responsible_csc and case.responsible_csc.slug,
        **{name: getattr(person, name) for name in PERSONAL},
    }


def _kept(values: dict, name: str):
    """As it stands beside the event: what is personal under seal."""
    value = values[name]
    if name not in PERSONAL or not value:
        return value or None
    return seal("\n".join(value) if isinstance(value, tuple) else str(value))
