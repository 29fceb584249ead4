"""Word to blocks. Own reader: mammoth forgets at which number a list starts, and what a field is for."""

import re

from django.core.exceptions import ValidationError

from protocols.importer.blocks import (
    LONGEST,
    TOO_LONG,
    Block,
    Contents,
    Heading,
    Item,
    Note,
    Paragraph,
    Run,
    Runs,
    Source,
    Table,
    Title,
    is_empty,
    lines_of,
    tidy,
)
from protocols.importer.package import Package, attribute, child, name_of, number
from protocols.importer.word_styles import Numbering, Styles, switched_on

CONTENTS_STYLE = re.compile(r"toc(heading|[1-9])|contents([1-9]|heading)?|tableofcontents")
CHARACTERS = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
SYMBOLS = {"A8": "☐", "6F": "☐", "71": "☐", "FE": "☑", "FD": "☒", "FC": "✓", "B7": "•", "A7": "•"}
DELETED = {"del", "moveFrom", "delText", "delInstrText"}
PROPERTIES = {"rPr", "pPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "sdtPr", "sdtEndPr"}

COMMENTS = "The file has comments. They were left out: settle them in Word if they still matter."
PICTURES = "The file has pictures. They were left out: add any words they hold."
EMBEDDED = "The file has another document embedded. Its text was left out: add it by hand."
CHANGES = "The file has tracked changes. Insertions were kept and deletions left out."


def read_docx(data: bytes) -> Source:
    package = Package(data)
    reader = _Reader(package)
    reader.walk(child(package.document, "body") if child(package.document, "body") is not None else ())
    blocks = tuple(block for block in reader.blocks if not is_empty(block))
    comments = package.part("comments")
    if comments is not None and len(comments):
        reader.warnings.append(COMMENTS)
    title = child(package.properties(), "title")
    return Source(blocks, ((title.text or "") if title is not None else "").strip(), tuple(reader.warnings))


class _Reader:
    def __init__(self, package: Package):
        self.blocks: list[Block] = []
        self.warnings: list[str] = []
        self._styles = Styles(package.part("styles"))
        self._numbering = Numbering(package.part("numbering"))
        self._notes = {kind: _notes(package.part(kind + "s")) for kind in ("footnote", "endnote")}
        self._noted = 0
        self._length = 0
        self._fields: list[str] = []
        self._in_contents = 0  # depth of controls that hold a table of contents
        self._runs: list[Run] = []
        self._after: list[Block] = []  # text boxes and notes that hang on the current paragraph
        self._carried: list[Run] = []  # a paragraph whose mark was deleted runs into the next
        self._style = self._styles[None]
        self._contents_seen = False

    def walk(self, element) -> None:
        for sub in element:
            name = name_of(sub)
            if name in DELETED:
                self._warn(CHANGES)
            elif name in CHARACTERS:
                self._add(CHARACTERS[name])
            elif name not in PROPERTIES:
                getattr(self, "_read_" + name, self.walk)(sub)

    def _read_ins(self, element) -> None:
        self._warn(CHANGES)
        self.walk(element)

    _read_moveTo = _read_ins

    def _grow(self, letters: int) -> None:
        self._length += letters
        if self._length > LONGEST:
            raise ValidationError(TOO_LONG, code="too_long")

    def _warn(self, warning: str) -> None:
        if warning not in self.warnings:
            self.warnings.append(warning)

    # paragraphs

    def _read_p(self, element) -> None:
        self._grow(10)  # an empty paragraph costs too
        outer = self._runs, self._after, self._style, self._contents_seen
        properties = child(element, "pPr")
        self._style = self._styles[attribute(child(properties, "pStyle"))]
        self._runs, self._after, self._contents_seen = self._carried, [], False
        self._carried = []
        level = self._level(properties)
        if level and not self._in_contents:  # the field of a table of contents was never closed
            self._fields = [field for field in self._fields if not _is_contents(field)]
        self.walk(element)
        follower = next(element.itersiblings(element.tag), None)
        if child(properties, "rPr", "del") is not None and follower is not None:
            self._carried = self._runs
        else:
            self._add_block(tidy(self._runs), properties, level)
        self.blocks += self._after
        self._runs, self._after, self._style, self._contents_seen = outer

    def _level(self, properties) -> int | None:
        outline = number(child(properties, "outlineLvl"))
        if outline is not None:
            return outline + 1 if outline < 9 else None
        return self._style.level

    def _add_block(self, runs: Runs, properties, level: int | None) -> None:
        names = self._style.names
        kind, depth, count = self._list_mark(properties) if runs else ("plain", 0, None)
        if self._contents_seen or any(CONTENTS_STYLE.fullmatch(name) for name in names):
            self.blocks.append(Contents(runs))
        elif any(name in ("title", "subtitle") for name in names):
            self.blocks.append(Title(runs))
        elif level:
            self.blocks.append(Heading(runs, level))
        elif kind == "list":
            self.blocks.append(Item(runs, depth, count))
        else:
            self.blocks.append(Paragraph(runs, depth + 1 if kind == "continuation" else 0))

    def _list_mark(self, properties) -> tuple[str, int, int | None]:
        own = child(properties, "numPr")
        num_id = attribute(child(own, "numId")) or self._style.num_id
        if num_id is None or num_id == "0":
            return "plain", 0, None
        depth = number(child(own, "ilvl"))
        depth = (self._style.depth or 0) if depth is None else depth
        kind, count = self._numbering.mark(num_id, depth)
        return kind, depth, count

    # running text

    def _add(self, text: str, bold: bool = False, italic: bool = False) -> None:
        if text.strip() and (self._in_contents or any(map(_is_contents, self._fields))):
            self._contents_seen = True
        self._grow(len(text))
        self._runs.append(Run(text, bold, italic))

    def _read_t(self, element) -> None:
        form = child(element.getparent(), "rPr")
        style = self._styles[attribute(child(form, "rStyle"))]
        bold = (switched_on(child(form, "b")), style.bold, self._style.bold)
        italic = (switched_on(child(form, "i")), style.italic, self._style.italic)
        self._add(element.text or "", _first_set(bold), _first_set(italic))

    def _read_sym(self, element) -> None:
        """Mostly Wingdings: private code points that mean nothing without their font."""
        code = (attribute(element, "char") or "").upper()
        readable = re.fullmatch("[0-9A-CE][0-9A-F]{3}", code) and int(code, 16) >= 32
        self._add(chr(int(code, 16)) if readable else SYMBOLS.get(code[-2:], ""))

    def _read_fldChar(self, element) -> None:
        kind = attribute(element, "fldCharType")
        if kind == "begin":
            self._fields.append("")
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _read_instrText(self, element) -> None:
        if self._fields:
            self._fields[-1] += element.text or ""

    def _read_fldSimple(self, element) -> None:
        self._fields.append(attribute(element, "instr") or "")
        self.walk(element)
        self._fields.pop()

    def _read_sdt(self, element) -> None:
        gallery = attribute(child(element, "sdtPr", "docPartObj", "docPartGallery"))
        listing = gallery == "Table of Contents"
        self._in_contents += listing
        self.walk(element)
        self._in_contents -= listing

    def _read_AlternateContent(self, element) -> None:
        """The same drawing twice, for new and old Word."""
        choices = [sub for sub in element if any(name_of(inner) == "t" for inner in sub.iter())]
        for sub in (choices or list(element))[:1]:
            self.walk(sub)

    def _read_txbxContent(self, element) -> None:
        self._after += self._apart(element)

    def _apart(self, element) -> list[Block]:
        """The blocks of something that stands beside the text around it."""
        outer, self.blocks = self.blocks, []
        runs, self._runs = self._runs, []
        self.walk(element)
        self.blocks, found, self._runs = outer, self.blocks, runs
        return [block for block in found if not is_empty(block)]

    def _read_footnoteReference(self, element) -> None:
        self._note("footnote", element)

    def _read_endnoteReference(self, element) -> None:
        self._note("endnote", element)

    def _note(self, kind: str, element) -> None:
        note = self._notes[kind].get(attribute(element, "id"))
        if note is None:
            return
        self._noted += 1
        self._add(f" [{self._noted}]")
        text = "\n".join(line for block in self._apart(note) for line in lines_of(block))
        self._after.append(Note(tidy([Run(f"[{self._noted}] {text}")])))

    def _read_blip(self, element) -> None:
        self._warn(PICTURES)

    _read_imagedata = _read_blip

    def _read_altChunk(self, element) -> None:
        self._warn(EMBEDDED)

    _read_OLEObject = _read_altChunk

    # tables

    def _read_tbl(self, element) -> None:
        rows = [self._row(row) for row in _inside(element, "tr") if child(row, "trPr", "del") is None]
        blocks = [block for row in rows for cell in row for block in cell]
        if max(map(len, rows), default=0) == 1 or any(isinstance(block, Contents) for block in blocks):
            self.blocks += blocks  # a frame around ordinary text
            return
        self.blocks.append(Table(tuple(tuple(_cell(cell) for cell in row) for row in rows)))
        self.blocks += [block for block in blocks if isinstance(block, Note)]

    def _row(self, element) -> list[list[Block]]:
        cells: list[list[Block]] = []
        for cell in _inside(element, "tc"):
            cells.append(self._apart(cell))
            span = number(child(cell, "tcPr", "gridSpan")) or 1
            cells += [[] for _ in range(min(span, 64) - 1)]
        return cells


def _inside(element, name: str):
    """Rows and cells may stand in content controls."""
    for sub in element:
        if name_of(sub) == name:
            yield sub
        elif name_of(sub) in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            yield from _inside(sub, name)


def _cell(blocks: list[Block]) -> Runs:
    runs: list[Run] = []
    for block in blocks:
        if isinstance(block, Table):
            runs += [Run(line + "\n") for line in lines_of(block)]
        elif not isinstance(block, Note):
            runs += [*block.runs, Run("\n")]
    return tidy(runs)


def _first_set(toggles) -> bool:
    return next((toggle for toggle in toggles if toggle is not None), False)


def _is_contents(field: str) -> bool:
    return field.strip().upper().startswith("TOC")


def _notes(root) -> dict:
    if root is None:
        return {}
    return {attribute(note, "id"): note for note in root if attribute(note, "type") in (None, "normal")}
