"""Organisations, by any name they ever had, and boroughs: those whose pages the person may open."""

import re
import unicodedata
from collections.abc import Iterator

from django.db.models import Exists, F, Func, OuterRef, Prefetch, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.urls import reverse

from boards.access import areas_of
from boards.area_rules import AREA_RULES
from boards.directory import opens_borough, page_of
from boards.models import AreaSettings, Organisation, OrganisationName, Territory
from mappa_portal.search import Hit, register


class Plain(Func):
    """In small letters, without accents and apostrophes."""

    template = (
        r"regexp_replace(lower(normalize(%(expressions)s, NFKD)), '[\u0027\u2019\u0300-\u036f]', '', 'g')"
    )
    output_field = TextField()


def words_of(text: str) -> list[str]:
    """ "Children's Services" and "childrens services" are the same words."""
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("'", "").replace("’", "")
    return re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))


def having(found: QuerySet, words: list[str], text) -> QuerySet:
    """Those of whose text every word asked for begins a word."""
    begins = Q(*(Q(plain__regex=rf"\m{word}") for word in words))
    return found.annotate(plain=Plain(text)).filter(begins) if words else found.none()


def find_organisations(user, query: str) -> Iterator[Hit]:
    areas, keeps = areas_of(user), _areas_kept_by(user)
    called = having(OrganisationName.objects.filter(organisation=OuterRef("pk")), words_of(query), F("name"))
    found = Organisation.objects.filter(
        Q(territory__in=areas) | Q(territory__parent__in=areas), Exists(called)
    )
    names = Prefetch("names", OrganisationName.objects.order_by("valid_from"))
    for organisation in found.select_related("territory__parent").prefetch_related(names, "boroughs"):
        if url := _url(user, organisation, keeps):
            former = ", ".join(n.name for n in organisation.names.all() if n.name != organisation.name)
            kind = organisation.get_agency_type_display() or organisation.get_kind_display()
            yield Hit(organisation.name, url, summary=f"{kind}. Earlier: {former}" if former else kind)


def find_boroughs(user, query: str) -> Iterator[Hit]:
    boroughs = Territory.objects.filter(parent__in=areas_of(user), kind=Territory.Kind.BOROUGH)
    for borough in having(boroughs, words_of(query), Concat("name", Value(" "), "code")):
        if opens_borough(user, borough):
            yield Hit(borough.name, reverse("boards:borough", args=[borough.slug]), borough.code)


def _areas_kept_by(user) -> set[int]:
    settings = AreaSettings.objects.for_user(user)
    return {s.territory_id for s in settings if "see" in AREA_RULES.allowed(user, s)}


def _url(user, organisation: Organisation, keeps: set[int]) -> str:
    """The page about it that this person may open, if there is one."""
    area = organisation.territory.area
    if area.pk in keeps:
        return reverse("boards:organisation", args=[area.slug, organisation.slug])
    return page_of(user, organisation)


register("organisations", find_organisations)
register("boroughs", find_boroughs)
