"""A borough's returns over the years: each figure a line, broken where what it counts changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from boards.models import Territory
from data_returns.comparing import break_of
from data_returns.form import Cell, Form, Question
from data_returns.models import Edition, Rendition, Return
from data_returns.release.cells import Cells, exact
from data_returns.years import in_words

SHOWN = 10  # years
ABSENT = "no return"


@dataclass(frozen=True)
class Year:
    """What one year's return says, exactly or as released."""

    year: int
    form: Form
    cells: Cells

    @property
    def label(self) -> str:
        return in_words(self.year)


@dataclass(frozen=True)
class Point:
    """``value``: a number, a symbol (hidden, not known, not applicable), or ABSENT without a return or the question.

    ``breaks``: why the line does not go on from the year before, in words.
    """

    year: int
    value: int | str
    breaks: str = ""

    @property
    def is_number(self) -> bool:
        return isinstance(self.value, int)


@dataclass(frozen=True)
class Series:
    key: str
    label: str
    level: int | None
    points: tuple[Point, ...]

    def stretches(self) -> list[list[Point]]:
        """Runs of numbers that may be compared with each other."""
        found: list[list[Point]] = [[]]
        for point in self.points:
            if not point.is_number or point.breaks:
                found.append([])
            if point.is_number:
                found[-1].append(point)
        return [run for run in found if run]

    @property
    def last_stretch(self) -> list[Point]:
        """The one that reaches the newest year; empty when that year has no number."""
        runs = self.stretches()
        return runs[-1] if runs and runs[-1][-1] == self.points[-1] else []

    @property
    def change(self) -> int | None:
        run = self.last_stretch
        return run[-1].value - run[0].value if len(run) > 1 else None


@dataclass(frozen=True)
class Trend:
    """One question of the newest form over all years that are shown, gaps among them."""

    question: Question
    series: tuple[Series, ...]

    def highest(self, level: int | None) -> int:
        """Of the scale that the figures of one level share: levels differ by the hundred."""
        alike = (s for s in self.series if s.level == level)
        return max((p.value for s in alike for p in s.points if p.is_number), default=0)

    @property
    def breaks(self) -> list[tuple[int, str]]:
        """Each once, by year."""
        return sorted({(p.year, p.breaks) for s in self.series for p in s.points if p.breaks})

    @property
    def finding(self) -> str:
        return finding(self.series)


def finding(series: Iterable[Series]) -> str:
    """The largest change within years that may be compared, in words."""
    found = [s for s in series if s.change is not None]
    if not found:
        return "There are no two years that can be compared"
    most = max(found, key=lambda s: abs(s.change))
    first, last = most.last_stretch[0], most.last_stretch[-1]
    since = f"{in_words(first.year)} and {in_words(last.year)}"
    if not most.change:
        return f"Nothing differs between {since}"
    verb = "rose" if most.change > 0 else "fell"
    return f"{most.label} {verb} from {first.value:,} to {last.value:,} between {since}"


def trends(years: Iterable[Year]) -> list[Trend]:
    """In the order of the newest form; nothing without a year."""
    known = {year.year: year for year in years}
    if not known:
        return []
    newest = known[max(known)]
    shown = range(max(min(known), newest.year - SHOWN + 1), newest.year + 1)
    return [
        Trend(question, tuple(_series(cell, known, shown) for cell in question.cells))
        for question in newest.form.questions
        if question.cells
    ]


def _series(cell: Cell, known: Mapping[int, Year], shown: range) -> Series:
    points = tuple(_point(cell.key, year, known) for year in shown)
    return Series(cell.key, cell.label, cell.level, points)


def _point(key: str, year: int, known: Mapping[int, Year]) -> Point:
    there = known.get(year)
    if there is None or key not in there.form.cells:
        return Point(year, ABSENT)
    before = known.get(year - 1)
    breaks = break_of(key, there.form, before.form) if before else ""
    return Point(year, there.cells.get(key, Rendition.NOT_KNOWN), breaks)


# -- What a person may read of the years --


def exact_years(user, borough: Territory) -> list[Year]:
    """Signed returns that are open to the person, the newest version of each year."""
    found = Return.objects.for_user(user).filter(territory=borough).signed()
    found = found.defer("evidence").prefetch_related("figures").order_by("year", "number")
    newest = {data_return.year: data_return for data_return in found}
    return [Year(r.year, r.form, exact(r)) for r in newest.values()]


def released_years(user, borough: Territory) -> list[Year]:
    found = Rendition.objects.for_user(user).filter(about=borough).newest().order_by("year")
    forms = {e.slug: e.form for e in Edition.objects.published().filter(territory=borough.parent_id)}
    return [Year(r.year, forms[r.edition], r.cells) for r in found]
