import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.differences import MOST, Run, word_runs

CHANGES = [
    ("The same.", "The same.", ["same:The same."]),
    (
        "Within twelve months.",
        "Within six months.",
        ["same:Within", "removed: twelve", "added: six", "same: months."],
    ),
    ("One.", "One. Two.", ["same:One.", "added: Two."]),
    ("", "New", ["added:New"]),
    ("Old", "", ["removed:Old"]),
    ("- a\n- b", "- a\n- c", ["same:• a\n•", "removed: b", "added: c"]),
]


@pytest.mark.parametrize("old, new, runs", CHANGES)
def test_words_that_changed(old, new, runs):
    assert [f"{run.kind}:{run.text}" for run in word_runs(old, new)] == runs


@given(st.text("ab \n"), st.text("ab \n"))
def test_both_wordings_can_be_read_from_the_difference(old, new):
    runs = word_runs(old, new)
    assert "".join(run.text for run in runs if run.kind != "removed") == new
    assert "".join(run.text for run in runs if run.kind != "added") == old


def test_very_long_wordings_are_compared_by_lines():
    old = "\n".join(f"line {number}" for number in range(MOST))
    runs = word_runs(old, old.replace("line 7\n", "row 7\n"))
    assert runs[1:3] == [Run("removed", "line 7\n"), Run("added", "row 7\n")]
