"""Referrals in figures for wide use: no small number, nor one that totals or an agency's own count give away."""

import random

import highspy
import pytest

from referrals.referring.figures import Figures
from referrals.referring.margins import DAYS, HEARD, SENT, Line, lines, suppressed

AGENCIES = {"csc": "Children's Services", "police": "Police", "housing": "Housing"}
MOST = 99_999


def counted(*rows, heard=0, days=None) -> list[Line]:
    """``rows``: agency, category, then Level 2, Level 3, Level 1, declined, withdrawn, not decided."""
    full = [(slug, AGENCIES[slug], category, sum(counts), *counts) for slug, category, *counts in rows]
    return lines(Figures(full, sum(row[3] for row in full), heard, days), AGENCIES)


def of(found: list[Line]) -> dict:
    return {line.name: line.value for line in found}


def test_each_margin_adds_up_and_an_agency_that_sent_none_is_there():
    found = of(counted(("csc", 3, 4, 1, 0, 2, 0, 0), ("police", None, 0, 0, 3, 0, 1, 5), heard=5, days=12.5))
    assert found[SENT] == 16 and found["agency", "housing"] == 0 and found["category", "not_stated"] == 9
    for by in ("agency", "category", "outcome"):
        assert sum(value for name, value in found.items() if name[0] == by) == 16
    assert (found["outcome", "level_2"], found[HEARD], found[DAYS]) == (4, 5, 12.5)


HIDES = [  # what is counted, what is hidden among others, what shows
    (counted(("csc", 3, 40, 0, 0, 20, 0, 0)), [], [SENT, ("agency", "csc"), ("outcome", "level_3")]),
    (counted(("csc", 3, 40, 3, 0, 20, 0, 0)), [("outcome", "level_3"), ("outcome", "declined")], [SENT]),
    (counted(("csc", 3, 3, 0, 0, 0, 0, 0)), [SENT, ("agency", "police"), ("outcome", "declined")], []),
    (counted(("csc", 3, 40, 0, 0, 9, 0, 0), heard=4, days=9.0), [HEARD, DAYS], [SENT]),
    (counted(), [], [SENT, ("agency", "csc")]),
]


@pytest.mark.parametrize("exact, hidden, shown", HIDES)
def test_S1_small_numbers_and_what_gives_them_away_are_hidden(exact, hidden, shown):
    found = of(suppressed(exact, 5))
    assert all(found[name] == "c" for name in hidden) and all(found[name] != "c" for name in shown)


def test_without_a_hearing_the_median_is_not_available_and_not_hidden():
    assert of(suppressed(counted(("csc", 3, 40, 0, 0, 9, 0, 0)), 5))[DAYS] == "x"


@pytest.mark.parametrize("part", range(3))
def test_S3_each_hidden_number_of_random_registers_keeps_five_values_for_all_and_for_each_agency(part):
    dice = random.Random(part)
    some = lambda: dice.choice((0, 0, 0, 1, 1, 2, 3, 5, 8, 30))  # noqa: E731
    for _ in range(25):
        rows = [(slug, dice.choice((1, 3, 3, None)), *(some() for _ in range(6))) for slug in AGENCIES]
        accepted = sum(row[2] + row[3] for row in rows)
        exact = counted(*rows, heard=dice.randint(0, accepted), days=9.0)
        released = of(suppressed(exact, 5))
        truth = of(exact)
        assert not any(isinstance(v, int) and 0 < v < 5 for name, v in released.items() if name != DAYS)
        for told in [{}, *({("agency", slug): truth["agency", slug]} for slug in AGENCIES)]:
            kept = [n for n in released if n[0] == "agency"] if told else list(released)
            for name in kept:
                if released[name] == "c" and name not in told and name != DAYS:
                    assert width(released | told, name) >= 5, (name, told, rows)


def width(known: dict, name: tuple) -> int:
    """How many values a reader finds possible who adds up each margin; written apart from the code."""
    ends = []
    for sense in (1, -1):
        model = highspy.Highs()
        model.silent()
        cell = {}
        for each, value in known.items():
            if each != DAYS:
                low, high = (value, value) if isinstance(value, int) else (0, MOST)
                cell[each] = model.addIntegral(lb=low, ub=high)
        for by in ("agency", "category", "outcome"):
            model.addConstr(sum(x for n, x in cell.items() if n[0] == by) == cell[SENT])
        model.addConstr(cell[HEARD] <= cell["outcome", "level_2"] + cell["outcome", "level_3"])
        (model.maximize if sense == 1 else model.minimize)(cell[name])
        ends.append(round(model.val(cell[name])))
    return ends[0] - ends[1] + 1
