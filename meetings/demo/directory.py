"""Contacts of agencies, and who the cases of the demonstration are: invented names, the same ones each time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from accounts.vault import seal
from boards.demo import FIRST, FULLY_STAFFED, LAST, name_of
from boards.models import Appointment, Coverage, Organisation, Territory
from boards.roles import Seat
from meetings.models import Contact, Discussion
from referrals.actions import write_tokens
from referrals.endings import Ending
from referrals.models import Case, LevelPeriod
from referrals.personal import Person

WITHOUT_CONTACT = {"EMP", "MOD"}
OTHERS = 800  # numbers of names that no demonstration person with an account has
LATELY = timedelta(days=250)  # later cases are managed by their lead agency alone
AT = {1: "The risk is managed by the lead agency", 2: "Several agencies have to act", 3: "Heavy resources"}


def load(boroughs: list[Territory], today: date) -> None:
    units = {u.territory_id: u for u in Organisation.objects.filter(kind="unit", territory__in=boroughs)}
    agencies = _agencies(boroughs)
    Contact.objects.bulk_create(_contacts(units, agencies, today))
    _manage(units, agencies, today)


def _agencies(boroughs: list[Territory]) -> list[tuple[int, Organisation]]:
    found = Coverage.objects.filter(borough__in=boroughs, organisation__kind=Organisation.Kind.AGENCY)
    found = found.select_related("organisation").order_by("borough__slug", "organisation__slug")
    return [(c.borough_id, c.organisation) for c in found]


# -- Contacts --


def _contacts(units, agencies, today: date) -> Iterator[Contact]:
    seated = _spocs()
    for n, (borough, agency) in enumerate(agencies):
        if borough not in units or agency.agency_type in WITHOUT_CONTACT:
            continue
        name = name_of(OTHERS + n)
        email = f"{name.lower().replace(' ', '.')}@example.org"
        if user := seated.get((agency.pk, borough)):
            name, email = user.name, user.email
        yield Contact(
            territory_id=borough,
            organisation=units[borough],
            agency=agency,
            name=name,
            job_title="Safeguarding lead",
            email=email,
            phone=f"020 7946 0{n % 1000:03}",
            representative=name_of(OTHERS * 2 + n) if n % 3 == 0 else "",
            representative_job_title="Service manager" if n % 3 == 0 else "",
            representative_grade=(3, 3, 2, 4)[n % 4],
            confirmed_on=None if n % 13 == 5 else today - timedelta(days=n * 7 % 200),
        )


def _spocs() -> dict[tuple[int, int], object]:
    """By agency and borough: a seat for some boroughs counts for these alone."""
    held = Appointment.objects.filter(seat=Seat.SPOC).select_related("user").prefetch_related("boroughs")
    held = held.prefetch_related("organisation__boroughs")
    return {
        (seat.organisation_id, borough.pk): seat.user
        for seat in held
        for borough in seat.boroughs.all() or seat.organisation.boroughs.all()
    }


# -- Cases: category, lead agency, levels; names where the demonstration has its people --


def _manage(units, agencies, today: date) -> None:
    leads = {(borough, agency.agency_type): agency for borough, agency in agencies}
    heard: dict[int, list[tuple[date, int]]] = {}
    for case, day, level in (
        Discussion.objects.filter(territory__in=units)
        .order_by("meeting__held_on")
        .values_list("case", "meeting__held_on", "meeting__level")
    ):
        heard.setdefault(case, []).append((day, level))
    cases = list(Case.objects.filter(pk__in=heard).select_related("territory").order_by("pk"))
    reasons = {level: seal(why) for level, why in AT.items()}
    for n, case in enumerate(cases):
        case.category = 1 if n % 4 else 2
        case.responsible_agency = leads.get((case.territory_id, "PRB" if n % 3 else "POL"))
        if case.territory.slug in FULLY_STAFFED:
            name = f"{FIRST[n * 11 % len(FIRST)]} {LAST[n * 7 % len(LAST)]}"
            aliases = (FIRST[n * 5 % len(FIRST)],) if n % 5 == 0 else ()
            case.personal = replace(Person.opened(case.personal), name=name, aliases=aliases).sealed()
    Case.objects.bulk_update(cases, ["category", "responsible_agency", "personal"], batch_size=500)
    write_tokens(case for case in cases if case.territory.slug in FULLY_STAFFED)
    LevelPeriod.objects.bulk_create(
        LevelPeriod(
            territory_id=case.territory_id,
            case=case,
            level=level,
            starts_on=first,
            ends_on=last,
            ending=ending,
            reason=reasons[level],
        )
        for case in cases
        for level, first, last, ending in _levels(heard[case.pk], today)
    )


def _levels(heard: list[tuple[date, int]], today: date) -> Iterator[tuple[int, date, date | None, str]]:
    """(level, first day, last day, why it ended): as its meetings were, and down to Level 1 after the last of long
    ago.
    """
    changes = [(day, level) for n, (day, level) in enumerate(heard) if n == 0 or level != heard[n - 1][1]]
    last = heard[-1][0]
    if last < today - LATELY:
        changes = [c for c in changes if c[0] < last] + [(last, 1)]
    for (first, level), following in zip(changes, [*changes[1:], None], strict=True):
        ending = Ending.REDUCED if following and following[1] == 1 else ""
        yield level, first, following[0] - timedelta(days=1) if following else None, ending
