"""Reading a protocol out of a file: nothing lost, the tree right, every bad file answered in words."""

import re
import zipfile
from collections import Counter
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from mappa_portal.text import markdown_to_html
from protocols.importer import ImportedProtocol, read_protocol
from tests.protocols.files.word import (
    BARE,
    BULLETS,
    LETTERS,
    NUMBERS,
    docx,
    field,
    p,
    packed,
    part,
    relations,
    run,
    table,
)

INPUTS = Path(__file__).resolve().parents[2].parent / "shared" / "inputs"
LONDON = "london-mappa-lscb-protocol-march-2013.docx"
WEST_YORKSHIRE = "west-yorkshire-mappa-protocol.docx"


def real(name: str) -> bytes:
    if not (INPUTS / name).exists():
        pytest.skip(f"{name} is not published; it was not found beside the checkout")
    return (INPUTS / name).read_bytes()


def tree(imported: ImportedProtocol) -> list[str]:
    return ["  " * (clause.depth - 1) + clause.heading for clause in imported.clauses]


def body_of(*blocks: str, **parts) -> str:
    (clause,) = read_protocol(docx(p("Duties", style="H1"), *blocks, **parts), "x.docx").clauses
    return clause.body


class _Text(HTMLParser):
    """What a reader sees of a page."""

    def __init__(self):
        super().__init__()
        self.text = ""

    def handle_data(self, data):
        self.text += data

    def handle_starttag(self, tag, attrs):
        self.text += "" if tag in ("strong", "em") else " "

    def handle_endtag(self, tag):
        self.handle_starttag(tag, ())


def seen(markdown: str) -> list[str]:
    page = _Text()
    page.feed(markdown_to_html(markdown))
    page.close()
    return page.text.split()


def words(imported: ImportedProtocol) -> list[str]:
    return [word for clause in imported.clauses for word in clause.heading.split() + seen(clause.body)]


# The two real files


@pytest.mark.parametrize("name", [LONDON, WEST_YORKSHIRE])
def test_every_word_of_the_real_files_arrives_or_is_listed_as_left_out(name):
    data = real(name)
    imported = read_protocol(data, name)

    xml = zipfile.ZipFile(BytesIO(data)).read("word/document.xml").decode()
    xml = re.sub(r"</w:p>|<w:br />", " ", xml)
    written = re.sub(r"<[^>]+>", "", xml).replace("&amp;", "&")
    arrived = " ".join([*words(imported), *imported.left_out])

    assert Counter(without_hints(written)) == Counter(without_hints(arrived))
    assert imported.words == sum(any(map(str.isalnum, word)) for word in words(imported))


def without_hints(text: str) -> list[str]:
    return re.sub(r"\(\s*name of borough[^)]*\)", "{borough}", text, flags=re.IGNORECASE).split()


def test_london_becomes_a_sensible_tree():
    imported = read_protocol(real(LONDON), LONDON)

    assert tree(imported) == [
        "Introduction",
        "The statutory basis and purpose of MAPPA",
        "The core function of MAPPA",
        "London Region Strategic Management Arrangements",
        "  The London MAPPA Strategic Management Board (SMB)",
        "  The London Safeguarding Children Board",
        "Information sharing",
        "The MAPPA SMB will:-",
        "The London Safeguarding Children Board will:-",
        "Local Operational Management Arrangements",
        "  Introduction",
        "  The Local Safeguarding Children Board (LSCB)",
        "Benefits of co-operation*",
        "The local MAPPA will:-",
        "The LSCB will:-",
        "Review",
        "Signatories:",
        "MAPPA data return for {borough} LSCB",
    ]
    assert imported.title.startswith(
        "Protocol between London MAPPA Strategic Management Board (SMB) and {borough}"
    )
    assert imported.merge_fields == 2
    assert imported.left_out[-1].startswith("Contents Page Introduction 3")
    assert imported.warnings == ()


def test_west_yorkshire_becomes_a_sensible_tree():
    imported = read_protocol(real(WEST_YORKSHIRE), WEST_YORKSHIRE)

    assert [clause.depth for clause in imported.clauses] == [1] * 9
    assert tree(imported)[2:4] == ["1. Introduction", "2. The Core Function of MAPPA"]
    assert imported.left_out == (imported.title,) == ("West Yorkshire MAPPA Protocol",)
    assert [warning[:30] for warning in imported.warnings] == [
        "The file does not say where th",
        "Headings in the file carry the",
    ]


def test_the_real_files_have_no_empty_bullets_and_keep_the_numbers_of_questions():
    body = "\n".join(clause.body for clause in read_protocol(real(LONDON), LONDON).clauses)

    assert not re.search(r"^\s*(-|\d+\.)\s*$", body, re.MULTILINE)
    assert re.findall(
        r"^(\d+)\. (?:\\\* )?(?:How many|Can you|Attendance|Any learning)", body, re.MULTILINE
    ) == [str(number) for number in range(1, 12)]


# The same shape by hand

SHAPE = [
    p("HARBOUR\nPROBATION"),
    p("HARBOUR ARRANGEMENTS", style="H2"),
    p(run("Protocol between\nthe Board and\n(Name of Borough) Partnership", bold=True)),
    p(run("Agreed by:\nthe Board on 1 May 2020", bold=True)),
    p("HARBOUR ARRANGEMENTS", style="H1"),
    p("Protocol between the Board and (", run("Name of Borough", italic=True), ") Partnership", style="H2"),
    p("Contents Page Purpose 3 Duties 4 The Board Review\nSignatures and contacts 9 Appendix 1 10 Yearly return for boards"),
    p("Purpose", style="H2"),
    p("The Board and (", run("name of ", italic=True), "Borough) work together.\u00a0Always."),
    p("Duties", style="H2"),
    p("The Board", style="H4"),
    p("It watches over:"),
    p(num=BULLETS),
    p("the first duty; and", num=11, depth=1),
    p(num=BULLETS),
    p("the second duty.", num=12, depth=1),
    p(run("Review", bold=True), style="H2"),
    p("Every year."),
    p(run("Signatures:", bold=True)),
    p(run("Chair", bold=True)),
    p(run("Yearly return for (Name of Borough ….. ) Partnership", bold=True)),
    p("How many?", num=13),
    p("Level 1 – _____"),
    p("How often?", num=14),
    p("_____"),
]  # fmt: skip


def test_cover_contents_lists_and_appendix_of_a_file_made_like_londons():
    imported = read_protocol(docx(*SHAPE, starts={11: 1, 12: 2, 13: 1, 14: 2}), "harbour.docx")

    assert [(clause.depth, clause.heading, clause.body) for clause in imported.clauses] == [
        (1, "Purpose", "The Board and {borough} work together. Always."),
        (1, "Duties", ""),
        (2, "The Board", "It watches over:\n\n1. the first duty; and\n2. the second duty."),
        (1, "Review", "Every year."),
        (1, "Signatures:", "**Chair**"),
        (
            1,
            "Yearly return for {borough} Partnership",
            "1. How many?\n\nLevel 1 – _____\n\n2. How often?\n\n\\_____",
        ),
    ]
    assert imported.title == "Protocol between the Board and {borough} Partnership"
    assert [line.split()[0] for line in imported.left_out] == [
        "HARBOUR", "HARBOUR", "Protocol", "Agreed", "HARBOUR", "Protocol", "Contents",
    ]  # fmt: skip
    assert (imported.merge_fields, imported.warnings) == (2, ())


# Merge fields

HINTS = [
    "(Name of Borough)",
    "(name of Borough)",
    "(NAME OF BOROUGH)",
    "(Name of Borough ..... )",
    "(Name of Borough ….. )",
    "(Name of Borough…..)",
    "( Name of\u00a0Borough\u00a0_____ )",
    "(Name  of   the Borough)",
    "[Name of Borough]",
    "[insert name of borough]",
    "<name of your borough>",
    "(Borough name)",
    "«Borough»",
    "{borough}",
]
OTHER_BRACKETS = ["(Borough)", "(name of chair)", "_____", "(boroughs)", "the name of borough staff"]


@pytest.mark.parametrize("hint", HINTS)
def test_hints_for_the_borough_become_the_merge_field(hint):
    middle = len(hint) // 2
    split = p("Children of ", run(hint[:middle], italic=True), run(hint[middle:], bold=True), ", all of them")
    imported = read_protocol(docx(p(f"Duties in {hint}", style="H1"), split), "x.docx")

    assert imported.clauses[0].heading == "Duties in {borough}"
    assert seen(imported.clauses[0].body) == ["Children", "of", "{borough},", "all", "of", "them"]
    assert imported.merge_fields == 2


@pytest.mark.parametrize("text", OTHER_BRACKETS)
def test_other_blanks_and_brackets_stay(text):
    assert body_of(p(f"Before {text} after")) == f"Before {text} after"


# What Word can hold: blocks in, Markdown out

WORD = {
    "nested lists": (
        [p("a", num=BULLETS), p("b", num=NUMBERS, depth=1), p("c", num=NUMBERS, depth=1), p("d", num=BULLETS)],
        "- a\n  1. b\n  2. c\n- d",
    ),
    "letters become numbers": ([p("a", num=LETTERS), p("b", num=LETTERS)], "1. a\n2. b"),
    "numbers go on after text": ([p("a", num=NUMBERS), p("text"), p("b", num=NUMBERS)], "1. a\n\ntext\n\n2. b"),
    "a second list begins anew": ([p("a", num=11), p("b", num=12)], "1. a\n\n1) b"),
    "a list deep from the start": ([p("a", num=BULLETS, depth=3), p("b", num=BULLETS, depth=1)], "- a\n- b"),
    "list by style": ([p("a", style="Dots")], "- a"),
    "paragraph inside an item": ([p("a", num=BULLETS), p("more", num=BARE)], "- a\n\n  more"),
    "typed bullets and numbers": ([p("•\ta"), p("• b\n• c"), p("7. d")], "- a\n- b\n- c\n\n7. d"),
    "table": ([table(["Agency", "Share"], ["Police | Met", ""])], "| Agency | Share |\n| --- | --- |\n| Police \\| Met |  |"),
    "table with paragraphs": ([table(["Agency", p("one") + p("two")])], "- Agency  \n  one  \n  two"),
    "frame": ([table([p("a") + p("b", num=BULLETS)])], "a\n\n- b"),
    "emphasis": ([p("see ", run("this ", bold=True), run("here", bold=True, italic=True))], "see **this** ***here***"),
    "bold by style": ([p("this", style="Shout")], "**this**"),
    "Markdown signs": ([p("* a_b_c *d* <i> # 1. [x](y)")], "\\* a_b_c \\*d\\* \\<i> # 1. \\[x](y)"),
    "line breaks": ([p("one\n\n- two\n")], "one  \n\\- two"),
    "hyperlink": (['<w:p><w:hyperlink r:id="x">' + run("guidance") + "</w:hyperlink></w:p>"], "guidance"),
    "field": ([p("on ", field("DATE", run("1 May")))], "on 1 May"),
    "inserted and deleted": (
        [p("a", "<w:ins>" + run(" new") + "</w:ins>", "<w:del><w:r><w:delText>old</w:delText></w:r></w:del>", " b")],
        "a new b",
    ),
    "deleted paragraph mark": ([p("one ", more="<w:rPr><w:del/></w:rPr>"), p("two")], "one two"),
    "content control": (["<w:sdt><w:sdtContent>" + p("held") + "</w:sdtContent></w:sdt>"], "held"),
    "tab, hyphen, symbol": (
        [p("<w:r><w:t>co</w:t><w:noBreakHyphen/><w:t>op</w:t><w:tab/><w:sym w:char='F0A8'/></w:r>")],
        "co\u2011op ☐",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("blocks", "markdown"), WORD.values(), ids=WORD)
def test_word_as_markdown(blocks, markdown):
    assert body_of(*blocks, starts={11: 1, 12: 1}) == markdown


def test_text_boxes_count_once_and_footnotes_end_the_clause():
    box = f"<w:txbxContent>{p('in a box')}</w:txbxContent>"
    choice = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    noted = "<w:r><w:footnoteReference w:id='2'/></w:r>"
    footnotes = f"<w:footnote w:id='0' w:type='separator'>{p('-')}</w:footnote><w:footnote w:id='2'>{p('See the Act.')}</w:footnote>"

    body = body_of(
        p("Before", noted, f"<w:r><mc:AlternateContent>{choice}</mc:AlternateContent></w:r>"),
        p("After"),
        parts={"footnotes": footnotes},
    )

    assert body == "Before [1]\n\nin a box\n\nAfter\n\n[1] See the Act."


LEAVES_BEHIND = {
    "comments": (p("text"), {"comments": "<w:comment w:id='1'/>"}, "The file has comments."),
    "pictures": (p("text", "<w:r><w:drawing><a:blip/></w:drawing></w:r>"), {}, "The file has pictures."),
    "documents": (p("text") + "<w:altChunk/>", {}, "The file has another document embedded."),
    "changes": (p("<w:ins>" + run("text") + "</w:ins>"), {}, "The file has tracked changes."),
    "no merge field": (p("text"), {}, "The file does not say where the borough's name goes"),
}


@pytest.mark.parametrize(("block", "parts", "warning"), LEAVES_BEHIND.values(), ids=LEAVES_BEHIND)
def test_what_is_left_behind_is_said(block, parts, warning):
    imported = read_protocol(docx(p("Duties", style="H1"), block, parts=parts), "x.docx")

    assert any(said.startswith(warning) for said in imported.warnings)


# Headings, covers and tables of contents

H = {level: (lambda text, level=level: p(text, style=f"H{level}")) for level in range(1, 7)}
BODY = p("They do what they have agreed to do, and say so every year.")
ENTRY = p("Aims", "<w:r><w:tab/></w:r>", "3", style="TOC1")
LISTING = p("Contents"), p("Aims .... 3"), p("Duties .... 4")

TREES = {
    "no jumps": ([H[3]("A"), H[5]("B"), H[4]("C"), H[2]("D"), H[6]("E")], ["A", "  B", "  C", "D", "  E"], []),
    "one title above all": ([H[1]("Plan"), H[2]("A"), BODY, H[2]("B")], ["A", "B"], ["Plan"]),
    "title style": ([p("Plan", style="Title"), p("v2"), H[1]("A"), BODY, H[1]("B")], ["A", "B"], ["Plan", "v2"]),
    "style based on a heading": ([p("A", style="Chapter"), p("B", style="Outlined")], ["A", "  B"], []),
    "contents styles": ([ENTRY, H[1]("Aims"), BODY], ["Aims"], ["Aims 3"]),
    "contents field": (
        [p("Plan", style="H1"), p(field("TOC \\o", run("Aims\t3\nDuties\t4"))), H[1]("Aims"), BODY, H[1]("Duties")],
        ["Aims", "Duties"],
        ["Plan", "Aims 3 Duties 4"],
    ),
    "contents control": (
        ['<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
         f"<w:sdtContent>{p('Aims 3', style='H1')}</w:sdtContent></w:sdt>", H[1]("Aims"), BODY],
        ["Aims"],
        ["Aims 3"],
    ),
    "contents as a table": ([table(["Aims", "3"], ["Duties", "4"]), H[1]("Aims"), BODY, H[1]("Duties")],
                            ["Aims", "Duties"], ["Aims 3 Duties 4"]),
    "contents line by line": ([*LISTING, H[1]("Aims"), BODY, H[1]("Duties")], ["Aims", "Duties"],
                              ["Contents", "Aims .... 3", "Duties .... 4"]),
    "a clause about contents": ([H[1]("Contents"), BODY, H[1]("Aims")], ["Contents", "Aims"], []),
    "a table about duties": ([H[1]("Aims"), table(["Aims", "Police"], ["Duties", "Prisons"]), H[1]("Duties")],
                             ["Aims", "Duties"], []),
    "sentences on the cover": ([p("v2"), BODY, H[1]("Aims"), BODY], ["Preamble", "Aims"], ["v2"]),
    "an appendix without a style": ([H[2]("Aims"), H[3]("More"), BODY, p("Appendix A")], ["Aims", "  More", "Appendix A"], []),
    "a paragraph in heading style": ([H[1]("Aims"), H[1]("word " * 60)], ["Aims"], []),
    "bold lines": (
        [p(run("PROTOCOL", bold=True)), p(run("Aims", bold=True)), BODY, p("DUTIES"), BODY],
        ["Aims", "DUTIES"],
        ["PROTOCOL"],
    ),
    "numbered lines": (
        [p("Our protocol"), p("1. Aims"), BODY, p("2. Duties"), p("2.1 Police"), BODY, p(run("When", bold=True)), BODY],
        ["1. Aims", "2. Duties", "  2.1 Police", "    When"],
        ["Our protocol"],
    ),
    "a typed list is no heading": ([BODY, p("1. Police"), p("2. Prisons"), BODY], ["x"], []),
}  # fmt: skip


@pytest.mark.parametrize(("blocks", "expected", "left_out"), TREES.values(), ids=TREES)
def test_headings_become_the_tree(blocks, expected, left_out):
    imported = read_protocol(docx(*blocks), "x.docx")

    assert tree(imported) == expected
    assert list(imported.left_out) == left_out


# Markdown

MARKDOWN = """\ufeff---
title: "Ignored, there is a heading"
---
# Protocol for (*Name of Borough*)

Version 2

Aims
----
Some **bold** text, `code`, <b>tags</b><!-- a remark --> and
a [link](https://example.org).

1. one
   - two

   more of one
5. two again

| Agency | Share |
| ------ | ----- |
| Police | 90%   |

## Duties ##
> in\\
[Name of Borough]

    kept
"""


def test_markdown_file():
    imported = read_protocol(MARKDOWN.replace("\n", "\r\n").encode(), "plan.MD")

    assert imported.title == "Protocol for {borough}"
    assert imported.left_out == ("Protocol for (Name of Borough)", "Version 2")
    assert [(clause.depth, clause.heading, clause.body) for clause in imported.clauses] == [
        (
            1,
            "Aims",
            "Some **bold** text, code, tags and a link.\n\n"
            "1. one\n    - two\n\n    more of one\n\n2. two again\n\n"
            "| Agency | Share |\n| --- | --- |\n| Police | 90% |",
        ),
        (1, "Duties", "in  \n{borough}\n\nkept"),
    ]


def test_markdown_without_headings_takes_its_title_from_the_front():
    imported = read_protocol(b"---\ntitle: Our plan\n---\nWe work together.", "plan.md")

    assert (tree(imported), imported.clauses[0].body) == (["Our plan"], "We work together.")
    assert any(warning.startswith("The file has no headings") for warning in imported.warnings)


# Any text there and back

SIGNS = st.text(alphabet="aB9é ’*_#`[]()<>&;|\\-+=.:~!{}\"'/\u00a0\t", max_size=16)
LETTERS_IN = st.tuples(SIGNS, st.sampled_from("aBé"), SIGNS).map("".join)
WORDS = LETTERS_IN.filter(lambda text: not re.match(r"\s*(\d+[.)]|[-–])\s", text))  # typed lists become lists
HEADINGS = WORDS.map(lambda s: "Clause " + " ".join(s.split()))
FORMED = st.lists(st.tuples(WORDS, st.booleans(), st.booleans()), min_size=1, max_size=3)
BLOCKS = st.one_of(
    st.tuples(st.just("text"), FORMED),
    st.tuples(st.just("list"), st.lists(st.tuples(st.integers(0, 3), st.sampled_from([BULLETS, NUMBERS]), WORDS), min_size=1, max_size=5)),
    st.tuples(st.just("table"), st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=3)),
)  # fmt: skip
SECTIONS = st.lists(st.tuples(st.integers(1, 4), HEADINGS, st.lists(BLOCKS, max_size=4)), max_size=5)


def normal(levels: list[int]) -> list[int]:
    """Levels as an author would choose them: two chapters at least, one step down at a time."""
    depths = [1, 1]
    for level in levels:
        depths.append(min(level, depths[-1] + 1))
    return depths


def as_word(kind: str, content) -> str:
    if kind == "text":
        return p(*(run(*formed) for formed in content))
    if kind == "list":
        return "".join(p(run(text), num=num, depth=depth) for depth, num, text in content)
    return table(*([p(run(cell)) for cell in row] for row in content))


def as_markdown(kind: str, content) -> str:
    if kind == "text":
        return escaped("".join(text for text, *_ in content))
    if kind == "list":
        return "\n\n".join(f"- {escaped(text)}" for _, _, text in content)
    rows = [" | ".join(map(escaped, row)) for row in content]
    return "\n".join([f"| {rows[0]} |", "| --- | --- |", *(f"| {row} |" for row in rows[1:])])


def escaped(text: str) -> str:
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))


def texts(kind: str, content) -> list[str]:
    if kind == "text":
        return ["".join(text for text, *_ in content)]
    return [text for *_, text in content] if kind == "list" else [cell for row in content for cell in row]


@settings(max_examples=80, deadline=None, database=None)
@given(SECTIONS)
def test_any_tree_of_any_text_survives_word_and_markdown(sections):
    sections = [(1, "First chapter", []), (1, "Second chapter", []), *sections]
    depths = normal([level for level, *_ in sections[2:]])
    expected = [
        ("  " * (depth - 1) + heading) for depth, (_, heading, _) in zip(depths, sections, strict=True)
    ]
    spoken = [word for _, heading, blocks in sections
              for text in [heading, *(t for block in blocks for t in texts(*block))] for word in text.split()]  # fmt: skip

    word = docx(*(part for depth, (_, heading, blocks) in zip(depths, sections, strict=True)
                  for part in [p(run(heading), style=f"H{depth}"), *(as_word(*block) for block in blocks)]))  # fmt: skip
    markdown = "\n\n".join(part for depth, (_, heading, blocks) in zip(depths, sections, strict=True)
                           for part in ["#" * depth + " " + escaped(heading), *(as_markdown(*block) for block in blocks)])  # fmt: skip

    for imported in (read_protocol(word, "x.docx"), read_protocol(markdown.encode(), "x.md")):
        assert tree(imported) == expected
        assert words(imported) == spoken


# Bad files

GOOD = docx(p("Duties", style="H1"), p("text"))
BOMB = part("document", "<w:body><w:p/></w:body>").replace(
    "<w:document", '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/hostname">]><w:document'
)
MAIN = {"_rels/.rels": relations({"officeDocument": "word/document.xml"})}

BAD = {
    "cut in half": ("x.docx", GOOD[: len(GOOD) // 2], "damaged"),
    "broken XML": ("x.docx", packed(MAIN | {"word/document.xml": "<w:document"}), "damaged"),
    "entities": ("x.docx", packed(MAIN | {"word/document.xml": BOMB}), "damaged"),
    "a workbook": ("x.docx", packed({"_rels/.rels": relations({"officeDocument": "xl/w.xml"}), "xl/w.xml": "<w/>"}), "not a Word"),
    "empty template": ("x.docx", docx(p(), p("\u00a0")), "no text"),
    "empty Markdown": ("x.md", b"---\ntitle: x\n---\n\n", "no text"),
    "not UTF-8": ("x.md", "Überblick".encode("utf-16"), "UTF-8"),
    "not text": ("x.md", b"# a\0b", "not a text file"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "data", "message"), BAD.values(), ids=BAD)
def test_U1_bad_files_are_refused_in_words(name, data, message):
    with pytest.raises(ValidationError, match=message):
        read_protocol(data, name)


@settings(max_examples=150, deadline=None, database=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=4))
def test_U1_a_spoilt_file_is_read_or_refused(place, noise):
    try:
        read_protocol(GOOD[:place] + noise + GOOD[place + len(noise) :], "x.docx")
    except ValidationError as error:
        assert error.messages[0].endswith(".")
