"""The form of an edition, read from its data: questions, their cells and texts, and how figures hang together.

A form is data (``editions/*.json`` ship with the portal): areas differ in it, code does not.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from mappa_portal.suppression.attack import LARGEST  # noqa: F401  the limit of a figure
from mappa_portal.words import upper_first

OWN = "C"  # begins the code of a cross-check that an area made


@dataclass(frozen=True)
class Cell:
    """A number that is asked for. ``source`` names the register that it can be counted from."""

    key: str
    label: str
    level: int | None = None
    band: str = ""
    part_of: str = ""
    source: str = ""


@dataclass(frozen=True)
class Text:
    """``needed``: "above zero" or "always" (H6), "wanted above zero" (S3). ``attends``: agency types in it."""

    key: str
    label: str
    needed: str = ""
    attends: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Choice:
    """``reason``: answers that need the comment; ``not_applicable_if_zero``: cells that allow "not applicable" (H7)."""

    key: str
    label: str
    options: tuple[tuple[str, str], ...]
    reason: tuple[str, ...] = ()
    not_applicable_if_zero: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """``basis``: the position on 31 March, or the year. ``caveat`` stands beside its figures everywhere."""

    number: int
    page: str
    text: str
    basis: str = ""
    caveat: str = ""
    cells: tuple[Cell, ...] = ()
    texts: tuple[Text, ...] = ()
    choice: Choice | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Of all that it asks for; a choice may share that of its comment."""
        named = [*self.cells, *self.texts, *([self.choice] if self.choice else [])]
        return tuple(dict.fromkeys(one.key for one in named))

    @property
    def base(self) -> str:
        """What its keys begin with: "q13", wherever the question stands."""
        return self.keys[0].partition("_")[0] if self.keys else ""

    @property
    def whole(self) -> list[Cell]:
        """Without those that are a part of another."""
        return [cell for cell in self.cells if not cell.part_of]

    @property
    def comment(self) -> Text:
        """Where a blank figure is explained (H5)."""
        return self.texts[0]


@dataclass(frozen=True)
class Relation:
    """The sum of ``left`` must equal, or be at most, the sum of ``right``; without a message the form words it."""

    code: str
    left: tuple[str, ...]
    test: str
    right: tuple[str, ...]
    message: str = ""
    level: str = "error"

    def holds(self, left: int, right: int) -> bool:
        return left == right if self.test == "equal" else left <= right

    @property
    def is_own(self) -> bool:
        """Of an area: people refer to it by its code, which says nothing else."""
        return self.code.startswith(OWN)


@dataclass(frozen=True)
class Form:
    slug: str
    title: str
    notes: tuple[str, ...]
    questions: tuple[Question, ...]
    relations: tuple[Relation, ...] = field(default=())

    @classmethod
    def of(cls, data: Mapping) -> "Form":
        """Raises ValueError with the first thing that is wrong."""
        form = cls.read(data)
        form.check()
        return form

    @classmethod
    def read(cls, data: Mapping) -> "Form":
        """Of a draft, too, that does not hang together yet."""
        try:
            return cls(
                data["slug"],
                data["title"],
                tuple(data.get("notes", ())),
                tuple(_question(q) for q in data["questions"]),
                tuple(_relation(r) for r in data.get("relations", ())),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"The form cannot be read: {error}.") from None

    def check(self) -> None:
        keys = [cell.key for cell in self.cells.values()]
        twice = {key for q in self.questions for key in (c.key for c in q.cells) if keys.count(key) > 1}
        if twice or len(self.cells) != sum(len(q.cells) for q in self.questions):
            raise ValueError("Each cell of a form has a key of its own.")
        for relation in self.relations:
            if unknown := {*relation.left, *relation.right} - set(self.cells):
                raise ValueError(
                    f"{relation.code} names cells that the form lacks: {', '.join(sorted(unknown))}."
                )

    @cached_property
    def cells(self) -> dict[str, Cell]:
        return {cell.key: cell for question in self.questions for cell in question.cells}

    @cached_property
    def texts(self) -> dict[str, Text]:
        return {text.key: text for question in self.questions for text in question.texts}

    @cached_property
    def choices(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """What may be answered, by key: a question's own choice, and whether each agency attends."""
        own = {q.choice.key: q.choice.options for q in self.questions if q.choice}
        return own | {text.key: ATTENDS for text in self.texts.values() if text.attends is not None}

    @property
    def hard(self) -> list[Relation]:
        """Those that every signed return keeps to."""
        return [relation for relation in self.relations if relation.level == "error"]

    def question(self, number: int) -> Question | None:
        return next((q for q in self.questions if q.number == number), None)

    def by_question(self, lines: Iterable) -> Iterator[tuple[str, list]]:
        """Lines of a table, in the form's order, under the question that each names by its number."""
        for number, found in itertools.groupby(lines, key=lambda line: line.question):
            yield f"{number}. {self.question(number).text}", list(found)

    def question_of(self, key: str) -> Question:
        return next(q for q in self.questions if key in q.keys)

    def says(self, relation: Relation) -> str:
        """What is wrong when it does not hold, with room for both sums."""
        if relation.message:
            return relation.message
        must = "must equal" if relation.test == "equal" else "must be at most"
        left, right = (_escaped(self.name_of(keys)) for keys in (relation.left, relation.right))
        return f"{upper_first(left)} ({{left}}) {must} {right} ({{right}})"

    def name_of(self, keys: Iterable[str]) -> str:
        """Figures as people find them: "question 2, Level 1 and question 3, all together"."""
        named = {q.number: [c for c in q.cells if c.key in keys] for q in self.questions}
        return " and ".join(
            f"question {number}{_figures(self.question(number), cells)}"
            for number, cells in named.items()
            if cells
        )

    def pages(self) -> dict[str, list[Question]]:
        found: dict[str, list[Question]] = {}
        for question in self.questions:
            found.setdefault(question.page, []).append(question)
        return found


ATTENDS = (("yes", "Attends and takes part"), ("in_part", "In part"), ("no", "Does not attend"))


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _figures(question: Question, cells: list[Cell]) -> str:
    whole = question.whole
    if cells == whole:
        return "" if len(whole) == 1 else ", all together"
    levels = {cell.level for cell in cells}
    if None not in levels and cells == [cell for cell in whole if cell.level in levels]:
        return f", {levels_in_words(sorted(levels))}"
    parts = [cell for cell in question.cells if cell.part_of == cells[0].part_of]
    if cells[0].part_of and cells == parts and len(parts) > 1:
        part_of = next(cell for cell in whole if cell.key == cells[0].part_of)
        return f", the parts of {part_of.label}"
    return f", {' and '.join(cell.label for cell in cells)}"


def levels_in_words(levels: list[int]) -> str:
    """Level 1; Levels 2 and 3; Levels 1, 2 and 3"""
    *most, last = map(str, levels)
    return f"Levels {', '.join(most)} and {last}" if most else f"Level {last}"


def _question(data: Mapping) -> Question:
    named = {name: data[name] for name in ("basis", "caveat") if name in data}
    choice = data.get("choice")
    return Question(
        data["number"],
        data["page"],
        data["text"],
        cells=tuple(Cell(**cell) for cell in data.get("cells", ())),
        texts=tuple(Text(**_listed(text, "attends")) for text in data["texts"]),
        choice=Choice(**_listed(choice, "options", "reason", "not_applicable_if_zero")) if choice else None,
        **named,
    )


def _relation(data: Mapping) -> Relation:
    return Relation(**_listed(data, "left", "right"))


def _listed(data: Mapping, *names: str) -> dict:
    lists = {name: tuple(_tuple(item) for item in data[name]) for name in names if name in data}
    return {**data, **lists}


def _tuple(item):
    return tuple(item) if isinstance(item, list) else item
