"""What changed between two wordings, word by word: pure, for pages and notices."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

WORDS = re.compile(r"\n|[^\S\n]+|[^\s]+")
BULLET = re.compile(r"(?m)^(\s*)[-*] ")


@dataclass(frozen=True)
class Run:
    """A stretch of text. ``kind``: same, added or removed."""

    kind: str
    text: str


def word_runs(old: str, new: str) -> list[Run]:
    """Removed words stand before the added ones that took their place."""
    before, after = _words(old), _words(new)
    runs: list[Run] = []
    for same, i, j, k, m in _stretches(before, after):
        if same:
            runs += _run("same", after[k:m])
        else:
            runs += _run("removed", before[i:j]) + _run("added", after[k:m])
    return runs


def _words(text: str) -> list[str]:
    return WORDS.findall(BULLET.sub(r"\1• ", text))


def _run(kind: str, words: list[str]) -> list[Run]:
    return [Run(kind, "".join(words))] if words else []


def _stretches(before: list[str], after: list[str]) -> list[tuple[bool, int, int, int, int]]:
    """A blank between two changes belongs to the change: one phrase is easier to read than many words."""
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    stretches: list[tuple[bool, int, int, int, int]] = []
    for place, (tag, i, j, k, m) in enumerate(codes):
        inner = 0 < place < len(codes) - 1 and "".join(before[i:j]).isspace() and "\n" not in before[i:j]
        same = tag == "equal" and not inner
        if stretches and not same and not stretches[-1][0]:
            _, start_old, _, start_new, _ = stretches.pop()
            stretches.append((False, start_old, j, start_new, m))
        else:
            stretches.append((same, i, j, k, m))
    return stretches
