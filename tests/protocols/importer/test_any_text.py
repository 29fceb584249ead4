"""Any text there and back: random trees as Word and as Markdown, and files spoilt at random."""

import re

from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.importer import read_protocol
from tests.protocols.files.reading import tree, words
from tests.protocols.files.word import BULLETS, NUMBERS, docx, p, run, table

SIGNS = st.text(alphabet="aB9é ’*_#`[]()<>&;|\\-+=.:~!{}\"'/\u00a0\t", max_size=16)
TEXT = st.tuples(SIGNS, st.sampled_from("aBé"), SIGNS).map("".join)
WORDS = TEXT.filter(lambda text: not re.match(r"\s*(\d+[.)]|[-–])\s", text))  # typed lists become lists
HEADINGS = WORDS.map(lambda text: "Clause " + " ".join(text.split()))
RUNS = st.lists(st.tuples(WORDS, st.booleans(), st.booleans()), min_size=1, max_size=3)
ITEMS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([BULLETS, NUMBERS]), WORDS), min_size=1, max_size=5
)
ROWS = st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=3)
BLOCKS = st.one_of(
    st.tuples(st.just("text"), RUNS), st.tuples(st.just("list"), ITEMS), st.tuples(st.just("table"), ROWS)
)
CLAUSES = st.lists(st.tuples(st.integers(1, 4), HEADINGS, st.lists(BLOCKS, max_size=4)), max_size=5)


def as_authors_write(clauses):
    """Two chapters at least, and one step down at a time."""
    written = [(1, "First chapter", []), (1, "Second chapter", [])]
    for level, heading, blocks in clauses:
        written.append((min(level, written[-1][0] + 1), heading, blocks))
    return written


def texts(kind: str, content) -> list[str]:
    if kind == "text":
        return ["".join(text for text, *_ in content)]
    return [text for *_, text in content] if kind == "list" else [cell for row in content for cell in row]


def as_word(kind: str, content) -> str:
    if kind == "text":
        return p(*(run(*formed) for formed in content))
    if kind == "list":
        return "".join(p(run(text), num=num, depth=depth) for depth, num, text in content)
    return table(*([p(run(cell)) for cell in row] for row in content))


def as_markdown(kind: str, content) -> str:
    if kind == "text":
        return escaped(*texts(kind, content))
    if kind == "list":
        return "\n\n".join(f"- {escaped(text)}" for text in texts(kind, content))
    head, *rows = (f"| {' | '.join(map(escaped, row))} |" for row in content)
    return "\n".join([head, "| --- | --- |", *rows])


def escaped(text: str) -> str:
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))


@settings(max_examples=50, deadline=None, database=None)
@given(CLAUSES.map(as_authors_write))
def test_any_tree_of_any_text_survives_word_and_markdown(clauses):
    word, markdown, spoken = [], [], []
    for depth, heading, blocks in clauses:
        word += [p(run(heading), style=f"H{depth}"), *(as_word(*block) for block in blocks)]
        markdown += ["#" * depth + " " + escaped(heading), *(as_markdown(*block) for block in blocks)]
        spoken += [heading, *(text for block in blocks for text in texts(*block))]

    for data, name in [(docx(*word), "x.docx"), ("\n\n".join(markdown).encode(), "x.md")]:
        imported = read_protocol(data, name)
        assert tree(imported) == ["  " * (depth - 1) + heading for depth, heading, _ in clauses]
        assert words(imported) == " ".join(spoken).split()


GOOD = docx(p("Duties", style="H1"), p("text"))


@settings(max_examples=150, deadline=None, database=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=4))
def test_U1_a_spoilt_file_is_read_or_refused(place, noise):
    try:
        read_protocol(GOOD[:place] + noise + GOOD[place + len(noise) :], "x.docx")
    except ValidationError as error:
        assert error.messages[0].endswith(".")
