"""Headings, covers and tables of contents: blocks, tree, what was left out."""

import pytest

from protocols.importer import read_protocol
from tests.protocols.files.reading import tree
from tests.protocols.files.word import (
    docx,
    field,
    p,
    run,
    table,
)
from tests.protocols.importer.blocks import bold, h1, h2, h3, h4, h5, h6

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
