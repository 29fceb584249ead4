"""Blocks to limited Markdown. It is read back as it is written: what came out otherwise is escaped more."""

import re

from markdown_it import MarkdownIt

from protocols.importer.blocks import Block, Item, Paragraph, Run, Runs, Table, split_lines, text_of

MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")  # as the pages do

BREAK = "  \n"
LINE_START = re.compile(r"(?:#{1,6}(?=\s|$)|[-+](?=\s|$)|>|~~~|=+$|[-|:][-|:\s]*$|_[_\s]{2,}$)")
NUMBER_START = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
SPECIAL = re.compile(
    r"`|(?<!\s)\*|\*(?!\s)|<(?=[a-zA-Z/!?])|&(?=#?\w+;)|\\(?=[!-/:-@\[-`{-~]|$)|\[(?=[^\]]{0,200}\][(\[:])"
)
ANY_SPECIAL = re.compile(r"[\\`*_\[\]<>&#~!=]")


def to_markdown(blocks: list[Block]) -> str:
    written = ""
    lists = _Lists()
    for block in blocks:
        if isinstance(block, Item):
            gap, text = lists.item(block)
        else:
            gap, text = "\n\n", lists.beside(block)
        written += gap + text if written else text
    return written


class _Lists:
    """Where we are in nested lists; Word's own level numbers may start anywhere and jump."""

    def __init__(self):
        self.open: list[tuple[int, int | None, str]] = []  # Word's depth, number, delimiter
        self.tight = False

    def item(self, item: Item) -> tuple[str, str]:
        goes_on = self._step_to(item)
        gap = (
            "\n" if self.tight and (goes_on or (len(self.open) > 1 and item.number in (None, 1))) else "\n\n"
        )
        self.tight = True
        _, number, delimiter = self.open[-1]
        marker = "- " if number is None else f"{number}{delimiter} "
        indent = " " * self._indent(len(self.open) - 1)
        return gap, indent + marker + _lines(item.runs, " " * len(indent + marker))

    def _step_to(self, item: Item) -> bool:
        before = None  # the item that this one stands beside
        while self.open and self.open[-1][0] >= item.depth:
            before = self.open.pop()
        _, last, delimiter = before or (0, None, ".")
        goes_on = before is not None and (last is None) == (item.number is None)
        if goes_on and item.number is not None and item.number != last + 1:
            goes_on, delimiter = (False, ")" if delimiter == "." else ".")  # the only way to begin anew at 1
        self.open.append((item.depth, item.number, delimiter))
        return goes_on

    def _indent(self, levels: int) -> int:
        return sum(
            2 if number is None else max(4, len(str(number)) + 2) for _, number, _ in self.open[:levels]
        )

    def beside(self, block: Block) -> str:
        self.tight = False
        inside = min(block.inside, len(self.open)) if isinstance(block, Paragraph) else 0
        self.open = self.open[:inside]
        indent = " " * self._indent(inside)
        if isinstance(block, Table):
            return _table(block)
        return indent + _lines(block.runs, indent)


def _lines(runs: Runs, indent: str = "") -> str:
    lines = split_lines(runs)
    plain = "\n".join(text_of(line) for line in lines)
    for escape in (_escape, _escape_all):
        for marked in (True, False):
            written = BREAK.join(_line(line, escape, marked) for line in lines)
            if read_back(written) == plain:
                return written.replace("\n", "\n" + indent)
    return written.replace("\n", "\n" + indent)


def _line(runs: Runs, escape, marked: bool) -> str:
    plain = text_of(runs)
    written = "".join(_mark(run, escape) for run in runs) if marked else escape(plain)
    if LINE_START.match(plain) and written[0] == plain[0]:
        return "\\" + written
    return NUMBER_START.sub(r"\1\\\2", written)


def _escape(text: str) -> str:
    return SPECIAL.sub(r"\\\g<0>", text)


def _escape_all(text: str) -> str:
    return ANY_SPECIAL.sub(r"\\\g<0>", text)


def _mark(run: Run, escape) -> str:
    mark = "**" * run.bold + "*" * run.italic
    core = run.text.strip()
    if not core or not mark:
        return escape(run.text)
    before, _, after = run.text.partition(core)
    return before + mark + escape(core) + mark + after


def read_back(markdown: str) -> str | None:
    """The text of one paragraph, None if Markdown would see anything else in it."""
    tokens = MARKDOWN.parse(markdown)
    if [token.type for token in tokens] != ["paragraph_open", "inline", "paragraph_close"]:
        return None
    return "".join(
        "\n" if token.type in ("softbreak", "hardbreak") else token.content
        for token in tokens[1].children or ()
    )


def _table(table: Table) -> str:
    width = max(len(row) for row in table.rows)
    rows = [row + ((),) * (width - len(row)) for row in table.rows]
    if width == 1 or any("\n" in text_of(cell) for row in rows for cell in row):
        return "\n".join(_row_as_item(row) for row in rows if any(row))
    head, *others = (f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows)
    return "\n".join([head, "|" + " --- |" * width, *others])


def _cell(runs: Runs) -> str:
    return _lines(runs).replace("|", r"\|") if runs else ""


def _row_as_item(cells: tuple[Runs, ...]) -> str:
    return "- " + (BREAK + "  ").join(_lines(cell, "  ") for cell in cells if cell)
