"""The borough that a person works on just now: it filters lists and fills in forms, and never decides what is seen."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

from boards.access import seats_of
from boards.models import Organisation, Territory

KEY = "borough"


@dataclass(frozen=True)
class Switcher:
    """``borough`` None is all of them."""

    borough: Territory | None


def choices(user) -> list[Territory]:
    """The boroughs of the person's seats; none for somebody who has only one."""
    found = set().union(*(s.boroughs for s in seats_of(user)))
    return list(Territory.objects.filter(pk__in=found)) if len(found) > 1 else []


def switcher(request: HttpRequest) -> Switcher | None:
    """What stands in the bar above the page; None for one borough or none."""
    if len(set().union(*(s.boroughs for s in seats_of(request.user)))) < 2:
        return None
    return Switcher(chosen(request))


def chosen(request: HttpRequest) -> Territory | None:
    """Asked of the seats anew each time: a borough that is no longer the person's is not chosen."""
    slug = request.session.get(KEY)
    return next((b for b in choices(request.user) if b.slug == slug), None) if slug else None


def unit_here(request: HttpRequest, units: Sequence[Organisation]) -> Organisation:
    """Of these MAPPA units that of the borough which the person works on just now, else the first."""
    wanted = preset(request, KEY).get(KEY)
    return next((unit for unit in units if unit.territory.slug == wanted), units[0])


def preset(request: HttpRequest, field: str) -> QueryDict:
    """The query, with the chosen borough where it says nothing about ``field``."""
    if field in request.GET or not (borough := chosen(request)):
        return request.GET
    query = request.GET.copy()
    query[field] = borough.slug
    return query
