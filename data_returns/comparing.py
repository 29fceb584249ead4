"""A return beside the year before and the version before it: what changed, and by how much."""

from collections.abc import Iterator
from dataclasses import dataclass

from data_returns.checking import figures_of, seen_by
from data_returns.form import Cell
from data_returns.models import Return


@dataclass(frozen=True)
class Line:
    """One cell; ``revised`` when the version before said something else."""

    question: int
    cell: Cell
    now: int | None
    before: int | None
    revised: bool

    @property
    def label(self) -> str:
        return self.cell.label

    @property
    def change(self) -> int | None:
        return None if None in (self.now, self.before) else self.now - self.before


def lines_of(data_return: Return, user) -> list[Line]:
    """In the order of the form; before is the signed return of the year before, as far as the user sees it."""
    last = figures_of(data_return, data_return.year - 1, user) or {}
    return list(_lines(data_return, last, _version_before(data_return, user)))


def is_first(lines: list[Line]) -> bool:
    return all(line.before is None for line in lines)


def _lines(data_return: Return, last: dict, earlier: dict | None) -> Iterator[Line]:
    said = data_return.said().figures
    for question in data_return.form.questions:
        for cell in question.cells:
            now = said.get(cell.key)
            revised = earlier is not None and earlier.get(cell.key) != now
            yield Line(question.number, cell, now, last.get(cell.key), revised)


def _version_before(data_return: Return, user) -> dict | None:
    same = seen_by(user).filter(territory=data_return.territory_id, year=data_return.year)
    earlier = same.filter(number=data_return.number - 1).first()
    return dict(earlier.said().figures) if earlier else None


def largest_first(lines: list[Line]) -> list[Line]:
    return sorted((line for line in lines if line.change), key=lambda line: -abs(line.change))
