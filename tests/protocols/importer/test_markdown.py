"""Markdown files."""

from protocols.importer import read_protocol
from tests.protocols.files.reading import tree

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
