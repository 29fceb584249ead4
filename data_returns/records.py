"""The cases behind a figure: as they were when the return was signed, beside what would be counted now."""

from dataclasses import dataclass, replace
from datetime import datetime

from data_returns.evidence import facts_of, is_kept, sources_of, taken_at
from data_returns.form import Cell
from data_returns.models import Return
from data_returns.register import SOURCES, Count, Fact, Source, at_level, counted, facts_for

NAMED = 10  # references in a sentence


@dataclass(frozen=True)
class Record:
    """``counts``: None where the register does not say."""

    fact: Fact
    counts: bool | None


@dataclass(frozen=True)
class Records:
    """``frozen_at``: None while the list is what the register says now; ``added`` and ``gone`` are since then."""

    source: Source
    count: Count | None
    rows: list[Record]
    frozen_at: datetime | None = None
    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @classmethod
    def of(cls, data_return: Return, cell: Cell) -> "Records":
        """Of a cell whose source is among ``sources_of`` the return."""
        if not is_kept(data_return):
            return _now(data_return, cell)
        then = _records(cell, facts_of(data_return), sources_of(data_return))
        before = _counted(then)
        now = _counted(_now(data_return, cell)) if cell.source in SOURCES else before
        added, gone = tuple(sorted(now - before)), tuple(sorted(before - now))
        return replace(then, frozen_at=taken_at(data_return), added=added, gone=gone)


def _now(data_return: Return, cell: Cell) -> Records:
    return _records(cell, facts_for([cell], data_return.territory, data_return.year), SOURCES)


def _records(cell: Cell, known, sources) -> Records:
    source = sources[cell.source]
    told = [Record(fact, source.tells(fact)) for fact in at_level(cell, known)]
    count = counted([cell], known, sources).get(cell.key)
    return Records(source, count, [one for one in told if one.counts is not False])


def _counted(records: Records) -> set[str]:
    return {one.fact.reference for one in records.rows if one.counts}


def listed(references: tuple[str, ...]) -> str:
    left = len(references) - NAMED
    return ", ".join(references[:NAMED]) + (f" and {left} more" if left > 0 else "")
