"""Telling a table of contents from the text it lists."""

import re

from protocols.importer.blocks import Block, Contents, Heading, Item, Paragraph, Run, Table, lines_of, text_of

ORDINAL = re.compile(r"\s*(\d{1,2}(?:\.\d{1,2}){0,3})[.):]?\s+(?=\S)")
PAGE_NUMBER = re.compile(r"[\s.…_]{1,200}\d{1,3}$")
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


def is_prose(block: Block) -> bool:
    """A sentence, where a cover has names, dates and slogans."""
    if not isinstance(block, Paragraph | Item):
        return False
    lines = ((line.split(), line.rstrip("”’\"')")) for line in lines_of(block))
    return any(
        len(words) >= 25 or (len(words) >= 8 and line.endswith((".", "!", "?"))) for words, line in lines
    )


def mark_contents(blocks: list[Block]) -> list[Block]:
    """The same blocks, those of a table of contents turned into `Contents`."""
    names = _Names(blocks)
    marked: list[Block] = []
    while len(marked) < len(blocks):
        at = len(marked)
        for block in blocks[at : at + _length(blocks, names, at)]:
            marked.append(Contents((Run("\n".join(lines_of(block))),)))
        if len(marked) == at:
            marked.append(blocks[at])
    return marked


class _Names:
    """What entries may name: headings, or the lines that stand for them where there are none."""

    def __init__(self, blocks: list[Block]):
        styled = any(isinstance(block, Heading) for block in blocks)
        self._last = {
            plain(text_of(block.runs)): at
            for at, block in enumerate(blocks)
            if isinstance(block, Heading) or (not styled and _may_be_heading(block))
        }
        self._last.pop("", None)

    def come_after(self, at: int, line: str) -> bool:
        return self._last.get(plain(PAGE_NUMBER.sub("", line)), -1) > at

    def mentioned(self, at: int, text: str) -> int:
        words = " ".join(["", *re.findall(r"\w+", text.casefold()), ""])
        return sum(f" {name} " in words for name, last in self._last.items() if last > at)


def _may_be_heading(block: Block) -> bool:
    return is_loud(block) or (isinstance(block, Paragraph) and bool(ORDINAL.match(text_of(block.runs))))


def _length(blocks: list[Block], names: _Names, at: int) -> int:
    """How many blocks from here on are a table of contents."""
    block = blocks[at]
    if isinstance(block, Table) and _lists_most(block, names, at):
        return int(_has_pages(block) or not any(map(is_prose, blocks[:at])))
    text = "\n".join(lines_of(block))
    opening = OPENING.match(text)
    if not opening:
        return 0
    if text[opening.end() :].strip():
        return int(not isinstance(block, Heading) and names.mentioned(at, text) >= 2)
    end = at + 1
    while end < len(blocks) and _is_entry(blocks[end], names, end):
        end += 1
    return end - at if end > at + 1 else 0


def _has_pages(table: Table) -> bool:
    return sum(bool(PAGE_NUMBER.search(line)) for line in lines_of(table)) * 2 >= len(table.rows)


def _lists_most(table: Table, names: _Names, at: int) -> bool:
    cells = [line for row in table.rows for cell in row for line in text_of(cell).split("\n")]
    cells = [cell for cell in cells if re.search(r"[^\W\d]", cell)]
    listed = [plain(cell) for cell in cells if names.come_after(at, cell)]
    return len(set(listed)) >= 2 and len(listed) * 2 >= len(cells)


def _is_entry(block: Block, names: _Names, at: int) -> bool:
    if isinstance(block, Heading):
        return False
    if isinstance(block, Table):
        return _lists_most(block, names, at)
    if plain(text_of(block.runs)) in ("page", "page number"):
        return True
    return all(
        names.come_after(at, line) or (PAGE_NUMBER.search(line) and len(line.split()) <= 15)
        for line in lines_of(block)
    )


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
