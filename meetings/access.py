"""Whose figures a person may ask for, and how far down they open."""

from dataclasses import dataclass

from boards.access import areas_across, seats_of
from boards.directory import sees_people
from boards.models import Organisation, Territory
from meetings.performance.kpis import DUTY_TO_COOPERATE


@dataclass(frozen=True)
class Sight:
    """What of a place's figures somebody sees.

    ``rows``: a figure opens to attendances, else to counts by day; ``cases``: with the references of cases.
    ``agencies``: only the lines of these organisations, by id with their code; None is the whole.
    """

    rows: bool = False
    cases: bool = False
    agencies: tuple[tuple[int, str], ...] | None = None

    @property
    def organisations(self) -> frozenset[int] | None:
        return None if self.agencies is None else frozenset(pk for pk, _ in self.agencies)

    def sees_kind(self, code: str) -> bool:
        return self.agencies is None or any(kind == code for _, kind in self.agencies)


def sight_of(user, place: Territory) -> Sight | None:
    """The MAPPA unit and the board of a borough, whoever looks across its area, and each agency its own part."""
    if place.kind == Territory.Kind.AREA:
        return Sight() if sees_area(user, place) else None
    if sees_people(user, place):
        return Sight(rows=True, cases=_is_of_unit(user, place))
    if sees_area(user, place.parent):
        return Sight()
    own = _agencies_in(user, place)
    return Sight(rows=True, cases=True, agencies=own) if own else None


def sees_area(user, area: Territory) -> bool:
    """The whole of it: SMB, regional boards, the executive office."""
    return area in areas_across(user)


def sees_figures(user, area: Territory, borough: Territory | None) -> bool:
    """The whole of them; programs are not given an agency's part."""
    sight = sight_of(user, borough or area)
    return bool(sight and sight.agencies is None)


def _is_of_unit(user, borough: Territory) -> bool:
    return any(
        s.organisation.kind == Organisation.Kind.UNIT and s.organisation.territory_id == borough.pk
        for s in seats_of(user)
    )


def _agencies_in(user, borough: Territory) -> tuple[tuple[int, str], ...]:
    """Police, probation and prisons are in no figure (C6)."""
    found = {s.organisation.pk: s.organisation.agency_type for s in seats_of(user) if _counts_in(s, borough)}
    return tuple(sorted(found.items()))


def _counts_in(seating, borough: Territory) -> bool:
    organisation = seating.organisation
    is_counted = organisation.agency_type in DUTY_TO_COOPERATE
    return organisation.kind == Organisation.Kind.AGENCY and is_counted and borough.pk in seating.boroughs


def places_of(user) -> list[Territory]:
    """Areas first, then boroughs: those whose figures the person may open."""
    boroughs = Territory.objects.filter(kind=Territory.Kind.BOROUGH).select_related("parent")
    return areas_seen_by(user) + [b for b in boroughs if sight_of(user, b)]


def areas_seen_by(user) -> list[Territory]:
    return sorted(areas_across(user), key=str)
