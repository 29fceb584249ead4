"""Small numbers are hidden so that nobody works them out, from one release or from all together (S1 to S3)."""

import random

import pytest

from boards.models import Territory
from data_returns.editions import PRESENT, shipped
from data_returns.form import Form
from data_returns.models import Rendition
from data_returns.release.cells import added, suppress
from data_returns.release.hiding import small
from mappa_portal.suppression.attack import Knowledge, Rule, narrow
from mappa_portal.suppression.hiding import CannotHide, protect
from tests.data_returns.attacker import BANDS, LEVELS, MANAGERS, fewest_values
from tests.data_returns.samples import GOOD

FORM = Form.of(shipped(PRESENT))
FIGURES = GOOD["figures"]
EXACTLY = lambda *parts: Rule({"total": 1} | dict.fromkeys(parts, -1), 0, 0)  # noqa: E731


def released(
    figures: dict, *, slug="camden", number=1, others=(), revised=(), covers=(), insiders=(), threshold=5
):
    about = Territory(pk=hash(slug) % 10_000 + 1, slug=slug) if slug else None
    made = Rendition(
        about=about,
        year=2024,
        number=number,
        edition=PRESENT,
        cells=dict(figures),
        revised=list(revised),
        covers=list(covers),
        threshold=threshold,
    )
    suppress(made, FORM, list(others), lambda rendition: FORM, insiders)
    return made


def told(rendition: Rendition) -> dict:
    return {
        "borough": rendition.slug,
        "number": rendition.number,
        "cells": rendition.cells,
        "revised": rendition.revised,
        "covers": rendition.covers,
    }


def hidden(rendition: Rendition) -> set[str]:
    return {key for key, value in rendition.cells.items() if value == "c"}


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"q10": 0}, set()),
        ({"q10": 1}, {"q10"}),
        ({"q10": 4}, {"q10"}),
        ({"q10": 5}, set()),
        ({"q1_l2": 3, "q3_l2": 0, "q4_l2": 0}, {"q1_l2", "q3_l2", "q4_l2"}),  # none of a whole small group
        ({"q1_l2": 0, "q3_l2": 0}, set()),  # nobody there: nobody told of
        ({"q1_l2": 9, "q3_l2": 0}, set()),
    ],
)
def test_S2_counts_of_one_to_four_and_what_tells_of_a_whole_small_group(figures, expected):
    assert small(FORM, figures, 5) == expected


@pytest.mark.parametrize(("threshold", "is_hidden"), [(5, False), (8, True)])
def test_S1_the_area_may_raise_the_threshold(threshold, is_hidden):
    assert ("q1_l2" in hidden(released(FIGURES, threshold=threshold))) == is_hidden


def test_a_part_that_could_be_taken_from_the_total_gets_a_companion():
    known = Knowledge({"total": 40, "a": 18, "b": 20}, {"c"}, [EXACTLY("a", "b", "c")])
    assert narrow(known, 5) == {"c": 1}
    assert protect(known, {"a", "b", "total"}) == {"a"}  # the smallest that helps
    assert narrow(known, 5) == {}


def test_what_was_shown_before_cannot_be_hidden_again():
    known = Knowledge({"total": 4, "a": 1}, {"b"}, [EXACTLY("a", "b")])
    with pytest.raises(CannotHide):
        protect(known, set())


def test_zeros_that_tell_nothing_of_a_small_group_show():
    cells = released(FIGURES).cells
    assert cells["q4_l1"] == 0 and cells["q7_l1_veryhigh"] == 0 and cells["q1_l1"] == 231


def test_a_cell_without_a_number_says_so_and_is_not_hidden():
    cells = released(FIGURES | {"q3_l1": "x", "q10": "z"}).cells
    assert (cells["q3_l1"], cells["q10"]) == ("x", "z")


def test_S3_what_was_hidden_stays_hidden_in_the_correction_and_what_was_shown_is_public():
    first = released(FIGURES)
    now = FIGURES | {"q2_l1": 40, "q5_l1": 3}
    second = released(now, number=2, others=[first], revised=["q2_l1", "q5_l1"])
    assert "q2_l1" in hidden(first) & hidden(second)
    assert "q5_l1" in hidden(second) - hidden(first)
    assert second.cells["q3_l1"] == first.cells["q3_l1"] == 20
    assert fewest_values([told(first), told(second)], 5)[0] == 5


def test_S3_a_correction_of_a_part_and_the_total_does_not_tell_the_others():
    """Of three hidden managers one changed: two versions with their totals leave each at least five values."""
    first = released(FIGURES)
    now = FIGURES | {"q1_l1_csc": 1, "q1_l1": 230}
    second = released(now, number=2, others=[first], revised=["q1_l1_csc", "q1_l1"])
    assert fewest_values([told(first), told(second)], 5)[0] == 5


@pytest.mark.parametrize("number", [3, 4])
def test_S2_the_area_s_sums_do_not_tell_what_a_borough_hides(number):
    dice = random.Random(number)
    truth = {f"borough-{n}": _figures(dice) for n in range(number)}
    boroughs = [released(figures, slug=slug) for slug, figures in truth.items()]
    covers = [[slug, 1] for slug in truth]
    insiders = [{(slug, 1, key): value for key, value in own.items()} for slug, own in truth.items()]
    sums = released(added(truth.values()), slug="", others=boroughs, covers=covers, insiders=insiders)
    assert fewest_values([told(r) for r in [*boroughs, sums]], 5)[0] == 5
    for slug in truth:
        known = [told(r) | ({"cells": truth[slug]} if r.slug == slug else {}) for r in [*boroughs, sums]]
        assert fewest_values(known, 5, of=set(truth) - {slug})[0] == 5, f"{slug} works out another borough"
    corrected = truth["borough-0"] | {"q10": truth["borough-0"]["q10"] + 2, "q3_l1": 0}
    second = released(
        corrected, slug="borough-0", number=2, others=[*boroughs, sums], revised=["q10", "q3_l1"]
    )
    assert fewest_values([told(r) for r in [*boroughs, sums, second]], 5)[0] == 5


def test_added_leaves_out_what_has_no_number():
    cells = added([{"q10": 3, "q4_l1": "x"}, {"q10": "x", "q4_l1": "z"}, {"q10": 4, "q4_l1": "x"}])
    assert cells == {"q10": 7, "q4_l1": "x"}


@pytest.mark.parametrize("part", range(5))
def test_S3_every_hidden_cell_of_a_thousand_random_returns_keeps_five_values(part):
    """Each second one with a correction; an attacker who was written apart from the code looks for the worst cell."""
    dice = random.Random(part)
    for number in range(200):
        figures = _figures(dice)
        releases = [released(figures)]
        if number % 2:
            now = _changed(figures, dice)
            revised = [key for key in now if now[key] != figures[key]]
            releases.append(released(now, number=2, others=releases, revised=revised))
        count, cell = fewest_values([told(r) for r in releases], 5)
        assert count == 5, (number, cell, figures)


def _figures(dice: random.Random) -> dict[str, int]:
    """Any return that keeps to H1, H2 and H3, small numbers more often than not."""
    some = lambda most: min(most, dice.choice((0, 0, 1, 2, 3, 4, 5, 6, 9, 30, 90)))  # noqa: E731
    found = {f"q1_l1_{m}": some(90) for m in MANAGERS}
    found |= {"q1_l1": sum(found.values()), "q1_l2": some(30), "q1_l3": some(9), "q10": some(3)}
    for level in LEVELS:
        whole = left = found[f"q1_l{level}"]
        found |= {f"q{question}_l{level}": some(whole) for question in range(2, 7)}
        for band in BANDS:
            found[f"q7_l{level}_{band}"] = some(left)
            left -= found[f"q7_l{level}_{band}"]
    return found


def _changed(figures: dict[str, int], dice: random.Random) -> dict[str, int]:
    """Some cells as another return has them, where the rules still hold."""
    now, other = dict(figures), _figures(dice)
    for question in range(2, 7):
        for level in LEVELS:
            key = f"q{question}_l{level}"
            if dice.random() < 0.3 and other[key] <= now[f"q1_l{level}"]:
                now[key] = other[key]
    manager = f"q1_l1_{dice.choice(MANAGERS)}"
    if other[manager] >= now[manager]:
        now["q1_l1"] += other[manager] - now[manager]
        now[manager] = other[manager]
    return now
