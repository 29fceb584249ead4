"""Word files in short words, and the real ones."""

from functools import partial
from pathlib import Path

import pytest

from protocols.importer import read_protocol
from tests.protocols.files.word import (
    BULLETS,
    NUMBERS,
    docx,
    p,
    run,
)

INPUTS = Path(__file__).resolve().parents[3].parent / "shared" / "inputs"
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
