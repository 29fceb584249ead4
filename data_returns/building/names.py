"""Names of what a form asks for: made once, kept through every change of words, never given to something else."""

import re
from collections.abc import Iterable, Mapping, Sequence

LONGEST = 15  # letters of one part of a name: "q12_l3_veryhigh"
BASE = re.compile(r"q(\d+)(?:_|$)")


def keys_of(question: Mapping) -> list[str]:
    own = [question["choice"]["key"]] if question.get("choice") else []
    return [*(c["key"] for c in question.get("cells", ())), *(t["key"] for t in question["texts"]), *own]


def base_of(question: Mapping) -> str:
    """What the names of a question begin with."""
    return BASE.match(keys_of(question)[0])[0].rstrip("_")


def next_base(contents: Iterable[Mapping]) -> str:
    """One that none of these forms has: figures of two questions must never be taken for the same."""
    keys = (key for content in contents for question in content["questions"] for key in keys_of(question))
    return f"q{max((int(BASE.match(key)[1]) for key in keys), default=0) + 1}"


def named(labels: Sequence[str], before: Mapping[str, str]) -> dict[str, str]:
    """Label by name, in order. ``before``: those there were, by name; what was only reworded keeps its name."""
    names = {label: name for name, label in before.items()}
    left = [name for name, label in before.items() if label not in labels]
    found: dict[str, str] = {}
    reworded = len(labels) == len(before)
    for label in labels:
        name = names.get(label) or (left.pop(0) if reworded and left else "")
        found[name or _new(label, {*before, *found})] = label
    return found


def _new(label: str, taken: set[str]) -> str:
    stem = re.sub(r"[^a-z0-9]", "", label.lower())[:LONGEST] or "other"
    numbered = (stem if n == 1 else f"{stem[: LONGEST - 2]}{n}" for n in range(1, 100))
    return next(name for name in numbered if name not in taken)
