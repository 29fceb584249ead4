"""Names of what a form asks for: made once, kept through every change of words, never given to something else."""

import re
from collections.abc import Iterable, Mapping, Sequence

from data_returns.form import OWN, Form

LONGEST = 15  # letters of one part of a name: "q12_l3_veryhigh"
BASE, CHECK = re.compile(r"q(\d+)$"), re.compile(rf"{OWN}(\d+)$")


def next_base(contents: Iterable[Mapping]) -> str:
    """One that none of these forms has or had: figures of two questions must never be taken for the same."""
    forms = list(contents)
    there = (question.base for content in forms for question in Form.read(content).questions)
    return f"q{_next(BASE, [*there, *(content.get('last_base', '') for content in forms)])}"


def next_check(content: Mapping) -> str:
    """A code that no other cross-check of the form has or had: people refer to one by it."""
    there = [relation["code"] for relation in content["relations"]]
    return f"{OWN}{_next(CHECK, [*there, content.get('last_check', '')])}"


def _next(pattern: re.Pattern, names: Iterable[str]) -> int:
    return max((int(found[1]) for name in names if (found := pattern.match(name))), default=0) + 1


def named(labels: Sequence[str], before: Mapping[str, str]) -> dict[str, str]:
    """Label by name, in order. ``before``: those there were, by name; what was only reworded keeps its name."""
    names = {label: name for name, label in before.items()}
    left = [name for name, label in before.items() if label not in labels]
    found: dict[str, str] = {}
    reworded = len(labels) == len(before)
    for label in labels:
        name = names.get(label) or (left.pop(0) if reworded and left else "")
        found[name or new_name(label, {*before, *found})] = label
    return found


def new_name(label: str, taken: Iterable[str]) -> str:
    stem = re.sub(r"[^a-z0-9]", "", label.lower())[:LONGEST] or "other"
    taken = set(taken)
    numbered = (stem if n == 1 else f"{stem[: LONGEST - len(str(n))]}{n}" for n in range(1, len(taken) + 3))
    return next(name for name in numbered if name not in taken)
