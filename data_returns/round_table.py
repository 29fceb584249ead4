"""The table of a round: its columns and order on the page, its cells, and the same as a file."""

from collections.abc import Callable
from datetime import date

from django.utils.html import format_html
from django.utils.safestring import SafeString

from data_returns.models import Return, Standing
from data_returns.round import Line
from data_returns.states import COLOURS
from mappa_portal.templatetags.govuk import short_date, tag, tick_box
from mappa_portal.words import long_date, plural

COLUMNS = [
    ("borough", "Borough"),
    ("state", "State"),
    ("due", "Due"),
    ("late", "Late"),
    ("sent", "Sent"),
    ("complete", "Questions complete"),
    ("chased", "Chased"),
]
FILE = ["Borough", "State", "Version", "Due", "Extended to", "Reason", "Days late", "Sent", "Accepted"]
FILE += ["Questions complete", "Questions", "Chased"]
STATES = ["", Standing.PLANNED, *Return.Status.values]
SORTS: dict[str, Callable[[Line], object]] = {
    "borough": lambda line: line.borough.name,
    "state": lambda line: STATES.index(line.standing.status if line.standing else ""),
    "due": lambda line: _day(line, "due"),
    "late": lambda line: line.days_late,
    "sent": lambda line: _day(line, "sent_on"),
    "complete": lambda line: line.share,
    "chased": lambda line: _day(line, "chased_on"),
}


def _day(line: Line, name: str) -> date:
    return (line.standing and getattr(line.standing, name)) or date.max


def row(line: Line, place: int | None, chosen: set[str], today: date) -> list:
    """``place`` is of its tick box, when something can be done with it."""
    standing = line.standing
    if standing is None:
        return [line.borough, tag("Not opened"), *[""] * (len(COLUMNS) - 2)]
    return [
        line.borough if place is None else _box(line, place, chosen),
        tag(line.state, COLOURS[standing.status]),
        _due(standing),
        _late(line, today),
        short_date(standing.sent_on),
        line.complete,
        short_date(standing.chased_on),
    ]


def _box(line: Line, place: int, chosen: set[str]) -> SafeString:
    slug = line.borough.slug
    return tick_box("boroughs", slug, f"id_boroughs_{place}", line.borough, ticked=slug in chosen)


def _due(standing: Standing) -> str | SafeString:
    if not standing.extended_to:
        return short_date(standing.due_on)
    said = "{}<br>Extended from {}: {} ({}, {})"
    days = short_date(standing.extended_to), short_date(standing.due_on)
    return format_html(
        said, *days, standing.extension_reason, standing.extended_by.name, long_date(standing.extended_at)
    )


def _late(line: Line, today: date) -> str | SafeString:
    said = plural(line.days_late, "day") if line.days_late else ""
    return tag(f"Late, {said}", "orange") if line.standing.is_late(today) else said


def numbers(line: Line) -> list:
    standing = line.standing
    if standing is None:
        return [line.borough.name, line.state, *[None] * (len(FILE) - 2)]
    days = standing.due, standing.extended_to, standing.extension_reason, line.days_late
    counted = (standing.completed, standing.questions) if standing.questions else (None, None)
    sent = standing.sent_on, standing.closed_on
    return [line.borough.name, line.state, standing.number, *days, *sent, *counted, standing.chased_on]
