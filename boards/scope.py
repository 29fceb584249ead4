"""Which territories a transaction may touch: said here once, held by PostgreSQL (T1, T2)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection, transaction


@dataclass(frozen=True)
class Scope:
    """Ids of territories; ``areas`` are those in which the person holds an area seat."""

    territories: frozenset[int] = frozenset()
    areas: frozenset[int] = frozenset()


class ScopeMissing(RuntimeError):
    """A query on an owned table ran outside ``scope``."""


_current: ContextVar[Scope | None] = ContextVar("scope", default=None)


def current_scope() -> Scope | None:
    return _current.get()


def require_scope() -> None:
    if _current.get() is None:
        raise ScopeMissing("Name the territories first: with scope([...]):")


@contextmanager
def scope(territories: Iterable[int], areas: Iterable[int] = ()) -> Iterator[Scope]:
    """Open a transaction that sees these territories only. Nested, it puts the outer scope back."""
    outer, inner = _current.get(), Scope(frozenset(territories), frozenset(areas))
    nested = connection.in_atomic_block
    with transaction.atomic():
        if nested and outer:
            _settle()
        _tell_database(inner)
        token = _current.set(inner)
        try:
            yield inner
        finally:
            _current.reset(token)
        if nested and not connection.needs_rollback:
            _settle()
            _tell_database(outer or Scope())


def _tell_database(to: Scope) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('portal.territories', %s, true), set_config('portal.areas', %s, true)",
            [_array(to.territories), _array(to.areas)],
        )


def _array(ids: Iterable[int]) -> str:
    return "{" + ",".join(str(int(i)) for i in sorted(ids)) + "}"


def _settle() -> None:
    """Run what waits for the commit (the audit chain, foreign keys) while this scope still holds."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def everywhere() -> Scope:
    """Every territory by name, for sweeps: there is no switch that turns separation off."""
    from boards.models import Territory

    rows = Territory.objects.values_list("pk", "kind")
    return Scope(
        frozenset(pk for pk, _ in rows),
        frozenset(pk for pk, kind in rows if kind == "area"),
    )


def whole_area(area_id: int) -> Scope:
    """The area and each of its boroughs by name: for jobs whose answer rests on all of them together."""
    from boards.models import Territory

    boroughs = Territory.objects.filter(parent=area_id).values_list("pk", flat=True)
    return Scope(frozenset({area_id, *boroughs}), frozenset({area_id}))


class ScopeMiddleware:
    """One transaction around the whole response, seeing what the person's appointments open."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        from boards.access import scope_of

        opened = scope_of(request.user)
        with scope(opened.territories, opened.areas):
            response = self.get_response(request)
            if response.status_code >= 500 or getattr(request, "failed", False):
                transaction.set_rollback(True)
        return response

    def process_exception(self, request, exception):
        request.failed = True
