"""The cases behind a figure: as they were when the return was signed, beside what would be counted now."""

from dataclasses import dataclass
from datetime import datetime

from data_returns.evidence import facts_of, is_kept, sources_of, taken_at
from data_returns.form import Cell
from data_returns.models import Return
from data_returns.register import SOURCES, Count, Fact, at_level, counted, facts
from data_returns.years import last_day

NAMED = 10  # references in a sentence


@dataclass(frozen=True)
class Record:
    """``counts``: None where the register does not say."""

    fact: Fact
    counts: bool | None


@dataclass(frozen=True)
class Records:
    """``frozen_at``: None while the list is what the register says now; ``added`` and ``gone`` are since then."""

    count: Count | None
    rows: list[Record]
    frozen_at: datetime | None = None
    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @classmethod
    def of(cls, data_return: Return, cell: Cell) -> "Records":
        live = facts(data_return.territory, last_day(data_return.year))
        if not is_kept(data_return):
            return _records(cell, live, SOURCES)
        now = _counted(_records(cell, live, SOURCES))
        then = _records(cell, facts_of(data_return), sources_of(data_return))
        before = _counted(then)
        added, gone = tuple(sorted(now - before)), tuple(sorted(before - now))
        return cls(then.count, then.rows, taken_at(data_return), added, gone)


def _records(cell: Cell, known, sources) -> Records:
    told = [Record(fact, sources[cell.source].tells(fact)) for fact in at_level(cell, known)]
    return Records(
        counted([cell], known, sources).get(cell.key), [one for one in told if one.counts is not False]
    )


def _counted(records: Records) -> set[str]:
    return {one.fact.reference for one in records.rows if one.counts}


def listed(references: tuple[str, ...]) -> str:
    left = len(references) - NAMED
    return ", ".join(references[:NAMED]) + (f" and {left} more" if left > 0 else "")
