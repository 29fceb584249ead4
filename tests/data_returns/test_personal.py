"""What could identify a person: numbers, birth dates, addresses and names, known or likely (H8)."""

from pathlib import Path

import pytest

from data_returns.personal import Known, suspects
from referrals.actions.cases import add_case
from referrals.personal import Person
from tests.world import TODAY

LABELLED = [
    line.split("\t")
    for line in Path(__file__).with_name("sentences.tsv").read_text(encoding="utf-8").splitlines()
]


def test_the_labelled_sentences_are_told_apart():
    """The goals are ours; ``./portal bench`` prints the figures."""
    missed = [s for label, s in LABELLED if label == "1" and not suspects(s)]
    wrong = [(s, suspects(s)) for label, s in LABELLED if label == "0" and suspects(s)]
    personal = sum(label == "1" for label, _ in LABELLED)
    assert len(missed) <= personal * 0.05, missed
    assert len(wrong) <= personal * 0.1, wrong


QUOTED = [
    ("Write to a.b@camden.example today.", ["a.b@camden.example"]),
    ("At NW1 2DB since May.", ["NW1 2DB"]),
    ("NHS 943 476 5919, not 943 476 5918.", ["943 476 5919"]),
    ("Mr John Smith and Mr John Smith", ["Mr John Smith"]),
    ("", []),
]


@pytest.mark.parametrize("text, words", QUOTED)
def test_the_words_are_quoted_as_they_stand(text, words):
    assert suspects(text) == words


@pytest.fixture
def known(world):
    unit = world.organisation("camden-mappa-unit")
    person = Person(name="Zbigniew Thornbury", aliases=("Ziggy",))
    return add_case(unit, person=person, today=TODAY, by=world.camden_administrator)


NAMED = [
    ("The matter of Thornbury was heard.", ["Thornbury"]),
    ("It concerned Zbigniew Thornberry again.", ["Zbigniew Thornberry"]),
    ("Known as Ziggy to the school.", ["Ziggy"]),
    ("then zbigniew thornbury moved.", ["zbigniew thornbury"]),
    ("THORNBURY, ZBIGNIEW", ["THORNBURY, ZBIGNIEW"]),
    ("thornbury is a village; zbigniew a name.", []),
    ("Nothing was said of anybody.", []),
]


@pytest.mark.parametrize("text, words", NAMED)
def test_people_of_the_boroughs_register_are_known_also_with_a_letter_wrong(world, known, text, words):
    assert suspects(text, Known.of(world.territory("camden"), [text])) == words
    if words and " " not in words[0]:
        assert suspects(text, Known.of(world.territory("hackney"), [text])) == []
