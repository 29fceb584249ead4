"""What Word can hold: blocks in, Markdown out."""

import pytest

from protocols.importer import read_protocol
from tests.protocols.files.word import (
    BARE,
    LETTERS,
    docx,
    field,
    p,
    run,
    table,
)
from tests.protocols.importer.blocks import body_of, bold, bullet, h1, numbered

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
