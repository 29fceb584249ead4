"""The same shape by hand, and the merge fields."""

import pytest

from protocols.importer import read_protocol
from tests.protocols.files.reading import seen
from tests.protocols.files.word import (
    docx,
    p,
)
from tests.protocols.importer.blocks import body_of, bold, bullet, h1, h2, h4, italic

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
