from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols import text


@pytest.mark.parametrize(
    "depths, expected",
    [
        ([1, 1, 2, 2, 3, 1], ["1", "2", "2.1", "2.2", "2.2.1", "3"]),
        ([2, 1], ["1", "2"]),  # nothing can be below what is not there
        ([1, 3], ["1", "1.1"]),
        ([], []),
    ],
)
def test_numbers_follow_place_and_depth(depths, expected):
    assert text.numbers((depth, "Heading") for depth in depths) == expected


APPENDICES = [
    ([(1, "A"), (1, "Appendix 1"), (1, "B")], ["1", "", "2"]),
    (
        [(1, "A"), (1, "Appendix 1: Data"), (2, "Figures"), (3, "Old")],
        ["1", "", "Appendix 1.1", "Appendix 1.1.1"],
    ),
    ([(1, "Appendix a list")], [""]),  # its label is no more than the word
    ([(1, "Appendices"), (2, "Annex B"), (2, "C")], ["1", "", "1.1"]),
]


@pytest.mark.parametrize("clauses, expected", APPENDICES)
def test_an_appendix_keeps_its_own_label(clauses, expected):
    assert text.numbers(clauses) == expected


@given(st.lists(st.integers(1, 4), max_size=30))
def test_every_clause_has_its_own_number(depths):
    assert len(set(text.numbers((depth, "Heading") for depth in depths))) == len(depths)


@pytest.mark.parametrize(
    "written, found",
    [
        ("Signed in {borough}", ["{borough}"]),
        ("(Name of Borough) and (name of board)", ["(Name of Borough)", "(name of board)"]),
        ("Level 1 - _____", []),  # a printed blank belongs to the form
        ("a set {1, 2} (see note)", []),
    ],
)
def test_placeholders(written, found):
    assert text.placeholders(written) == found


@dataclass
class Wording:
    heading: str
    body: str
    clause_id: int | None = None
    depth: int = 1

    @property
    def hash(self) -> str:
        return text.clause_hash(self.heading, self.body)


OLD = [Wording("A", "a", 1), Wording("B", "b", 2), Wording("C", "c", 3)]


@pytest.mark.parametrize(
    "new, kinds",
    [
        (OLD, ["same", "same", "same"]),
        ([OLD[0], Wording("B", "changed", 2), OLD[2]], ["same", "changed", "same"]),
        ([OLD[0], Wording("Renamed", "b", 2), OLD[2]], ["same", "changed", "same"]),
        ([OLD[0], OLD[2]], ["same", "removed", "same"]),
        ([*OLD, Wording("D", "d")], ["same", "same", "same", "added"]),
        (
            [Wording("A", "a", 11), Wording("B", "b", 12)],
            ["same", "same", "removed"],
        ),  # another template version
        ([], ["removed", "removed", "removed"]),
    ],
)
def test_compare_names_the_clauses_that_differ(new, kinds):
    assert [d.kind for d in text.compare(OLD, new)] == kinds


def test_the_content_hash_sees_order_depth_and_ground_but_not_trailing_space():
    base = text.content_hash("LON-T-2026-001 version 1", OLD)
    assert text.content_hash("LON-T-2026-001 version 1", [Wording("A", "a  \n", 1), *OLD[1:]]) == base
    for other in (
        text.content_hash("LON-T-2026-001 version 2", OLD),
        text.content_hash("LON-T-2026-001 version 1", OLD[::-1]),
        text.content_hash("LON-T-2026-001 version 1", [Wording("A", "a", 1, depth=2), *OLD[1:]]),
    ):
        assert other != base
