"""CSV that is safe to open in a spreadsheet (assurance X1)."""

import csv
import io
import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mappa_portal.exports import csv_text

FORMULAS = [
    "=1+1",
    "+44 20",
    "-1",
    "@SUM(A1)",
    "  =1",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    "\x1f=1",
    "\u200b=1",
    "＝1",
    "＠x",
]


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_X1_no_text_is_read_as_a_formula(text):
    [_, [written, _]] = read(csv_text(["Note"], [[text]], "OFFICIAL"))
    assert written == "'" + text


def test_X1_numbers_stay_numbers_and_days_are_iso():
    cells = [-5, Decimal("-0.5"), date(2026, 11, 22), None, True]
    [_, written] = read(csv_text(["a", "b", "c", "d", "e"], [cells], "OFFICIAL"))
    assert written == ["-5", "-0.5", "2026-11-22", "", "True", "OFFICIAL"]


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first text builds a table of all characters
@given(
    st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), max_size=5)
)
def test_X1_round_trip(rows):
    back = read(csv_text(["first", "second"], rows, marking="OFFICIAL"))
    assert back[0] == ["first", "second", "Marking"]
    assert {row.pop() for row in back[1:]} <= {"OFFICIAL"}
    for wanted, written in zip(rows, back[1:], strict=True):
        for before, after in zip(wanted, written, strict=True):
            assert after in (before, "'" + before)
            first = next((c for c in after if not c.isspace() and unicodedata.category(c) != "Cc"), "")
            assert first not in set("=+-@＝＋－＠")
