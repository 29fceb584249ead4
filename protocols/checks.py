"""What a person should look at before others read a text: blanks, notes to oneself, what the portal makes itself."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mappa_portal.words import plural
from protocols.outline import Line

BLANK = re.compile(r"(?:\\?_){3,}|…{2,}|\.{6,}")
NOTE = re.compile(r"\b(?:TB[CA]|x{3,})\b", re.IGNORECASE)
SIGNING = re.compile(r"\W*(?:signator(?:y|ies)|signatures?|signed)\b", re.IGNORECASE)
REFERENCE = re.compile(r"\b(?:appendix|annex)[\s.]*(?:\d{1,2}|(?-i:[A-Z]))\b", re.IGNORECASE)


@dataclass(frozen=True)
class Concern:
    line: Line
    message: str


def concerns(lines: Sequence[Line]) -> list[Concern]:
    """None of them stops anybody: a form may have blanks."""
    names = {_plain(match[0]) for line in lines if (match := REFERENCE.match(line.clause.heading))}
    return [Concern(line, f"{line.name} {said}") for line in lines for said in _said(line, names)]


def _said(line: Line, appendices: set[str]) -> Iterator[str]:
    text = f"{line.clause.heading}\n{line.clause.body}"
    if SIGNING.match(line.clause.heading):
        yield "looks like a signature block: the portal makes its own signature page, so remove it"
    if blanks := len(BLANK.findall(text)):
        yield f"has {plural(blanks, 'blank')} (_____)"
    for note in dict.fromkeys(NOTE.findall(text)):
        yield f"still says “{note}”"
    for reference in dict.fromkeys(REFERENCE.findall(line.clause.body)):
        if _plain(reference) not in appendices:
            yield f"refers to “{reference}”, but no clause has this heading"


def _plain(reference: str) -> str:
    return "".join(re.findall(r"\w", reference.casefold()))
