"""From blocks to a protocol: title, cover lines, contents, clause tree."""

import re
import textwrap
from dataclasses import dataclass, replace
from pathlib import PurePath

from django.core.exceptions import ValidationError

from protocols.importer.blocks import (
    Block,
    Contents,
    Heading,
    Item,
    Note,
    Paragraph,
    Source,
    Title,
    cut,
    each_text,
    lines_of,
    split_lines,
    text_of,
)
from protocols.importer.contents import ORDINAL, entries, is_loud, mark_contents
from protocols.importer.headings import first_heading, guess_headings, is_prose, promote
from protocols.importer.merge_fields import fill_in, fill_in_runs
from protocols.importer.prose import to_markdown
from protocols.text import MERGE_FIELD

LONGEST_HEADING = 200
LONGEST_TITLE = 160
APPENDIX = re.compile(
    r"\s*(?:appendix|annex|schedule)\s*(?:\d{1,2}|[A-Z])\b", re.IGNORECASE
)
BULLET = re.compile(r"[•·▪◦‣●○–-]\s+(?=\S)")
NUMBERED = re.compile(r"(\d{1,3})[.)]\s+(?=\S)")
PREAMBLE = "Preamble"

NO_TEXT = "This file has no text. Choose the file that holds the protocol."
NO_HEADINGS = "The file has no headings, so its whole text is one clause. Divide it, or use heading styles in Word."
NO_MERGE_FIELD = (
    "The file does not say where the borough's name goes, so every borough would get the same text. "
    f"Write {MERGE_FIELD} in the places for the name."
)
PREAMBLE_ADDED = f"Text before the first heading became the clause “{PREAMBLE}”. Check that it belongs there."
OWN_NUMBERS = "Headings in the file carry their own numbers. Clauses are numbered already: take the numbers out."


@dataclass(frozen=True)
class ImportedClause:
    depth: int
    heading: str
    body: str  # limited Markdown


@dataclass(frozen=True)
class ImportedProtocol:
    title: str
    clauses: tuple[ImportedClause, ...]
    left_out: tuple[str, ...]  # cover lines and the table of contents
    words: int
    merge_fields: int
    warnings: tuple[str, ...]


@dataclass
class _Part:
    heading: str
    level: int
    blocks: list[Block]


def build(source: Source, fallback_title: str) -> ImportedProtocol:
    blocks = mark_contents([_short(block) for block in source.blocks])
    if not any(isinstance(block, Heading) for block in blocks):
        blocks = guess_headings(blocks)
    start = first_heading(blocks)
    front, text = (
        (blocks[:start], blocks[start:])
        if start is not None
        else _without_titles(blocks)
    )
    title = _title(front, source.title or fallback_title)
    preamble = _preamble(front) if start is not None else []
    parts = [_Part(PREAMBLE, 1, [front[at] for at in preamble])] if preamble else []
    if start is None:
        parts.append(_Part(title, 1, text))
    parts += _parts(promote(text, entries(blocks))) if start is not None else []
    ...
