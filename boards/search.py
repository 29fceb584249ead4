"""Organisations, by any name they ever had, and boroughs: those whose pages the person may open."""

import re
import unicodedata
from collections.abc import Iterator

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from boards.access import areas_of
from boards.area_rules import AREA_RULES
from boards.directory import BOARDS, board_for, borough_for, organisations_in
from boards.models import AreaSettings, Organisation, Territory
from mappa_portal.search import Hit, register


def words_of(text: str) -> list[str]:
    """ "Children's Services" and "childrens services" are the same words."""
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("'", "").replace("’", "")
    return re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))


def matches(query: list[str], text: str) -> bool:
    """Every word asked for begins a word of the text."""
    there = words_of(text)
    return bool(query) and all(any(word.startswith(asked) for word in there) for asked in query)


def find_organisations(user, query: str) -> Iterator[Hit]:
    asked = words_of(query)
    keeps = _areas_kept_by(user)
    for area in areas_of(user):
        for organisation in organisations_in(area):
            names = [n.name for n in organisation.names.all()]
            if not any(matches(asked, name) for name in {*names, organisation.name}):
                continue
            if url := _url(user, organisation, area, keeps):
                former = ", ".join(n for n in names if n != organisation.name)
                kind = organisation.get_agency_type_display() or organisation.get_kind_display()
                yield Hit(organisation.name, url, summary=f"{kind}. Earlier: {former}" if former else kind)


def find_boroughs(user, query: str) -> Iterator[Hit]:
    asked = words_of(query)
    for borough in Territory.objects.filter(parent__in=areas_of(user), kind=Territory.Kind.BOROUGH):
        if matches(asked, f"{borough.name} {borough.code}") and _opens(borough_for, user, borough.slug):
            yield Hit(borough.name, reverse("boards:borough", args=[borough.slug]), borough.code)


def _areas_kept_by(user) -> set[int]:
    settings = AreaSettings.objects.for_user(user)
    return {s.territory_id for s in settings if "see" in AREA_RULES.allowed(user, s)}


def _url(user, organisation: Organisation, area: Territory, keeps: set[int]) -> str:
    """The page about it that this person may open, if there is one."""
    if area.pk in keeps:
        return reverse("boards:organisation", args=[area.slug, organisation.slug])
    if organisation.kind in BOARDS and _opens(board_for, user, organisation.slug):
        return reverse("boards:board", args=[organisation.slug])
    place = organisation.territory
    if place.kind == Territory.Kind.BOROUGH and _opens(borough_for, user, place.slug):
        return reverse("boards:borough", args=[place.slug])
    return ""


def _opens(page, user, slug: str) -> bool:
    try:
        page(user, slug)
    except (Http404, PermissionDenied):
        return False
    return True


register("organisations", find_organisations)
register("boroughs", find_boroughs)
