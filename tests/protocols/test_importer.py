"""Reading a protocol out of a file: nothing lost, the tree right, every bad file answered in words."""

import re
import zipfile
from collections import Counter
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from protocols.importer import read_protocol
from protocols.importer.blocks import LONGEST
from tests.protocols.files.reading import seen, tree, words
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

bold = partial(run, bold=True)
italic = partial(run, italic=True)
h1, h2, h3, h4, h5, h6 = (partial(p, style=f"H{level}") for level in range(1, 7))
bullet = partial(p, num=BULLETS)
numbered = partial(p, num=NUMBERS)


def real(name: str) -> bytes:
    if not (INPUTS / name).exists():
        pytest.skip(f"{name} is not published; it was not found beside the checkout")
    return (INPUTS / name).read_bytes()


def body_of(*blocks: str, **parts) -> str:
    (clause,) = read_protocol(docx(h1("Duties"), *blocks, **parts), "x.docx").clauses
    return clause.body


# -- The two real files --


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
    assert imported.title.startswith("Protocol between London MAPPA Strategic Management Board (SMB) and {bo")
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


def test_london_has_no_empty_bullets_and_keeps_the_numbers_of_its_questions():
    body = "\n".join(clause.body for clause in read_protocol(real(LONDON), LONDON).clauses)

    assert not re.search(r"^\s*(-|\d+\.)\s*$", body, re.MULTILINE)
    questions = r"^(\d+)\. (?:\\\* )?(?:How many|Can you|Attendance|Any learning)"
    assert re.findall(questions, body, re.MULTILINE) == [str(number) for number in range(1, 12)]


# -- The same shape by hand --

SHAPE = [
    p("HARBOUR\nPROBATION"),
    h2("HARBOUR ARRANGEMENTS"),
    p(bold("Protocol between\nthe Board and\n(Name of Borough) Partnership")),
    p(bold("Agreed by:\nthe Board on 1 May 2020")),
    h1("HARBOUR ARRANGEMENTS"),
    h2("Protocol between the Board and (", italic("Name of Borough"), ") Partnership"),
    p("Contents Page Purpose 3 Duties 4 The Board Review\nSignatures 9 Appendix 1 10 Yearly return for all"),
    h2("Purpose"),
    p("The Board and (", italic("name of "), "Borough) work together.\u00a0Always."),
    h2("Duties"),
    h4("The Board"),
    p("It watches over:"),
    bullet(),
    p("the first duty; and", num=11, depth=1),
    bullet(),
    p("the second duty.", num=12, depth=1),
    h2(bold("Review")),
    p("Every year."),
    p(bold("Signatures:")),
    p(bold("Chair")),
    p(bold("Yearly return for (Name of Borough ….. ) Partnership")),
    p("How many?", num=13),
    p("Level 1 – _____"),
    p("How often?", num=14),
    p("_____"),
]


def test_cover_contents_lists_and_appendix_of_a_file_made_like_londons():
    imported = read_protocol(docx(*SHAPE, starts={11: 1, 12: 2, 13: 1, 14: 2}), "harbour.docx")
    form = "1. How many?\n\nLevel 1 – _____\n\n2. How often?\n\n\\_____"

    assert [(clause.depth, clause.heading, clause.body) for clause in imported.clauses] == [
        (1, "Purpose", "The Board and {borough} work together. Always."),
        (1, "Duties", ""),
        (2, "The Board", "It watches over:\n\n1. the first duty; and\n2. the second duty."),
        (1, "Review", "Every year."),
        (1, "Signatures:", "**Chair**"),
        (1, "Yearly return for {borough} Partnership", form),
    ]
    assert imported.title == "Protocol between the Board and {borough} Partnership"
    first_words = " ".join(line.split()[0] for line in imported.left_out)
    assert first_words == "HARBOUR HARBOUR Protocol Agreed HARBOUR Protocol Contents"
    assert (imported.merge_fields, imported.warnings) == (2, ())


# -- Merge fields --

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
    split = p("Children of ", italic(hint[:middle]), bold(hint[middle:]), ", all of them")
    imported = read_protocol(docx(h1(f"Duties in {hint}"), split), "x.docx")

    assert imported.clauses[0].heading == "Duties in {borough}"
    assert seen(imported.clauses[0].body) == ["Children", "of", "{borough},", "all", "of", "them"]
    assert imported.merge_fields == 2


@pytest.mark.parametrize("text", OTHER_BRACKETS)
def test_other_blanks_and_brackets_stay(text):
    assert body_of(p(f"Before {text} after")) == f"Before {text} after"


# -- What Word can hold: blocks in, Markdown out --

INSERTED = "<w:ins>" + run(" new") + "</w:ins>"
DELETED = "<w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
UNMARKED = "<w:rPr><w:del/></w:rPr>"
LINK = "<w:p><w:hyperlink r:id='x'>" + run("guidance") + "</w:hyperlink></w:p>"
CONTROL = "<w:sdt><w:sdtContent>" + p("held") + "</w:sdtContent></w:sdt>"
SPECIAL = "<w:r><w:t>co</w:t><w:noBreakHyphen/><w:t>op</w:t><w:tab/><w:sym w:char='F0A8'/></w:r>"

WORD = {
    "nested lists": (
        [bullet("a"), numbered("b", depth=1), numbered("c", depth=1), bullet("d")],
        "- a\n  1. b\n  2. c\n- d",
    ),
    "letters become numbers": ([p("a", num=LETTERS), p("b", num=LETTERS)], "1. a\n2. b"),
    "numbers go on after text": ([numbered("a"), p("text"), numbered("b")], "1. a\n\ntext\n\n2. b"),
    "a second list begins anew": ([p("a", num=11), p("b", num=12)], "1. a\n\n1) b"),
    "a list deep from the start": ([bullet("a", depth=3), bullet("b", depth=1)], "- a\n- b"),
    "list by style": ([p("a", style="Dots")], "- a"),
    "paragraph inside an item": ([bullet("a"), p("more", num=BARE)], "- a\n\n  more"),
    "typed bullets and numbers": ([p("•\ta"), p("• b\n• c"), p("7. d")], "- a\n- b\n- c\n\n7. d"),
    "table": ([table(["Who", "Share"], ["a | b", ""])], "| Who | Share |\n| --- | --- |\n| a \\| b |  |"),
    "table with paragraphs": ([table(["Who", p("one") + p("two")])], "- Who  \n  one  \n  two"),
    "frame": ([table([p("a") + bullet("b")])], "a\n\n- b"),
    "emphasis": ([p("a ", bold("b "), run("c", bold=True, italic=True))], "a **b** ***c***"),
    "bold by style": ([p("this", style="Shout")], "**this**"),
    "Markdown signs": ([p("* a_b_c *d* <i> # 1. [x](y)")], "\\* a_b_c \\*d\\* \\<i> # 1. \\[x](y)"),
    "line breaks": ([p("one\n\n- two\n")], "one  \n\\- two"),
    "hyperlink": ([LINK], "guidance"),
    "field": ([p("on ", field("DATE", run("1 May")))], "on 1 May"),
    "inserted and deleted": ([p("a", INSERTED, DELETED, " b")], "a new b"),
    "deleted paragraph marks": (
        [p("one ", more=UNMARKED), p("two"), p("three", more=UNMARKED)],
        "one two\n\nthree",
    ),
    "content control": ([CONTROL], "held"),
    "tab, hyphen, symbol": ([p(SPECIAL)], "co\u2011op ☐"),
}


@pytest.mark.parametrize(("blocks", "markdown"), WORD.values(), ids=WORD)
def test_word_as_markdown(blocks, markdown):
    assert body_of(*blocks, starts={11: 1, 12: 1}) == markdown


def test_text_boxes_count_once_and_footnotes_end_the_clause():
    box = f"<w:txbxContent>{p('in a box')}</w:txbxContent>"
    choice = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    noted = "<w:r><w:footnoteReference w:id='2'/></w:r>"
    separator = f"<w:footnote w:id='0' w:type='separator'>{p('-')}</w:footnote>"
    footnotes = f"{separator}<w:footnote w:id='2'>{p('See the Act.')}</w:footnote>"

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
    "changes": (p(INSERTED), {}, "The file has tracked changes."),
    "no merge field": (p("text"), {}, "The file does not say where the borough's name goes"),
}


@pytest.mark.parametrize(("block", "parts", "warning"), LEAVES_BEHIND.values(), ids=LEAVES_BEHIND)
def test_what_is_left_behind_is_said(block, parts, warning):
    imported = read_protocol(docx(h1("Duties"), block, parts=parts), "x.docx")

    assert any(said.startswith(warning) for said in imported.warnings)


# -- Headings, covers and tables of contents: blocks, tree, what was left out --

BODY = p("They do what they have agreed to do, and say so every year.")
AIMS_AND_DUTIES = [h1("Aims"), BODY, h1("Duties")]
GALLERY = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
LISTING = f"<w:sdt><w:sdtPr>{GALLERY}</w:sdtPr><w:sdtContent>{h1('Aims 3')}</w:sdtContent></w:sdt>"

TREES = {
    "no jumps": ([h3("A"), h5("B"), h4("C"), h2("D"), h6("E")], ["A", "  B", "  C", "D", "  E"], []),
    "one title above all": ([h1("Plan"), h2("A"), BODY, h2("B")], ["A", "B"], ["Plan"]),
    "title style": (
        [p("Plan", style="Title"), p("v2"), h1("A"), BODY, h1("B")],
        ["A", "B"],
        ["Plan", "v2"],
    ),
    "style based on a heading": ([p("A", style="Chapter"), p("B", style="Outlined")], ["A", "  B"], []),
    "contents styles": ([p("Aims\t3", style="TOC1"), *AIMS_AND_DUTIES], ["Aims", "Duties"], ["Aims 3"]),
    "contents field": (
        [h1("Plan"), p(field("TOC \\o", run("Aims\t3\nDuties\t4"))), *AIMS_AND_DUTIES],
        ["Aims", "Duties"],
        ["Plan", "Aims 3 Duties 4"],
    ),
    "contents control": ([LISTING, *AIMS_AND_DUTIES], ["Aims", "Duties"], ["Aims 3"]),
    "contents as a table": (
        [table(["Aims", "3"], ["Duties", "4"]), *AIMS_AND_DUTIES],
        ["Aims", "Duties"],
        ["Aims 3 Duties 4"],
    ),
    "contents line by line": (
        [p("Contents"), p("Aims .... 3"), p("Duties .... 4"), *AIMS_AND_DUTIES],
        ["Aims", "Duties"],
        ["Contents", "Aims .... 3", "Duties .... 4"],
    ),
    "a clause about contents": ([h1("Contents"), BODY, h1("Aims")], ["Contents", "Aims"], []),
    "a table about duties": (
        [h1("All"), BODY, table(["Aims", "yes"], ["Duties", "no"]), *AIMS_AND_DUTIES],
        ["All", "Aims", "Duties"],
        [],
    ),
    "sentences on the cover": ([p("v2"), BODY, h1("Aims"), BODY], ["Preamble", "Aims"], ["v2"]),
    "too long for a cover": ([p("\n".join(["word"] * 301)), h1("Aims"), BODY], ["Preamble", "Aims"], []),
    "an appendix without a style": (
        [h2("Aims"), h3("More"), BODY, p("Appendix A"), BODY],
        ["Aims", "  More", "Appendix A"],
        [],
    ),
    "a paragraph in heading style": ([h1("Aims"), h1("word " * 60)], ["Aims"], []),
    "bold lines": (
        [p(bold("PROTOCOL")), p(bold("Aims")), BODY, p("DUTIES"), BODY],
        ["Aims", "DUTIES"],
        ["PROTOCOL"],
    ),
    "numbered lines": (
        [p("Ours"), p("1. Aims"), BODY, p("2. Duties"), p("2.1 Police"), BODY, p(bold("When")), BODY],
        ["1. Aims", "2. Duties", "  2.1 Police", "    When"],
        ["Ours"],
    ),
    "a typed list is no heading": ([BODY, p("1. Police"), p("2. Prisons"), BODY], ["x"], []),
}


@pytest.mark.parametrize(("blocks", "expected", "left_out"), TREES.values(), ids=TREES)
def test_headings_become_the_tree(blocks, expected, left_out):
    imported = read_protocol(docx(*blocks), "x.docx")

    assert tree(imported) == expected
    assert list(imported.left_out) == left_out


# -- Markdown --

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
    lists = "1. one\n    - two\n\n    more of one\n\n2. two again"
    rows = "| Agency | Share |\n| --- | --- |\n| Police | 90% |"

    assert imported.title == "Protocol for {borough}"
    assert imported.left_out == ("Protocol for (Name of Borough)", "Version 2")
    assert [(clause.depth, clause.heading, clause.body) for clause in imported.clauses] == [
        (1, "Aims", f"Some **bold** text, code, tags and a link.\n\n{lists}\n\n{rows}"),
        (1, "Duties", "in  \n{borough}\n\nkept"),
    ]


def test_markdown_without_headings_takes_its_title_from_the_front():
    imported = read_protocol(b"---\ntitle: Our plan\n---\nWe work together.", "plan.md")

    assert (tree(imported), imported.clauses[0].body) == (["Our plan"], "We work together.")
    assert any(warning.startswith("The file has no headings") for warning in imported.warnings)


# -- Bad files --

GOOD = docx(h1("Duties"), p("text"))
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/hostname">]><w:document'
EXPANDING = part("document", "<w:body><w:p/></w:body>").replace("<w:document", ENTITIES)
WORKBOOK = {"_rels/.rels": relations({"officeDocument": "xl/w.xml"}), "xl/w.xml": "<w/>"}

BAD = {
    "cut in half": ("x.docx", GOOD[: len(GOOD) // 2], "damaged"),
    "broken XML": ("x.docx", packed({"word/document.xml": "<w:document"}), "damaged"),
    "entities": ("x.docx", packed({"word/document.xml": EXPANDING}), "damaged"),
    "a workbook": ("x.docx", packed(WORKBOOK), "not a Word"),
    "endless": ("x.docx", docx(p("a" * LONGEST)), "longer than any protocol"),
    "endless Markdown": ("x.md", b"a" * (LONGEST + 1), "longer than any protocol"),
    "empty template": ("x.docx", docx(p(), p("\u00a0")), "no text"),
    "empty Markdown": ("x.md", b"---\ntitle: x\n---\n\n", "no text"),
    "not UTF-8": ("x.md", "Überblick".encode("utf-16"), "UTF-8"),
    "not text": ("x.md", b"# a\0b", "not a text file"),
}


@pytest.mark.parametrize(("name", "data", "message"), BAD.values(), ids=BAD)
def test_U1_bad_files_are_refused_in_words(name, data, message):
    with pytest.raises(ValidationError, match=message):
        read_protocol(data, name)
