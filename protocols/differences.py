"""What changed between two wordings, word by word: pure, for pages and notices."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

WORDS = re.compile(r"\n|[^\S\n]*\S+|[^\S\n]+")  # a word takes the blank before it along
LINES = re.compile(r"[^\n]*\n|[^\n]+")
BULLET = re.compile(r"(?m)^(\s*)[-*] ")
MOST = 3_000  # words; longer wordings are compared line by line, which grows slower


@dataclass(frozen=True)
class Run:
    """A stretch of text. ``kind``: same, added or removed."""

    kind: str
    text: str


def word_runs(old: str, new: str) -> list[Run]:
    """Removed words stand before the added ones that took their place."""
    before, after = _pieces(old, new)
    runs: list[Run] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            runs += _run("same", after[k:m])
        else:
            runs += _run("removed", before[i:j]) + _run("added", after[k:m])
    return runs


def _pieces(old: str, new: str) -> tuple[list[str], list[str]]:
    old, new = BULLET.sub(r"\1• ", old), BULLET.sub(r"\1• ", new)
    before, after = WORDS.findall(old), WORDS.findall(new)
    if max(len(before), len(after)) > MOST or old == new:
        return LINES.findall(old), LINES.findall(new)
    return before, after


def _run(kind: str, pieces: list[str]) -> list[Run]:
    return [Run(kind, "".join(pieces))] if pieces else []
