"""Pages of a board and of a borough."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from boards.area_rules import AREA_RULES
from boards.directory import (
    board_for,
    boards_of,
    borough_for,
    boroughs_of,
    contacts_in,
    in_post,
    is_covered_by,
    organisations_covering,
    sees_people,
    spocs_of,
)
from boards.forms import GRADES
from boards.models import Appointment, AreaSettings, Organisation, Territory
from boards.roles import Seat
from boards.sections import sections_of
from boards.views.organisations import covered
from mappa_portal.pagination import sorting

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
        "may_change": _sets_up(request.user, found.territory.area),
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
    organisations = (
        organisations_covering([found]).select_related("territory__parent").prefetch_related("boroughs")
    )
    shows_people = sees_people(request.user, found)
    if shows_people:
        people = list(in_post(organisations, today, found))
    else:
        people = list(contacts_in(found, today)) if is_covered_by(request.user, found) else []
    groups = [("Who looks after it", []), ("Agencies", [])]
    for organisation in organisations:
        held = [p for p in people if p.organisation_id == organisation.pk]
        groups[organisation.kind == Organisation.Kind.AGENCY][1].append((organisation, held))
    context = {
        "borough": found,
        "groups": groups,
        "shows_people": shows_people,
        "may_change": _sets_up(request.user, found.parent),
        "sections": sections_of(request.user, found, today),
    }
    return render(request, "boards/borough.html", context)


def _sets_up(user, area: Territory) -> bool:
    settings = AreaSettings.objects.for_user(user).filter(territory=area).first()
    return bool(settings) and "set_up" in AREA_RULES.allowed(user, settings)


@login_required
@require_safe
def borough_list(request):
    rows = [(b.name, b.code, b.parent.name, b) for b in boroughs_of(request.user)]
    return _list(request, "Boroughs", ("Borough", "Code", "Area"), rows, "boards:borough")


@login_required
@require_safe
def board_list(request):
    rows = [(b.name, b.get_kind_display(), covered(b), b) for b in boards_of(request.user)]
    return _list(request, "Boards", ("Board", "What it is", "Covers"), rows, "boards:board")


def _list(request, title: str, columns: tuple, rows: list, page: str):
    """Sorted by any column; each row ends in the thing that it is about."""
    names = [slugify(column) for column in columns]
    sort, _ = sorting(request, {name: [name] for name in names}, names[0])
    place = names.index(sort.lstrip("-"))
    rows.sort(key=lambda row: (row[place], row[0]), reverse=sort.startswith("-"))
    shown = [(reverse(page, args=[thing.slug]), name, rest) for name, *rest, thing in rows]
    heads = list(zip(columns, names, strict=True))
    return render(request, "boards/list.html", {"title": title, "heads": heads, "rows": shown, "sort": sort})
