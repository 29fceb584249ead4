"""What both readers make of a file: headings, paragraphs, list items, tables and notes, in reading order."""

from dataclasses import dataclass, replace
from itertools import groupby

LONGEST = 250_000  # letters, some 100 pages; London's protocol has 18,000

TOO_LONG = "This file is longer than any protocol. Choose the file that holds only the protocol."


@dataclass(frozen=True)
class Run:
    text: str
    bold: bool = False
    italic: bool = False


Runs = tuple[Run, ...]


@dataclass(frozen=True)
class Title:  # of the whole document
    runs: Runs


@dataclass(frozen=True)
class Heading:
    runs: Runs
    level: int


@dataclass(frozen=True)
class Paragraph:
    runs: Runs
    inside: int = 0  # how many lists it stands in


@dataclass(frozen=True)
class Item:
    runs: Runs
    depth: int = 0
    number: int | None = None  # None is a bullet


@dataclass(frozen=True)
class Table:
    rows: tuple[tuple[Runs, ...], ...]


@dataclass(frozen=True)
class Note:  # foot- or endnote, right behind the block that points to it
    runs: Runs


@dataclass(frozen=True)
class Contents:  # a line of the table of contents
    runs: Runs


Block = Title | Heading | Paragraph | Item | Table | Note | Contents


@dataclass(frozen=True)
class Source:
    """One file, read but not yet understood."""

    blocks: tuple[Block, ...]
    title: str = ""  # from the file's own description
    warnings: tuple[str, ...] = ()


def tidy(runs) -> Runs:
    """Ordinary single spaces, no empty lines, no needless runs: Word cuts a sentence into dozens."""
    letters = [(char, run.bold, run.italic) for run in runs for char in run.text]
    kept: list[tuple[str, bool, bool]] = []
    for char, bold, italic in letters:
        if char.isspace():
            char = "\n" if char == "\n" else " "
            if not kept:
                continue
            if kept[-1][0].isspace():
                if char == "\n":
                    kept[-1] = ("\n", False, False)
                continue
        kept.append((char, bold, italic))
    if kept and kept[-1][0].isspace():
        kept.pop()
    return tuple(
        Run("".join(char for char, *_ in group), *form)
        for form, group in groupby(kept, key=lambda letter: letter[1:])
    )


def text_of(runs: Runs) -> str:
    return "".join(run.text for run in runs)


def split_lines(runs: Runs) -> list[Runs]:
    lines: list[list[Run]] = [[]]
    for run in runs:
        first, *others = run.text.split("\n")
        lines[-1].append(Run(first, run.bold, run.italic))
        lines += [[Run(text, run.bold, run.italic)] for text in others]
    return [line for line in map(tidy, lines) if line]


def cut(runs: Runs, length: int) -> Runs:
    """Without the first letters."""
    kept = []
    for run in runs:
        kept.append(Run(run.text[length:], run.bold, run.italic))
        length = max(0, length - len(run.text))
    return tidy(kept)


def lines_of(block: Block) -> list[str]:
    """The block as a reader sees it, without marks."""
    if isinstance(block, Table):
        rows = (" ".join(text_of(cell).replace("\n", " ") for cell in row).strip() for row in block.rows)
        return [row for row in rows if row]
    return text_of(block.runs).split("\n")


def is_empty(block: Block) -> bool:
    return not any(line.strip() for line in lines_of(block))


def each_text(block: Block, change) -> Block:
    """The same block with `change` applied to every piece of running text."""
    if isinstance(block, Table):
        return Table(tuple(tuple(change(cell) for cell in row) for row in block.rows))
    return replace(block, runs=change(block.runs))
