"""Whose pages a person may open: boards and boroughs, and the people behind them."""

from collections.abc import Collection, Iterable
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404
from django.urls import reverse

from boards.access import Seating, areas_of, seats_of
from boards.models import Appointment, Organisation, OrganisationName, Territory
from boards.roles import Seat

Kind = Organisation.Kind
LOCAL = {Kind.UNIT, Kind.BOARD}  # those who look after a borough; an agency sees its own invitations only
BOARDS = {Kind.SMB, Kind.REGIONAL_BOARD, Kind.BOARD}


def borough_for(user, slug: str) -> Territory:
    """404 outside the person's areas, 403 for those who neither cover it nor look across its area."""
    borough = (
        Territory.objects.select_related("parent").filter(kind=Territory.Kind.BOROUGH, slug=slug).first()
    )
    if borough is None or borough.parent not in areas_of(user):
        raise Http404
    if not opens_borough(user, borough):
        raise PermissionDenied(f"Your seats are for other boroughs than {borough}.")
    return borough


def opens_borough(user, borough: Territory) -> bool:
    """An agency that covers it reads who is there and whom to ask, and nothing else."""
    return any(borough.pk in s.boroughs or _looks_across(s, borough.parent_id) for s in seats_of(user))


def boroughs_of(user) -> list[Territory]:
    """Those whose page the person may open."""
    found = Territory.objects.filter(kind=Territory.Kind.BOROUGH, parent__in=areas_of(user)).select_related(
        "parent"
    )
    return [borough for borough in found if opens_borough(user, borough)]


def boards_of(user) -> list[Organisation]:
    areas = areas_of(user)
    places = Q(territory__in=areas) | Q(territory__parent__in=areas)
    found = Organisation.objects.filter(places, kind__in=BOARDS).select_related("territory__parent")
    return [board for board in found.prefetch_related("boroughs") if opens_board(user, board)]


def page_of(user, organisation: Organisation) -> str:
    """The page about it that this person may open: a board's own, of others the borough's."""
    place = organisation.territory
    if organisation.kind in BOARDS:
        return reverse("boards:board", args=[organisation.slug]) if opens_board(user, organisation) else ""
    if place.kind == Territory.Kind.BOROUGH and opens_borough(user, place):
        return f"{reverse('boards:borough', args=[place.slug])}#{organisation.slug}"
    return ""


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


def is_covered_by(user, borough: Territory) -> bool:
    """Through an agency; whoever looks across the area is none."""
    return any(s.organisation.kind == Kind.AGENCY and borough.pk in s.boroughs for s in seats_of(user))


def sees_people(user, borough: Territory) -> bool:
    """The boards of the area see figures of a borough, not who works there."""
    return any(s.organisation.kind in LOCAL and borough.pk in s.boroughs for s in seats_of(user))


def contacts_in(borough: Territory, on: date) -> QuerySet:
    """Whom an agency asks: chair and administrators of the borough's MAPPA unit."""
    unit = Organisation.objects.units_in(borough)
    return in_post(unit, on, borough, seats=[Seat.CHAIR, Seat.ADMINISTRATOR, Seat.CO_ORDINATOR])


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
