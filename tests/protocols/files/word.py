"""Small Word files, written out by hand: only the parts and elements that a test is about."""

import zipfile
from io import BytesIO
from xml.sax.saxutils import escape

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/"

STYLES = "".join(
    [
        f'<w:style w:type="paragraph" w:styleId="H{n}"><w:name w:val="heading {n}"/></w:style>'
        for n in range(1, 7)
    ]
    + [
        f'<w:style w:type="paragraph" w:styleId="{style}"><w:name w:val="{name}"/>{more}</w:style>'
        for style, name, more in [
            ("Title", "Title", ""),
            ("TOC1", "toc 1", ""),
            ("Chapter", "Our chapter", '<w:basedOn w:val="H1"/>'),
            ("Outlined", "Outlined", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>'),
            ("Shout", "Shout", "<w:rPr><w:b/></w:rPr>"),
            ("Dots", "List Bullet", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'),
        ]
    ]
)
BULLETS, NUMBERS, LETTERS, BARE = 1, 2, 3, 4


KINDS = {
    BULLETS: ("bullet", "•"),
    NUMBERS: ("decimal", "%1."),
    LETTERS: ("lowerLetter", "%1)"),
    BARE: ("bullet", " "),  # a paragraph inside an item
}


def numbering(starts: dict[int, int] | None = None) -> str:
    """A list of each kind; `starts` adds numbered lists, by id, with the number they start at."""
    levels = {
        key: "".join(
            f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/>'
            f'<w:numFmt w:val="{kind}"/><w:lvlText w:val="{label}"/></w:lvl>'
            for depth in range(9)
        )
        for key, (kind, label) in KINDS.items()
    }
    overrides = {
        key: "".join(
            f'<w:lvlOverride w:ilvl="{depth}"><w:startOverride w:val="{start}"/></w:lvlOverride>'
            for depth in range(9)
        )
        for key, start in (starts or {}).items()
    }
    abstract = (f'<w:abstractNum w:abstractNumId="{key}">{levels[key]}</w:abstractNum>' for key in KINDS)
    plain = (_num(key, key) for key in KINDS)
    started = (_num(key, NUMBERS, inner) for key, inner in overrides.items())
    return "".join([*abstract, *plain, *started])


def _num(key: int, abstract: int, overrides: str = "") -> str:
    return f'<w:num w:numId="{key}"><w:abstractNumId w:val="{abstract}"/>{overrides}</w:num>'


def run(text: str, bold: bool = False, italic: bool = False) -> str:
    form = "<w:b/>" * bold + "<w:i/>" * italic
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))
    return f"<w:r><w:rPr>{form}</w:rPr>{lines}</w:r>"


def p(*runs: str, style: str = "", num: int | None = None, depth: int = 0, more: str = "") -> str:
    """A paragraph of runs; what is not a run yet becomes one."""
    inner = "".join(part if part.startswith("<w:") else run(part) for part in runs)
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    listed = "" if num is None else f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{num}"/></w:numPr>'
    return f"<w:p><w:pPr>{styled}{listed}{more}</w:pPr>{inner}</w:p>"


def table(*rows: list[str]) -> str:
    """Cells are paragraphs, or text."""
    cell = "<w:tc><w:tcPr/>{}</w:tc>".format
    inner = "".join(
        "<w:tr>" + "".join(cell(c if c.startswith("<w:") else p(c)) for c in row) + "</w:tr>" for row in rows
    )
    return f"<w:tbl><w:tblPr/>{inner}</w:tbl>"


def field(instruction: str, result: str) -> str:
    kinds = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
    return f"{kinds[0]}<w:r><w:instrText>{instruction}</w:instrText></w:r>{kinds[1]}{result}{kinds[2]}"


def docx(*body: str, starts: dict[int, int] | None = None, parts: dict[str, str] | None = None) -> bytes:
    """`parts` are further parts of the document by kind: footnotes, comments."""
    inner = {"styles": STYLES, "numbering": numbering(starts)} | (parts or {})
    files = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}content-types">{MAIN}</Types>',
        "_rels/.rels": relations({"officeDocument": "word/document.xml"}),
        "word/document.xml": part("document", f"<w:body>{''.join(body)}</w:body>"),
        "word/_rels/document.xml.rels": relations({kind: f"{kind}.xml" for kind in inner}),
    } | {f"word/{kind}.xml": part(kind, content) for kind, content in inner.items()}
    return packed(files)


MAIN = (
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
)


def part(kind: str, content: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{kind} {NAMESPACES}>{content}</w:{kind}>'


def relations(targets: dict[str, str]) -> str:
    links = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets.items())
    )
    return f'<Relationships xmlns="{PACKAGE}relationships">{links}</Relationships>'


def packed(files: dict[str, str | bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()
