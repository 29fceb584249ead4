"""Whose figures a person may ask for."""

from boards.access import seats_of
from boards.directory import sees_people
from boards.models import Organisation, Territory


def sees_area(user, area: Territory) -> bool:
    """The whole of it: SMB, regional boards, the executive office."""
    return any(s.organisation.is_area_seat and s.organisation.territory_id == area.pk for s in seats_of(user))


def sees_figures(user, area: Territory, borough: Territory | None) -> bool:
    """Those of a borough are for its MAPPA unit, its board and whoever looks across the area; agencies see none yet."""
    return sees_area(user, area) or bool(borough and sees_people(user, borough))


def sees_cases(user, borough: Territory) -> bool:
    """The rows behind a figure with their case references: the MAPPA unit alone."""
    return any(
        s.organisation.kind == Organisation.Kind.UNIT and s.organisation.territory_id == borough.pk
        for s in seats_of(user)
    )


def places_of(user) -> list[Territory]:
    """Areas first, then boroughs: those whose figures the person may open."""
    areas = [a for a in {s.organisation.territory.area for s in seats_of(user)} if sees_area(user, a)]
    boroughs = Territory.objects.filter(kind=Territory.Kind.BOROUGH).select_related("parent")
    return sorted(areas, key=str) + [b for b in boroughs if sees_figures(user, b.parent, b)]
