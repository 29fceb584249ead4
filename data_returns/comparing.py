"""A return beside the year before and the version before it: what changed, by how much, and what cannot be compared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from data_returns.form import Cell, Form
from data_returns.models import Return

BASES = {"position": "the position on 31 March", "year": "the whole reporting year", "": "no day or year"}


def break_of(key: str, now: Form, before: Form) -> str:
    """Why the figures of two forms under one key count different things: a new name or level, question or basis."""
    if key not in before.cells:
        return ""
    old, new = before.cells[key], now.cells[key]
    if _named(old) != _named(new):
        return f"“{_named(old)}” became “{_named(new)}”"
    asked_old, asked_new = before.question_of(key), now.question_of(key)
    if asked_old.text != asked_new.text:
        return f"The question was: {asked_old.text}"
    if asked_old.basis != asked_new.basis:
        return f"It counted {BASES[asked_old.basis]}, and now {BASES[asked_new.basis]}"
    return ""


def _named(cell: Cell) -> str:
    """Labels need not name the level."""
    level = f"Level {cell.level}"
    return cell.label if cell.level is None or level in cell.label else f"{level}, {cell.label}"


@dataclass(frozen=True)
class YearBefore:
    """``figures`` as they were signed; ``breaks``: of those that cannot be compared, why."""

    figures: Mapping[str, int]
    breaks: Mapping[str, str]

    @cached_property
    def comparable(self) -> dict[str, int]:
        return {key: value for key, value in self.figures.items() if key not in self.breaks}


def year_before(data_return: Return, user) -> YearBefore | None:
    """By the newest signed return of it that the user, or None for the system, sees; None without one."""
    signed = seen_by(user).filter(territory=data_return.territory_id, year=data_return.year - 1).signed()
    found = signed.defer("evidence").order_by("-number").first()
    if found is None:
        return None
    why = {key: break_of(key, data_return.form, found.form) for key in data_return.form.cells}
    return YearBefore(dict(found.said().figures), {key: said for key, said in why.items() if said})


def seen_by(user):
    """A board sees what it was given; the system sees all."""
    return Return.objects.for_user(user) if user else Return.objects.all()


# -- All figures of a return --


@dataclass(frozen=True)
class Line:
    """One cell; ``revised`` when the version before said something else; ``breaks``: why years cannot be compared."""

    question: int
    cell: Cell
    now: int | None
    before: int | None
    revised: bool
    breaks: str = ""

    @property
    def label(self) -> str:
        return self.cell.label

    @property
    def change(self) -> int | None:
        return None if self.breaks or None in (self.now, self.before) else self.now - self.before


def lines_of(data_return: Return, user) -> list[Line]:
    """In the order of the form; before is the signed return of the year before, as far as the user sees it."""
    last = year_before(data_return, user) or YearBefore({}, {})
    return list(_lines(data_return, last, _version_before(data_return, user)))


def is_first(lines: list[Line]) -> bool:
    return all(line.before is None for line in lines)


def _lines(data_return: Return, last: YearBefore, earlier: dict | None) -> Iterator[Line]:
    said = data_return.said().figures
    for question in data_return.form.questions:
        for cell in question.cells:
            key, now = cell.key, said.get(cell.key)
            revised = earlier is not None and earlier.get(key) != now
            breaks = last.breaks.get(key, "")
            yield Line(question.number, cell, now, last.figures.get(key), revised, breaks)


def _version_before(data_return: Return, user) -> dict | None:
    same = seen_by(user).filter(territory=data_return.territory_id, year=data_return.year)
    earlier = same.filter(number=data_return.number - 1).defer("evidence").first()
    return dict(earlier.said().figures) if earlier else None


def largest_first(lines: list[Line]) -> list[Line]:
    return sorted((line for line in lines if line.change), key=lambda line: -abs(line.change))


def not_comparable(lines: list[Line]) -> list[Line]:
    """Those with a figure of both years."""
    return [line for line in lines if line.breaks and None not in (line.now, line.before)]
