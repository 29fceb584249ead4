"""The two real files."""

import re
import zipfile
from collections import Counter
from io import BytesIO

import pytest

from protocols.importer import read_protocol
from tests.protocols.files.reading import tree, words
from tests.protocols.importer.blocks import LONDON, WEST_YORKSHIRE, real


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
