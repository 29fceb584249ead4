"""The rules of a return (domain register, section 6), one by one and against a second statement of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_returns.checks import Beside, check
from data_returns.content import as_json, parse
from data_returns.editions import FIRST, PRESENT, shipped
from data_returns.form import Form
from tests.data_returns.samples import good

FORM = Form.of(shipped(FIRST))
NOBODY = lambda key, text: []  # noqa: E731


def result(data: dict, beside: Beside | None = None, personal=NOBODY, form: Form = FORM):
    content, faults = parse(data, form)
    assert faults == []
    return check(form, content, beside or Beside(), personal)


def codes(data: dict, beside: Beside | None = None, personal=NOBODY) -> dict:
    return result(data, beside, personal).codes()


@pytest.mark.parametrize("slug", [FIRST, PRESENT])
def test_the_forms_that_ship_ask_for_36_numbers_by_the_same_keys(slug):
    form = Form.of(shipped(slug))
    assert len(form.cells) == 36 and set(form.cells) == set(FORM.cells)
    assert [q.number for q in form.questions] == list(range(1, 12))


def test_a_return_that_agrees_with_itself_has_no_problem():
    assert codes(good()) == {"errors": [], "warnings": [], "not_evaluated": ["S4", "S5", "S6", "S7", "S8"]}


ERRORS = [
    ("H1", {"q1_l1_police": 101}, {}, {}),
    ("H2", {"q2_l2": 7, "q1_l2": 6}, {}, {}),
    ("H2", {"q6_l3": 2}, {}, {}),
    ("H3", {"q7_l3_low": 1}, {}, {}),
    ("H5", {"q10": None}, {}, {}),
    ("H5", {"q4_l1": None}, {}, {}),
    ("H6", {}, {"q2": ""}, {}),
    ("H6", {}, {"q5": None}, {}),
    ("H6", {"q10": 1}, {}, {}),
    ("H7", {}, {}, {"q8": None}),
    ("H7", {}, {}, {"q8": "no"}),
    ("H7", {}, {}, {"q8": "not_applicable"}),
]


@pytest.mark.parametrize("code, figures, texts, answers", ERRORS)
def test_hard_rules_each_alone(code, figures, texts, answers):
    assert codes(good(figures, texts=texts, answers=answers))["errors"] == [code]


ALLOWED = [
    ({"q10": None}, {"q10": "The register was not kept."}, {}),
    ({"q10": 1}, {"q10": "Share concerns early."}, {}),
    ({}, {"q8": "Plans of two cases were late."}, {"q8": "no"}),
    (
        {f"q{n}_l{level}": 0 for n in range(1, 7) for level in (2, 3)}
        | {f"q7_l{level}_{band}": 0 for level in (2, 3) for band in ("low", "medium", "high", "veryhigh")},
        {},
        {"q8": "not_applicable"},
    ),
]


@pytest.mark.parametrize("figures, texts, answers", ALLOWED)
def test_what_is_explained_is_no_error(figures, texts, answers):
    assert codes(good(figures, texts=texts, answers=answers))["errors"] == []


def test_a_relation_with_a_blank_is_not_evaluated():
    found = codes(good({"q1_l1": None}, texts={"q1": "Two counts were under dispute."}))
    assert found["errors"] == [] and found["not_evaluated"][:3] == ["H1", "H2", "H3"]


def test_messages_name_both_figures():
    [sums] = result(good({"q1_l1_police": 101})).errors
    assert sums.message == "Level 1 by case manager adds up to 232. It must equal the Level 1 total, 231"
    [above] = result(good({"q2_l3": 4, "q1_l3": 2, "q5_l3": 1}, texts={"q2": "x"})).errors
    assert above.message == "Level 3 under-18s (4) must be 2 or fewer, the Level 3 total in question 1"


def test_H8_points_to_the_words():
    named = lambda key, text: ["J. Doe"] * ("Doe" in text)  # noqa: E731
    found = result(good(texts={"q11": "About J. Doe."}), personal=named)
    [finding] = found.errors
    assert (finding.code, finding.key) == ("H8", "q11") and "“J. Doe”" in finding.message


SAME = good()["figures"]
WARNINGS = [
    ("S1", {"q2_l1": 3}, {}, {}, Beside()),
    ("S2", {"q3_l1": 38}, {}, {}, Beside()),
    ("S3", {"q4_l1": 1}, {}, {}, Beside()),
    ("S4", {}, {}, {}, Beside(last_year=SAME | {"q3_l1": 14})),
    ("S4", {}, {}, {}, Beside(last_year=SAME | {"q1_l1": 310})),
    ("S5", {}, {}, {}, Beside(register={"q10": 1})),
    ("S6", {}, {}, {}, Beside(register={"q1_l2": 5})),
    ("S6", {}, {}, {}, Beside(register={"q2_l3": 1})),
    ("S7", {}, {}, {"q9_csc": "yes"}, Beside(rates={"CSC": (False, "66.6% (2 of 3)")})),
    ("S8", {}, {}, {}, Beside(under_18_discussions=2)),
]


@pytest.mark.parametrize("code, figures, texts, answers, beside", WARNINGS)
def test_warnings_each_alone(code, figures, texts, answers, beside):
    found = codes(good(figures, texts=texts, answers=answers), beside)
    assert (found["errors"], found["warnings"]) == ([], [code]) and code not in found["not_evaluated"]


QUIET = [
    (Beside(last_year=SAME | {"q3_l1": 15}), {}),  # five more
    (Beside(last_year=SAME | {"q1_l1": 308}), {}),  # exactly a quarter
    (Beside(last_year=SAME | {"q1_l1": None}), {}),
    (Beside(register={"q1_l1": 300}), {}),  # Level 1 is not held against the register
    (Beside(rates={"CSC": (False, "60%")}), {"q9_csc": "in_part"}),
    (Beside(rates={"CSC": (True, "90%")}), {"q9_csc": "yes"}),
    (Beside(under_18_discussions=0), {}),
]


@pytest.mark.parametrize("beside, answers", QUIET)
def test_what_is_no_warning(beside, answers):
    assert codes(good(answers=answers), beside)["warnings"] == []


FAULTS = [
    ({"q1_l1": "231"}, "figures.q1_l1: must be a whole number, like 14, or null."),
    ({"q1_l1": True}, "figures.q1_l1: must be a whole number, like 14, or null."),
    ({"q1_l1": 2.5}, "figures.q1_l1: must be a whole number, like 14, or null."),
    ({"q1_l1": -1}, "figures.q1_l1: must be a whole number from 0 to 99999."),
    ({"q1_l1": 10**9}, "figures.q1_l1: must be a whole number from 0 to 99999."),
    ({"q99": 1}, "figures.q99: this form has no such figure."),
]


@pytest.mark.parametrize("figures, said", FAULTS)
def test_H4_a_file_with_a_fault_says_which(figures, said):
    assert parse(good(figures), FORM)[1] == [said]


def test_a_missing_figure_is_blank_and_never_zero():
    data = good()
    del data["figures"]["q10"]
    assert as_json(parse(data, FORM)[0], FORM)["figures"]["q10"] is None


def test_an_exported_return_reads_as_it_was():
    data = good({"q10": None}, texts={"q1": "Late."}, answers={"q9_csc": "in_part"})
    content, _ = parse(data, FORM)
    assert parse(as_json(content, FORM), FORM) == (content, [])


# -- The rules stated a second time --


def second(figures: dict, last: dict) -> tuple[set[str], set[str]]:
    """Errors and warnings among H1-H3, H5, H6, S1-S4 without texts, written from the register's words alone."""
    q, errors, warnings = figures.get, set(), set()
    level = lambda n, lv: q(f"q{n}_l{lv}")  # noqa: E731
    managers = [q(f"q1_l1_{m}") for m in ("probation", "police", "csc", "yos", "other")]
    if None not in [*managers, q("q1_l1")] and sum(managers) != q("q1_l1"):
        errors.add("H1")
    for lv in (1, 2, 3):
        if level(1, lv) is not None:
            if any((level(n, lv) or 0) > level(1, lv) for n in range(2, 7)):
                errors.add("H2")
            bands = [q(f"q7_l{lv}_{b}") for b in ("low", "medium", "high", "veryhigh")]
            if None not in bands and sum(bands) > level(1, lv):
                errors.add("H3")
    if None in figures.values():
        errors.add("H5")
    if q("q10") or any(level(n, lv) for n in (2, 5, 6) for lv in (1, 2, 3)):
        errors.add("H6")
    if any(level(4, lv) for lv in (1, 2, 3)):
        warnings.add("S3")
    if None not in (q("q2_l1"), q("q1_l1_yos")) and q("q2_l1") < q("q1_l1_yos"):
        warnings.add("S1")
    threes = [level(3, lv) for lv in (1, 2, 3)]
    sevens = [value for key, value in figures.items() if key.startswith("q7")]
    if None not in threes + sevens and sum(threes) > sum(sevens):
        warnings.add("S2")
    for key, now in figures.items():
        if None not in (now, last[key]) and abs(now - last[key]) > max(5, last[key] / 4):
            warnings.add("S4")
    return errors, warnings


NUMBERS = st.fixed_dictionaries({key: st.none() | st.integers(0, 30) for key in FORM.cells})


@settings(max_examples=150, deadline=None)
@given(NUMBERS, NUMBERS)
def test_random_returns_break_the_same_rules_by_both_statements(figures, last):
    data = {"figures": figures, "texts": {}, "answers": {"q8": "yes"}}
    found = codes(data, Beside(last_year=last))
    errors, warnings = second(figures, last)
    assert set(found["errors"]) == errors and set(found["warnings"]) == warnings
