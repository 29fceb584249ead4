"""What a return says: figures, texts and answers by key; the same from a page, a file or the register."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from data_returns.form import LARGEST, Form

DIGITS = 12  # of a number that is too large in any case, however long it is
WRITTEN = re.compile(r"[0-9]+|[0-9]{1,3}(,[0-9]{3})+")


@dataclass(frozen=True)
class Content:
    """A key without a figure is blank: not known, and never zero. A text without words is not there."""

    figures: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    blanks: Mapping[str, str] = field(
        default_factory=dict
    )  # why a figure has no number, where somebody said so
    reasons: Mapping[str, str] = field(
        default_factory=dict, compare=False
    )  # why one differs from the register

    def sum(self, keys: Iterable[str]) -> int | None:
        """None as soon as one of them is blank: the relation is then not evaluated."""
        found = [self.figures.get(key) for key in keys]
        return None if None in found else sum(found)

    def text(self, key: str) -> str:
        return self.texts.get(key, "").strip()


def whole(value: object) -> int | None:
    """A number as people and spreadsheets write it: 14, 14.0, "1,204"; None for anything else."""
    if isinstance(value, str):
        digits = value.strip().replace(",", "").lstrip("0") or "0"
        return int(digits[:DIGITS]) if WRITTEN.fullmatch(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        return None
    return int(value)


def parse(data: Mapping, form: Form) -> tuple[Content, list[str]]:
    """Of the JSON of contracts.md section 5, with every fault by key. Figures that are no numbers are left out."""
    figures, faults = {}, []
    given = _mapping(data, "figures", faults)
    for key, value in given.items():
        if key not in form.cells:
            faults.append(f"figures.{key}: this form has no such figure.")
        elif isinstance(value, bool) or not isinstance(value, int | None):
            faults.append(f"figures.{key}: must be a whole number, like 14, or null.")
        elif value is not None and not 0 <= value <= LARGEST:
            faults.append(f"figures.{key}: must be a whole number from 0 to {LARGEST}.")
        elif value is not None:
            figures[key] = value
    texts = _texts(_mapping(data, "texts", faults), form, faults)
    answers = _answers(_mapping(data, "answers", faults), form, faults)
    return Content(figures, texts, answers), faults


def _mapping(data: Mapping, name: str, faults: list[str]) -> Mapping:
    found = data.get(name) or {}
    if isinstance(found, Mapping):
        return found
    faults.append(f"{name}: must be an object.")
    return {}


def _texts(given: Mapping, form: Form, faults: list[str]) -> dict[str, str]:
    texts = {}
    for key, value in given.items():
        if key not in form.texts:
            faults.append(f"texts.{key}: this form has no such text.")
        elif not isinstance(value, str | None):
            faults.append(f"texts.{key}: must be text.")
        elif value and value.strip():
            texts[key] = value.strip()
    return texts


def _answers(given: Mapping, form: Form, faults: list[str]) -> dict[str, str]:
    answers = {}
    for key, value in given.items():
        options = {option for option, _ in form.choices.get(key, ())}
        if not options:
            faults.append(f"answers.{key}: this form has no such question.")
        elif value not in (None, "", *options):
            faults.append(f"answers.{key}: must be one of {', '.join(sorted(options))}.")
        elif value:
            answers[key] = value
    return answers


def as_json(content: Content, form: Form) -> dict:
    """Every figure of the form, blank ones as null, and every text that it asks for; others where they are there."""
    asked = {t.key for q in form.questions for t in q.texts if t.needed or not q.cells}
    own = {q.choice.key for q in form.questions if q.choice}
    return {
        "figures": {key: content.figures.get(key) for key in form.cells},
        "texts": {key: content.text(key) for key in form.texts if key in asked or content.text(key)},
        "answers": {
            key: content.answers.get(key) for key in form.choices if key in own or content.answers.get(key)
        },
    }
