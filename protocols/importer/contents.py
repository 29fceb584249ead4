"""Telling a table of contents from the text it lists."""

import re

from protocols.importer.blocks import (
    Block,
    Contents,
    Heading,
    Paragraph,
    Run,
    Table,
    lines_of,
    text_of,
)

ORDINAL = re.compile(r"\s*(\d{1,2}(?:\.\d{1,2}){0,3})[.):]?\s+(?=\S)")
PAGE_NUMBER = re.compile(r"[\s.…_]+\d{1,3}\s*$")
OPENING = re.compile(r"\s*(?:table\s+of\s+)?contents\b(?:\s+page\b)?[\s:.]*", re.IGNORECASE)


def plain(text: str) -> str:
    """Letters and digits only, to compare an entry with its heading."""
    return " ".join(re.findall(r"\w+", ORDINAL.sub("", text, count=1).casefold()))


def is_loud(block: Block, words: int = 12) -> bool:
    """One short line all in bold or in capitals: how people make headings without styles."""
    if not hasattr(block, "runs") or isinstance(block, Contents):
        return False
    text = text_of(block.runs)
    if "\n" in text or not 0 < len(text.split()) <= words or text[-1] in ".;,_":
        return False
    bold = all(run.bold for run in block.runs if run.text.strip())
    return bold or (text.isupper() and sum(map(str.isalpha, text)) > 3)


def mark_contents(blocks: list[Block]) -> list[Block]:
    """The same blocks, those of a table of contents turned into `Contents`."""
    names = [_name(block) for block in blocks]
    marked: list[Block] = []
    while len(marked) < len(blocks):
        at = len(marked)
        length = _length(blocks, names, at)
        marked += [
            line if isinstance(line, Contents) else Contents((Run("\n".join(lines_of(line))),))
            for line in blocks[at : at + length]
        ] or [blocks[at]]
    return marked


def _name(block: Block) -> str:
    listable = isinstance(block, Heading) or is_loud(block) or _is_numbered_line(block)
    return plain(text_of(block.runs)) if listable else ""


def _is_numbered_line(block: Block) -> bool:
    return isinstance(block, Paragraph) and bool(ORDINAL.match(text_of(block.runs)))


def _length(blocks: list[Block], names: list[str], at: int) -> int:
    """How many blocks from here on are a table of contents."""
    block = blocks[at]
    text = "\n".join(lines_of(block))
    opening = OPENING.match(text)
    if isinstance(block, Table):
        return int(_lists_most(block, set(names[at + 1 :])))
    if not opening:
        return 0
    if text[opening.end() :].strip():
        return int(not isinstance(block, Heading) and _mentions(text, names[at + 1 :]) >= 2)
    end = at + 1
    while end < len(blocks) and _is_entry(blocks[end], set(names[end + 1 :])):
        end += 1
    return end - at if end > at + 1 else 0


def _is_entry(block: Block, later: set[str]) -> bool:
    if isinstance(block, Heading):
        return False
    if isinstance(block, Table):
        return _lists_most(block, later)
    return all(
        plain(PAGE_NUMBER.sub("", line)) in later or (PAGE_NUMBER.search(line) and len(line.split()) <= 15)
        for line in lines_of(block)
    ) or plain(text_of(block.runs)) in ("page", "page number")


def _lists_most(table: Table, later: set[str]) -> bool:
    cells = [line for row in table.rows for cell in row for line in text_of(cell).split("\n")]
    words = [plain(PAGE_NUMBER.sub("", cell)) for cell in cells if re.search(r"[^\W\d]", cell)]
    listed = sum(word in later for word in words)
    return listed >= 2 and listed * 2 >= len(words)


def _mentions(text: str, names: list[str]) -> int:
    words = " ".join(["", *re.findall(r"\w+", text.casefold()), ""])
    return sum(f" {name} " in words for name in set(names) if name)


def entries(blocks: list[Block]) -> list[str]:
    """Where entries of the table of contents begin, as far as line breaks and page numbers tell."""
    lines = [line for block in blocks if isinstance(block, Contents) for line in lines_of(block)]
    return [
        plain(entry)
        for line in lines
        for entry in re.split(r"(?:\s+\d{1,3})+(?:\s+|$)", line)
        if entry.strip()
    ]


def announces(entries_found: list[str], heading: str) -> bool:
    """An entry begins with these words, or shares the first three ("MAPPA data return for …")."""
    words = plain(heading).split()
    return any(
        entry.split()[: len(words)] == words or (len(words) > 3 and entry.split()[:3] == words[:3])
        for entry in entries_found
    )
