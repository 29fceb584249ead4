"""Lists a page at a time from the last value seen: the last page costs what the first does."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination

SALT = "mappa_portal.pagination"


class KeysetPagination(CursorPagination):
    ordering = "reference"
    page_size_query_param = "limit"
    max_page_size = 200

    def get_ordering(self, request, queryset, view):
        """A view may name its own; the cursor holds the first of these fields, so never a row's number."""
        return tuple(getattr(view, "ordering", None) or [self.ordering])

    def get_page_size(self, request):
        asked = request.query_params.get(self.page_size_query_param, str(self.page_size))
        if not (asked.isascii() and asked.isdigit() and int(asked)):
            raise ValidationError({self.page_size_query_param: "Enter a whole number from 1 to 200."})
        return min(int(asked), self.max_page_size)


@dataclass(frozen=True)
class Page:
    rows: list
    next_url: str = ""
    previous_url: str = ""

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)


def keyset(queryset: QuerySet, request: HttpRequest, *order: str, size: int = 50) -> Page:
    """One page by ``order`` (``-`` turns a field round); its fields are never null and together unique."""
    mark, backwards = _mark(request, order)
    direction = [_turned(field) for field in order] if backwards else list(order)
    found = queryset.order_by(*direction)
    if mark:
        found = found.filter(_beyond(direction, mark))
    rows = list(found[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([])
    return Page(
        rows,
        next_url=_url(request, "after", rows[-1], order) if more or backwards else "",
        previous_url=_url(request, "before", rows[0], order) if (more if backwards else mark) else "",
    )


def numbered(rows: Sequence, request: HttpRequest, size: int = 100) -> Page:
    """One page of rows that were worked out in memory, by its number; 404 beyond the last."""
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isdecimal() and len(asked) < 7 else 0
    start = (number - 1) * size
    if start and not 0 <= start < len(rows):
        raise Http404
    return Page(
        list(rows[start : start + size]),
        next_url=_numbered(request, number + 1) if start + size < len(rows) else "",
        previous_url=_numbered(request, number - 1) if number > 1 else "",
    )


def _numbered(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = number
    return f"?{query.urlencode()}"


def _mark(request: HttpRequest, order: Sequence[str]) -> tuple[list[Any], bool]:
    """The values where the page starts, signed with their order: a place in another list is none in this one."""
    for name in ("before", "after"):
        if text := request.GET.get(name):
            try:
                signed, values = signing.loads(text, salt=SALT)
            except (signing.BadSignature, ValueError):
                raise Http404 from None
            if signed != list(order):
                raise Http404
            return values, name == "before"
    return [], False


def _beyond(order: Sequence[str], mark: Sequence[Any]) -> Q:
    """``(a, b) > (x, y)`` written out: directions may differ."""
    beyond, equal = Q(), Q()
    for field, value in zip(order, mark, strict=True):
        name = field.lstrip("-")
        beyond |= equal & Q(**{f"{name}__{'lt' if field.startswith('-') else 'gt'}": value})
        equal &= Q(**{name: value})
    return beyond


def _url(request: HttpRequest, side: str, row, order: Sequence[str]) -> str:
    values = [attrgetter(field.lstrip("-").replace("__", "."))(row) for field in order]
    query = request.GET.copy()
    query.pop("before", None), query.pop("after", None)
    place = [v if isinstance(v, int) else str(v) for v in values]
    query[side] = signing.dumps([order, place], salt=SALT)
    return f"?{query.urlencode()}"


def _turned(field: str) -> str:
    return field[1:] if field.startswith("-") else f"-{field}"


def sorting(request: HttpRequest, allowed: dict[str, Sequence[str]], default: str) -> tuple[str, list[str]]:
    """The ``?sort=`` chosen (``name`` or ``-name``) and its fields; what is not allowed gives the default."""
    chosen = request.GET.get("sort", default)
    name = chosen.lstrip("-")
    if name not in allowed or chosen not in (name, f"-{name}"):
        chosen, name = default, default.lstrip("-")
    fields = list(allowed[name])
    return chosen, [_turned(field) for field in fields] if chosen.startswith("-") else fields
