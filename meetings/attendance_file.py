"""Reading an attendance file (contracts section 3): every fault with its line, column and what is expected."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from boards.agencies import AGENCY_TYPES
from boards.dates import iso_date
from meetings.models import Meeting, Mode

COLUMNS = (
    "meeting borough held_on level status case birth_date agency invited stood_down attended mode grade report"
    " explained"
).split()
REFERENCE_MAX = 40
FAULTS_MAX = 1_000  # more are not read by anybody


@dataclass(frozen=True)
class Fault:
    line: int
    column: str
    message: str

    def __str__(self):
        return f"line {self.line}, {self.column}: {self.message}"


class FileRefused(ValidationError):
    """Nothing was written; ``faults`` says all that is wrong."""

    def __init__(self, faults: list[Fault]):
        self.faults = faults
        super().__init__([str(fault) for fault in faults])


class Row(NamedTuple):
    line: int
    meeting: str
    borough: str
    held_on: date
    level: int
    status: str
    case: str
    birth_date: date | None
    agency: str
    invited: bool
    stood_down: bool
    attended: bool | None
    mode: str
    grade: int | None
    report: bool
    explained: bool | None


class Expected(ValueError):
    """What a cell should have been."""


def _one_of(values: dict[str, Any]) -> Callable[[str], Any]:
    names = [name or "empty" for name in values]
    expected = f"must be {', '.join(names[:-1])} or {names[-1]}"

    def read(cell: str):
        try:
            return values[cell]
        except KeyError:
            raise Expected(expected) from None

    return read


def _day(cell: str) -> date:
    try:
        return iso_date(cell)
    except ValueError:
        raise Expected("must be a date, like 2026-01-31") from None


def _day_or_nothing(cell: str) -> date | None:
    return _day(cell) if cell else None


def _reference(cell: str) -> str:
    if not cell or len(cell) > REFERENCE_MAX or not cell.isprintable():
        raise Expected(f"must be a reference of 1 to {REFERENCE_MAX} characters")
    return cell


def _slug(cell: str) -> str:
    if not cell:
        raise Expected("must be the short name of a borough, like camden")
    return cell


def _agency(cell: str) -> str:
    code, at, borough = cell.partition("@")
    if code not in AGENCY_TYPES or bool(at) != bool(borough):
        raise Expected(f"must be one of {', '.join(AGENCY_TYPES)}, or of another borough like CSC@islington")
    return cell


YES_NO = _one_of({"yes": True, "no": False})
YES_NO_EMPTY = _one_of({"yes": True, "no": False, "": None})
READERS: dict[str, Callable[[str], Any]] = {
    "meeting": _reference,
    "borough": _slug,
    "held_on": _day,
    "level": _one_of({"2": 2, "3": 3}),
    "status": _one_of({s: s for s in Meeting.Status.values if s != Meeting.Status.SCHEDULED}),
    "case": _reference,
    "birth_date": _day_or_nothing,
    "agency": _agency,
    "invited": YES_NO,
    "stood_down": YES_NO,
    "attended": YES_NO_EMPTY,
    "mode": _one_of({m: m for m in Mode.values} | {"": ""}),
    "grade": _one_of({"1": 1, "2": 2, "3": 3, "4": 4, "": None}),
    "report": YES_NO,
    "explained": YES_NO_EMPTY,
}


def read(data: bytes) -> list[Row]:
    """All rows, or FileRefused with every fault."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileRefused([Fault(line, "file", "must be saved as UTF-8")]) from None
    faults: list[Fault] = []
    rows = list(_rows(text, faults))
    faults += _disagreements(rows)
    if not rows and not faults:
        faults.append(Fault(2, "file", "must have at least one row below the header"))
    if faults:
        raise FileRefused(sorted(faults, key=lambda f: f.line)[:FAULTS_MAX])
    return rows


def _rows(text: str, faults: list[Fault]) -> Iterator[Row]:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns = [Column(name) for name in COLUMNS]
    try:
        if next(lines, None) != COLUMNS:
            faults.append(Fault(1, "header", f"must be exactly {','.join(COLUMNS)}"))
            return
        for cells in lines:
            if not cells:
                continue
            if len(cells) != len(COLUMNS):
                said = f"must have {len(COLUMNS)} cells, not {len(cells)}"
                faults.append(Fault(lines.line_num, "row", said))
                continue
            try:
                yield Row(lines.line_num, *[column[cell] for column, cell in zip(columns, cells)])  # noqa: B905
            except Expected:
                faults += _faults(lines.line_num, columns, cells)
    except csv.Error as error:
        faults.append(Fault(lines.line_num, "file", f"must be CSV with cells in double quotes ({error})"))


class Column(dict):
    """What its cells say: most repeat, and each is read once."""

    def __init__(self, name: str):
        self.name, self.read = name, READERS[name]

    def __missing__(self, cell: str):
        self[cell] = value = self.read(cell)
        return value


def _faults(line: int, columns: list[Column], cells: list[str]) -> Iterator[Fault]:
    for column, cell in zip(columns, cells, strict=True):
        try:
            column[cell]
        except Expected as expected:
            yield Fault(line, column.name, str(expected))


OF_MEETING = "borough", "held_on", "level", "status"
meeting_of = attrgetter(*OF_MEETING)


def _disagreements(rows: list[Row]) -> Iterator[Fault]:
    """Rows of a meeting agree on borough, date, level and status; those of a case on its birth date."""
    meetings: dict[str, Row] = {}
    cases: dict[tuple[str, str], Row] = {}
    for row in rows:
        if row.birth_date and row.birth_date > row.held_on:
            yield Fault(row.line, "birth_date", "must be before the meeting")
        first = meetings.setdefault(row.meeting, row)
        if meeting_of(first) != meeting_of(row):
            for column in OF_MEETING:
                yield from _same(first, row, column, f"meeting {row.meeting}")
        first = cases.setdefault((row.borough, row.case), row)
        yield from _same(first, row, "birth_date", f"case {row.case}")


def _same(first: Row, row: Row, column: str, whose: str) -> Iterator[Fault]:
    if getattr(first, column) != getattr(row, column):
        stands = getattr(first, column) or "empty"
        if column == "birth_date":  # not repeated: error lists are kept and sent around
            stands = "the same"
        yield Fault(row.line, column, f"must be {stands} as in line {first.line} for {whose}")
