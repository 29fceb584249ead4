"""Whose pages a person may open: boards and boroughs, and the people behind them."""

from collections.abc import Collection, Iterable
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404

from boards.access import Seating, areas_of, seats_of
from boards.models import Appointment, Organisation, OrganisationName, Territory
from boards.roles import Seat

Kind = Organisation.Kind
LOCAL = {Kind.UNIT, Kind.BOARD}  # those who look after a borough; an agency sees its own invitations only
BOARDS = {Kind.SMB, Kind.REGIONAL_BOARD, Kind.BOARD}


def borough_for(user, slug: str) -> Territory:
    """404 outside the person's areas, 403 for those who neither look after it nor across its area."""
    borough = (
        Territory.objects.select_related("parent").filter(kind=Territory.Kind.BOROUGH, slug=slug).first()
    )
    if borough is None or borough.parent not in areas_of(user):
        raise Http404
    if not opens_borough(user, borough):
        raise PermissionDenied(f"{borough} is looked after by other people.")
    return borough


def opens_borough(user, borough: Territory) -> bool:
    return any(_looks_after(s, {borough.pk}) or _looks_across(s, borough.parent_id) for s in seats_of(user))


def board_for(user, slug: str) -> Organisation:
    board = (
        Organisation.objects.select_related("territory__parent")
        .prefetch_related("boroughs")
        .filter(kind__in=BOARDS, slug=slug)
        .first()
    )
    if board is None or board.territory.area not in areas_of(user):
        raise Http404
    if not opens_board(user, board):
        raise PermissionDenied(f"{board} works with other boroughs than yours.")
    return board


def opens_board(user, board: Organisation) -> bool:
    """Its ``boroughs`` are best prefetched."""
    boroughs = {b.pk for b in board.boroughs.all()}
    return any(_may_open(s, board, boroughs) for s in seats_of(user))


def _may_open(seating: Seating, board: Organisation, boroughs: set[int]) -> bool:
    if seating.organisation.pk == board.pk or _looks_across(seating, board.territory.area.pk):
        return True
    if board.kind in Organisation.AREA_BOARDS:  # of everyone who looks after a part of the area
        return seating.organisation.kind in LOCAL
    return _looks_after(seating, boroughs)


def _looks_after(seating: Seating, boroughs: set[int]) -> bool:
    return seating.organisation.kind in LOCAL and bool(seating.boroughs & boroughs)


def _looks_across(seating: Seating, area: int) -> bool:
    return seating.organisation.is_area_seat and seating.organisation.territory_id == area


def sees_people(user, borough: Territory) -> bool:
    """The boards of the area see figures of a borough, not who works there."""
    return any(s.organisation.kind in LOCAL and borough.pk in s.boroughs for s in seats_of(user))


def in_post(
    organisations: Iterable[Organisation],
    on: date,
    borough: Territory | None = None,
    seats: Collection[Seat] = (),
) -> QuerySet:
    """Current appointments with their people; for the borough and to the seats, if any are named."""
    held = Appointment.objects.current(on).filter(organisation__in=organisations, user__is_active=True)
    if borough:
        held = held.filter(Q(boroughs__isnull=True) | Q(boroughs=borough))
    if seats:
        held = held.filter(seat__in=seats)
    return (
        held.select_related("user", "organisation")
        .order_by("organisation__name", "seat", "user__name")
        .distinct()
    )


def organisations_covering(boroughs: Iterable[Territory]) -> QuerySet:
    return Organisation.objects.filter(coverage__borough__in=boroughs).distinct().order_by("kind", "name")


def spocs_of(boroughs: Iterable[Territory], on: date) -> QuerySet:
    """Single points of contact of the agencies there; one limited to other boroughs is left out."""
    agencies = organisations_covering(boroughs).filter(kind=Kind.AGENCY)
    named = Q(boroughs__isnull=True) | Q(boroughs__in=boroughs)
    return in_post(agencies, on, seats=[Seat.SPOC]).filter(named)


def organisations_in(area: Territory) -> QuerySet:
    places = Q(territory=area) | Q(territory__parent=area)
    names = Prefetch("names", OrganisationName.objects.order_by("valid_from"))
    return (
        Organisation.objects.filter(places)
        .select_related("territory__parent")
        .prefetch_related(names, "boroughs")
    )


def appointments_in(area: Territory) -> QuerySet:
    places = Q(organisation__territory=area) | Q(organisation__territory__parent=area)
    return Appointment.objects.filter(places).select_related("user", "organisation__territory__parent")
