"""Files that are none, or that hold more than they should."""

import pytest
from django.core.exceptions import ValidationError

from protocols.importer import read_protocol
from protocols.importer.blocks import LONGEST
from tests.protocols.files.word import (
    docx,
    p,
    packed,
    part,
    relations,
)
from tests.protocols.importer.blocks import h1

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
