"""Where the clauses begin: past the cover, and also where nobody used a heading style."""

import re
from itertools import pairwise

from protocols.importer.blocks import Block, Contents, Heading, Item, Paragraph, Title, text_of
from protocols.importer.contents import ORDINAL, announces, entries, is_loud, is_prose, plain

APPENDIX = re.compile(r"\s*(?:appendix|annex|schedule)\s*(?:\d{1,2}|[A-Z])\b", re.IGNORECASE)
DEEPEST = 9


def first_heading(blocks: list[Block]) -> int | None:
    """Of the text; headings on the cover are titles."""
    places = [at for at, block in enumerate(blocks) if isinstance(block, Heading)]
    if not places:
        return None
    listed, top = entries(blocks), _only_top(blocks, places)
    listing = _listing(blocks, places)
    for at, following in pairwise(places):
        text = text_of(blocks[at].runs)
        prose = any(is_prose(block) for block in blocks[at + 1 : following])
        on_cover = at < listing and not prose and not announces(listed, text)
        above_all = top is not None and len(places) > 2 and at <= top and _same_title(blocks, at, top)
        if ORDINAL.match(text) or not (on_cover or above_all):
            return at
    return places[-1]


def _listing(blocks: list[Block], places: list[int]) -> int:
    """Where the contents begin, if most headings come after."""
    at = next((at for at, block in enumerate(blocks) if isinstance(block, Contents)), -1)
    return at if sum(place > at for place in places) * 2 > len(places) else -1


def _only_top(blocks: list[Block], places: list[int]) -> int | None:
    """The one heading above all others."""
    highest = min(places, key=lambda place: blocks[place].level)
    alone = sum(blocks[place].level == blocks[highest].level for place in places) == 1
    return highest if alone else None


def _same_title(blocks: list[Block], one: int, other: int) -> bool:
    texts = sorted((plain(text_of(blocks[one].runs)), plain(text_of(blocks[other].runs))), key=len)
    return texts[1].startswith(texts[0])


def promote(blocks: list[Block], listed: list[str]) -> list[Block]:
    """Headings without a style: appendices, bold lines that the contents announce, stray titles."""
    top = min(block.level for block in blocks if isinstance(block, Heading))
    known = {plain(text_of(block.runs)) for block in blocks if isinstance(block, Heading)}
    return [Heading(block.runs, top) if _is_unstyled(block, listed, known) else block for block in blocks]


def _is_unstyled(block: Block, listed: list[str], known: set[str]) -> bool:
    if isinstance(block, Title):
        return True
    if not isinstance(block, Paragraph) or block.inside:
        return False
    text, loud = text_of(block.runs), is_loud(block, words=20)
    if APPENDIX.match(text) and (loud or len(text.split()) <= 3):
        return True
    return loud and plain(text) not in known and announces(listed, text)


def guess_headings(blocks: list[Block]) -> list[Block]:
    """For a file without heading styles: lines numbered 1, 2, 3 …, and short lines in bold or capitals."""
    levels = _numbered(blocks)
    begin, loud = (min(levels), DEEPEST) if levels else (0, 1)
    for at in range(begin, len(blocks) - 1):
        followed_by_text = at + 1 not in levels and not is_loud(blocks[at + 1])
        if (
            at not in levels
            and isinstance(blocks[at], Paragraph)
            and is_loud(blocks[at])
            and followed_by_text
        ):
            levels[at] = loud
    if len(levels) < 2:
        return blocks
    return [Heading(block.runs, levels[at]) if at in levels else block for at, block in enumerate(blocks)]


def _numbered(blocks: list[Block]) -> dict[int, int]:
    """Level by place, if the chapters count up from 1 and most have text of their own."""
    found = {at: ordinal for at, ordinal in enumerate(map(_ordinal, blocks)) if ordinal}
    chapters = [ordinal[0] for ordinal in found.values() if len(ordinal) == 1]
    with_text = sum(at + 1 < len(blocks) and len(found.get(at + 1, (0, 0))) > 1 for at in found)
    if len(chapters) < 2 or chapters != list(range(1, len(chapters) + 1)) or with_text * 2 <= len(found):
        return {}
    return {at: len(ordinal) for at, ordinal in found.items()}


def _ordinal(block: Block) -> tuple[int, ...]:
    if isinstance(block, Item):
        return (block.number,) if block.number and block.depth == 0 and is_loud(block) else ()
    if not isinstance(block, Paragraph) or block.inside:
        return ()
    text = text_of(block.runs)
    match = ORDINAL.match(text)
    if not match or "\n" in text or len(text.split()) > 13 or text[-1] in ".;:,_":
        return ()
    return tuple(map(int, match[1].split(".")))
