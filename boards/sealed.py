"""Which columns of the rooms hold what is sealed, so that all of it can be sealed anew (docs/operations.md)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction

from accounts.vault import reseal
from boards.models import Territory
from boards.owned import Owned

BATCH = 500


@dataclass(frozen=True)
class Sealed:
    model: type[Owned]
    columns: tuple[str, ...]
    then: Callable[[Iterable], None] | None
    batch: int = BATCH


_sealed: list[Sealed] = []


def register(
    model: type[Owned],
    *columns: str,
    then: Callable[[Iterable], None] | None = None,
    batch: int = BATCH,
) -> None:
    """``then`` gets the rows of a batch, to make anew what is derived with the key; few rows if each is large."""
    _sealed.append(Sealed(model, columns, then, batch))


def registered() -> tuple[Sealed, ...]:
    return tuple(_sealed)


def reseal_all(territory: Territory) -> int:
    """Under the present key, a batch in a transaction each, in the territory's scope; twice is the same as once."""
    return sum(len(rows) for one in _sealed for rows in _batches(one, territory))


def _batches(one: Sealed, territory: Territory) -> Iterator[list]:
    after = 0
    while True:
        with transaction.atomic():
            held = one.model.objects.select_for_update(of=["self"], no_key=True).order_by("pk")
            rows = list(held.filter(territory=territory, pk__gt=after)[: one.batch])
            for row in rows:
                for column in one.columns:
                    if value := getattr(row, column):
                        setattr(row, column, reseal(value))
            one.model.objects.bulk_update(rows, one.columns)
            if one.then:
                one.then(rows)
        yield rows
        if len(rows) < one.batch:
            return
        after = rows[-1].pk
