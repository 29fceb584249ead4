"""Pages of a board and of a borough."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from boards.area_rules import AREA_RULES
from boards.directory import board_for, borough_for, in_post, organisations_covering, sees_people, spocs_of
from boards.forms import GRADES
from boards.models import Appointment, AreaSettings, Organisation
from boards.roles import Seat
from boards.sections import sections_of

ALWAYS_SHOWN = {
    Seat.CHAIR,
    Seat.BUSINESS_MANAGER,
    Seat.REPRESENTATIVE,
    Seat.SUBSTITUTE,
}  # a gap there is news
SPEAKERS = (
    Seat.CHAIR,
    Seat.BUSINESS_MANAGER,
    Seat.REPRESENTATIVE,
    Seat.SUBSTITUTE,
    Seat.CO_ORDINATOR,
    Seat.MEMBER,
)


@login_required
@require_safe
def board(request, slug):
    found = board_for(request.user, slug)
    today = localdate()
    people = list(in_post([found], today))
    settings = AreaSettings.objects.for_user(request.user).filter(territory=found.territory.area).first()
    boroughs = list(found.boroughs.all())
    context = {
        "board": found,
        "boroughs": boroughs,
        "speakers": _speakers(found, people),
        "spocs": spocs_of(boroughs, today),
        "settings": settings,
        "grades": _grades(settings),
        "may_change": bool(settings) and "set_up" in AREA_RULES.allowed(request.user, settings),
    }
    return render(request, "boards/board.html", context)


def _speakers(board: Organisation, people: list[Appointment]) -> list[tuple[Seat, list[Appointment]]]:
    expected = ALWAYS_SHOWN if board.kind == Organisation.Kind.BOARD else {Seat.CHAIR}
    held = [(seat, [p for p in people if p.seat == seat]) for seat in SPEAKERS]
    return [(seat, holders) for seat, holders in held if holders or seat in expected]


def _grades(settings: AreaSettings | None) -> dict[str, str]:
    """What a representative must at least be, by level of the meeting."""
    if settings is None:
        return {}
    names = {number: label.partition(": ")[2] for number, label in GRADES}
    return {"level2": names[settings.level2_grade], "level3": names[settings.level3_grade]}


@login_required
@require_safe
def borough(request, slug):
    found, today = borough_for(request.user, slug), localdate()
    shows_people = sees_people(request.user, found)
    people = list(in_post(organisations_covering([found]), today, found)) if shows_people else []
    groups = [("Who looks after it", []), ("Agencies", [])]
    for organisation in organisations_covering([found]):
        group = groups[organisation.kind == Organisation.Kind.AGENCY][1]
        group.append(
            (
                organisation,
                [p for p in people if p.organisation_id == organisation.pk],
                _page_of(organisation),
            )
        )
    context = {
        "borough": found,
        "groups": groups,
        "shows_people": shows_people,
        "sections": sections_of(request.user, found, today),
    }
    return render(request, "boards/borough.html", context)


def _page_of(organisation: Organisation) -> str:
    return (
        reverse("boards:board", args=[organisation.slug])
        if organisation.kind == Organisation.Kind.BOARD
        else ""
    )
