"""Search by reference, title or organisation. Never by a person's name: that is a logged look-up."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from django.contrib.auth.decorators import login_required
from django.shortcuts import render

from mappa_portal.limits import limit

MOST = 50
LONGEST = 100


@dataclass(frozen=True)
class Hit:
    title: str
    url: str
    reference: str = ""
    summary: str = ""


@dataclass(frozen=True)
class Found:
    kind: str
    hits: list[Hit]
    more: bool


Room = Callable[..., Iterable[Hit]]
_rooms: dict[str, Room] = {}


def register(kind: str, find: Room) -> None:
    """``kind`` as in "2 results in protocols"; ``find(user, query)`` gives only what this person may see."""
    _rooms[kind] = find


def find_all(user, query: str) -> list[Found]:
    found = []
    for kind, find in _rooms.items():
        hits = list(islice(find(user, query), MOST + 1))
        found.append(Found(kind, hits[:MOST], len(hits) > MOST))
    return [part for part in found if part.hits]


@login_required
def search(request):
    query = " ".join(request.GET.get("q", "").split())[:LONGEST]
    if query:
        limit("search", request.user.pk, most=60)
    found = find_all(request.user, query) if query else []
    total = sum(len(part.hits) for part in found)
    empty = "q" in request.GET and not query
    return render(request, "search.html", {"query": query, "found": found, "total": total, "empty": empty})
