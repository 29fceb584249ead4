"""From blocks to a protocol: title, cover lines, contents, clause tree."""

import re
import textwrap
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from protocols.importer.blocks import (
    Block,
    Contents,
    Heading,
    Item,
    Note,
    Paragraph,
    Run,
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
LONGEST_COVER = 300  # words
BULLET = re.compile(r"[•·▪◦‣●○–-]\s+(?=\S)")
NUMBERED = re.compile(r"(\d{1,3})[.)]\s+(?=\S)")
PREAMBLE = "Preamble"

NO_TEXT = "This file has no text. Choose the file that holds the protocol."
NO_HEADINGS = (
    "The file has no headings, so its whole text is one clause. Divide it, or use heading styles in Word."
)
NO_MERGE_FIELD = (
    "The file does not say where the borough's name goes, so every borough would get the same text. "
    f"Write {MERGE_FIELD} in the places for the name."
)
PREAMBLE_ADDED = f"Text before the first heading became the clause “{PREAMBLE}”. Check that it belongs there."
OWN_NUMBERS = (
    "Headings in the file carry their own numbers. Clauses are numbered already: take the numbers out."
)


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


Part = tuple[Heading, list[Block]]


def build(source: Source, fallback_title: str) -> ImportedProtocol:
    blocks = mark_contents([_short(block) for block in source.blocks])
    if not any(isinstance(block, Heading) for block in blocks):
        blocks = guess_headings(blocks)
    start = first_heading(blocks)
    warnings = list(source.warnings)
    if start is None:
        warnings.append(NO_HEADINGS)
        front = [block for block in blocks if isinstance(block, Title)]
        title = _title(front or blocks[:1], source.title or fallback_title)
        parts = [(Heading((Run(title),), 1), [block for block in blocks if not isinstance(block, Title)])]
    else:
        front = blocks[:start]
        title = _title(front, source.title or fallback_title)
        front, preamble = _divide(front)
        parts = _parts(promote(blocks[start:], entries(blocks)))
        if preamble:
            warnings.append(PREAMBLE_ADDED)
            parts.insert(0, (Heading((Run(PREAMBLE),), 1), preamble))
    left_out = front + [block for _, text in parts for block in text if isinstance(block, Contents)]
    return _protocol(title, parts, left_out, warnings)


def _short(block: Block) -> Block:
    """A heading that long is a paragraph in the wrong style."""
    if isinstance(block, Heading) and len(text_of(block.runs)) > LONGEST_HEADING:
        return Paragraph(block.runs)
    return block


def _title(front: list[Block], otherwise: str) -> str:
    named = [block for block in front if isinstance(block, Title | Heading) or is_loud(block, words=30)]
    lines = [_one_line(block) for block in named] or [otherwise]
    title = next((line for line in lines if "protocol" in line.casefold()), lines[0])
    return textwrap.shorten(fill_in(title), LONGEST_TITLE, placeholder="…")


def _divide(front: list[Block]) -> tuple[list[Block], list[Block]]:
    """Cover lines, and sentences that somebody wrote before the first heading."""
    apart = (Title, Heading, Contents)
    too_long = (
        sum(_words(_one_line(block)) for block in front if not isinstance(block, apart)) > LONGEST_COVER
    )
    cover: list[Block] = []
    preamble: list[Block] = []
    reading = False
    for block in front:
        reading = not isinstance(block, apart) and (reading or too_long or is_prose(block))
        (preamble if reading else cover).append(block)
    return cover, preamble


def _parts(blocks: list[Block]) -> list[Part]:
    parts: list[Part] = []
    for block in blocks:
        if isinstance(block, Heading):
            parts.append((block, []))
        else:
            parts[-1][1].append(block)
    return parts


def _protocol(title: str, parts: list[Part], left_out: list[Block], warnings: list[str]) -> ImportedProtocol:
    headings = [fill_in(_one_line(heading)) for heading, _ in parts]
    texts = [_finish(blocks) for _, blocks in parts]
    words = sum(map(_words, headings)) + sum(
        _words(line) for text in texts for b in text for line in lines_of(b)
    )
    depths = _depths(heading.level for heading, _ in parts)
    clauses = tuple(map(ImportedClause, depths, headings, map(to_markdown, texts)))
    merge_fields = sum((clause.heading + clause.body).count(MERGE_FIELD) for clause in clauses)
    if not any(texts) and len(clauses) < 2:
        raise ValidationError(NO_TEXT, code="empty")
    if not merge_fields and MERGE_FIELD not in title:
        warnings.append(NO_MERGE_FIELD)
    if sum(bool(ORDINAL.match(heading)) for heading in headings) > 1:
        warnings.append(OWN_NUMBERS)
    return ImportedProtocol(
        title, clauses, tuple(map(_one_line, left_out)), words, merge_fields, tuple(warnings)
    )


def _depths(levels) -> list[int]:
    """The first is 1, and nobody is more than one deeper than the one before."""
    above: list[int] = []
    depths = []
    for level in levels:
        while above and above[-1] >= level:
            above.pop()
        above.append(level)
        depths.append(len(above))
    return depths


def _finish(blocks: list[Block]) -> list[Block]:
    """The text of one clause: merge fields in, typed bullets as lists, notes at the end."""
    text = [block for block in blocks if not isinstance(block, Contents)]
    text.sort(key=lambda block: isinstance(block, Note))
    return [each_text(part, fill_in_runs) for block in text for part in _typed_list(block)]


def _typed_list(block: Block) -> list[Block]:
    """Somebody typed the bullets or the numbers."""
    if not isinstance(block, Paragraph) or block.inside:
        return [block]
    lines = split_lines(block.runs)
    for mark in (BULLET, NUMBERED):
        found = [mark.match(text_of(line)) for line in lines]
        if all(found):
            return [Item(cut(line, match.end()), 0, int(match[1]) if match.groups() else None)
                    for line, match in zip(lines, found, strict=True)]  # fmt: skip
    return [block]


def _one_line(block: Block) -> str:
    return " ".join(lines_of(block))


def _words(line: str) -> int:
    return sum(any(map(str.isalnum, word)) for word in line.split())
