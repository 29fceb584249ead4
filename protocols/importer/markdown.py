"""Markdown to blocks."""

import re

from django.core.exceptions import ValidationError
from markdown_it import MarkdownIt

from protocols.importer.blocks import (
    LONGEST,
    TOO_LONG,
    Block,
    Heading,
    Item,
    Paragraph,
    Run,
    Runs,
    Source,
    Table,
    is_empty,
    tidy,
)

READER = MarkdownIt("commonmark").enable("table")
FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
FRONT_TITLE = re.compile(r"^title:[ \t]*[\"']?(.*?)[\"']?[ \t]*$", re.MULTILINE | re.IGNORECASE)
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def read_markdown(data: bytes) -> Source:
    text = _decode(data)
    front = FRONT_MATTER.match(text)
    title = FRONT_TITLE.search(front[1]) if front else None
    reader = _Reader()
    reader.read(READER.parse(text[front.end() :] if front else text))
    blocks = tuple(block for block in reader.blocks if not is_empty(block))
    return Source(blocks, title[1] if title else "")


def _decode(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(
            "This text file is not in UTF-8. Save it again with the encoding UTF-8.", code="not_utf8"
        ) from error
    if "\0" in text:
        raise ValidationError("This is not a text file. Choose a .docx or .md file.", code="not_text")
    if len(text) > LONGEST:
        raise ValidationError(TOO_LONG, code="too_long")
    return text.replace("\r\n", "\n").replace("\r", "\n")


class _Reader:
    def __init__(self):
        self.blocks: list[Block] = []
        self._lists: list[int | None] = []  # the number of the next item of each open list, None for bullets
        self._fresh = False  # an item that has no text yet
        self._kind = "paragraph"
        self._level = 0
        self._rows: list[list[Runs]] = []

    def read(self, tokens) -> None:
        for token in tokens:
            getattr(self, "_read_" + token.type, lambda token: None)(token)

    def _read_heading_open(self, token) -> None:
        self._kind, self._level = "heading", int(token.tag[1:])

    def _read_heading_close(self, token) -> None:
        self._kind = "paragraph"

    def _read_bullet_list_open(self, token) -> None:
        self._lists.append(None)

    def _read_ordered_list_open(self, token) -> None:
        start = token.attrGet("start")
        self._lists.append(1 if start is None else int(start))

    def _read_bullet_list_close(self, token) -> None:
        self._lists.pop()

    _read_ordered_list_close = _read_bullet_list_close

    def _read_list_item_open(self, token) -> None:
        self._fresh = True

    def _read_list_item_close(self, token) -> None:
        self._fresh = False

    def _read_table_open(self, token) -> None:
        self._kind, self._rows = "table", []

    def _read_table_close(self, token) -> None:
        self._kind = "paragraph"
        self.blocks.append(Table(tuple(map(tuple, self._rows))))

    def _read_tr_open(self, token) -> None:
        self._rows.append([])

    def _read_inline(self, token) -> None:
        runs = tidy(_runs(token.children or ()))
        if self._kind == "table":
            self._rows[-1].append(runs)
        elif self._kind == "heading" and not self._lists:
            self.blocks.append(Heading(runs, self._level))
        else:
            self._add(runs)

    def _read_fence(self, token) -> None:
        self._add(tidy([Run(token.content)]))

    _read_code_block = _read_fence

    def _read_html_block(self, token) -> None:
        self._add(tidy([Run(_without_tags(token.content))]))

    def _add(self, runs: Runs) -> None:
        if not runs:
            return
        if self._fresh:
            number = self._lists[-1]
            self.blocks.append(Item(runs, len(self._lists) - 1, number))
            self._lists[-1] = None if number is None else number + 1
        else:
            self.blocks.append(Paragraph(runs, len(self._lists)))
        self._fresh = False


def _without_tags(html: str) -> str:
    start, *remarks = html.split("<!--")
    return TAG.sub("", start + "".join(remark.partition("-->")[2] for remark in remarks))


def _runs(tokens):
    bold = italic = 0
    for token in tokens:
        bold += (token.type == "strong_open") - (token.type == "strong_close")
        italic += (token.type == "em_open") - (token.type == "em_close")
        if token.type in ("softbreak", "hardbreak"):
            yield Run(" " if token.type == "softbreak" else "\n")
        elif token.type == "html_inline":
            yield Run("\n" if token.content.startswith("<br") else _without_tags(token.content))
        elif token.type == "image":
            yield from _runs(token.children or ())
        elif token.content:
            yield Run(token.content, bool(bold), bool(italic))
