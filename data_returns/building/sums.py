"""Sums of figures that a cross-check may compare: one figure, a level, all of a question, or each level in turn."""

from collections.abc import Iterator
from dataclasses import dataclass

from data_returns.form import Form, Question, levels_in_words
from mappa_portal.words import upper_first


@dataclass(frozen=True)
class Sum:
    """``rows``: the figures of one sum; of "each level", one sum for each."""

    name: str
    label: str
    rows: tuple[tuple[str, ...], ...]


def sums_of(form: Form) -> dict[str, list[Sum]]:
    """By question, as a list to choose from shows them."""
    named = {f"{q.number}. {_short(q.text)}": list(_sums(form, q)) for q in form.questions if q.cells}
    return named


def _short(text: str) -> str:
    return text if len(text) < 60 else f"{text[:57].rstrip()}…"


def _sums(form: Form, question: Question) -> Iterator[Sum]:
    whole = question.whole
    by_level = {level: tuple(c.key for c in whole if c.level == level) for level in (1, 2, 3)}
    levels = {level: keys for level, keys in by_level.items() if keys}
    yield _sum(form, tuple(c.key for c in whole))
    if len(levels) > 1:
        label = f"Question {question.number}, each level in turn"
        yield Sum(
            f"{','.join(k for keys in levels.values() for k in keys)};each", label, tuple(levels.values())
        )
        for keys in levels.values():
            yield _sum(form, keys)
        if {2, 3} <= levels.keys():
            label = f"Question {question.number}, {levels_in_words([2, 3])}"
            yield Sum(",".join(levels[2] + levels[3]), label, (levels[2] + levels[3],))
    for cell in question.cells:
        if cell.part_of or cell.band:
            yield _sum(form, (cell.key,))


def _sum(form: Form, keys: tuple[str, ...]) -> Sum:
    return Sum(",".join(keys), upper_first(form.name_of(keys)), (keys,))
