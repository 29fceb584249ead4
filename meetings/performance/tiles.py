"""The tile map: an HTML list of links that classes place on a grid, as the content policy knows no style."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from meetings.forms.performance import MEASURES
from meetings.performance.region import BELOW, MET, NONE, WORDS, Line, Region

MARKS = {MET: "", BELOW: "▼ ", NONE: ""}
TILE = '<li class="app-tile app-tile--{} app-tile--row-{} app-tile--col-{}"><a href="{}">{}</a></li>'
HIDDEN = '<span class="govuk-visually-hidden">{}</span>'
NAME = f'{{}}{HIDDEN} <span class="app-tile__figure"><span aria-hidden="true">{{}}</span>{{}}</span>{HIDDEN}'


def tiles(found: Region, measure: str, along: dict[str, str]) -> SafeString | None:
    """An HTML list that classes place on a grid; None where the area has no map."""
    if not found.has_map:
        return None
    placed = [line for line in found.lines if line.borough.grid_row]
    return format_html_join("", TILE, (_tile(line, measure, along) for line in placed))


def _tile(line: Line, measure: str, along: dict[str, str]) -> tuple:
    """Read aloud as one name: Camden: KPI 6 92.3%, target met."""
    state, place = line.state(measure), line.borough
    name = format_html(
        NAME, place.name, f": {MEASURES[measure]}", MARKS[state], line.figure(measure), f", {WORDS[state]}"
    )
    return state, place.grid_row, place.grid_col, figures_url(line, along), name


def figures_url(line: Line, along: dict[str, str]) -> str:
    return f"{reverse('meetings:performance')}?{urlencode(along | {'place': line.borough.slug})}"
