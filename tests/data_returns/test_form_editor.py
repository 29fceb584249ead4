"""How a form is put together: names that stay, numbers that follow, sums of their own, and what is a problem."""

from dataclasses import replace

import pytest

from data_returns.building import drafting
from data_returns.building.asking import Asking, Wording
from data_returns.building.names import named, next_base
from data_returns.building.problems import problems_of, words_of
from data_returns.building.sums import sums_of
from data_returns.checks import Beside, check
from data_returns.content import Content
from data_returns.editions import FIRST, PRESENT, shipped
from data_returns.form import Form
from data_returns.forms.building.checks import CheckForm
from data_returns.forms.building.questions import AskingForm
from data_returns.models import Edition

LEVELS = Asking("Numbers", "How many?", "position", shape="levels", texts=(Wording("Comments"),))
PARTS = replace(LEVELS, parts=("by day", "by night"), parts_of=(1, 3))
BANDS = replace(LEVELS, shape="bands", bands=("low", "high"))
CHOICE = Asking("Plans", "Is there a plan?", options=("Yes", "No"), reason=("No",))


def built(*said: Asking) -> dict:
    content = {**drafting.blank(), "title": "Ours", "slug": "form-1"}
    for asking in said:
        content = drafting.asked(content, None, asking, next_base([content]))
    return content


def changed(content: dict, number: int, said: Asking) -> dict:
    return drafting.asked(content, number, said, bases(content)[number - 1])


def bases(content: dict) -> list[str]:
    return [question.base for question in Form.read(content).questions]


def problems(content: dict) -> list[str]:
    return [problem.text for problem in problems_of(Form.read(content))]


@pytest.mark.parametrize("slug", [FIRST, PRESENT])
def test_a_form_that_ships_is_the_same_after_each_question_was_saved_unchanged(slug):
    content = shipped(slug)
    for question, base in zip(content["questions"], bases(content), strict=True):
        said = Asking.of(question).question(base, question)
        assert {"number": question["number"], **said} == question
    assert problems(content) == []
    again = content
    for number in range(1, len(content["questions"]) + 1):
        again = changed(again, number, Asking.of(content["questions"][number - 1]))
    assert Form.of(again).cells == Form.of(content).cells
    assert {frozenset(r["left"]): r for r in again["relations"]} == {
        frozenset(r["left"]): r for r in content["relations"]
    }


NAMES = [
    (("low", "high"), {"low": "low", "high": "high"}),
    (("high", "low"), {"high": "high", "low": "low"}),
    (("very low", "high"), {"low": "very low", "high": "high"}),  # reworded
    (("low", "medium", "high"), {"low": "low", "medium": "medium", "high": "high"}),
    (("low", "high", "High!"), {"low": "low", "high": "high", "high2": "High!"}),
    (("…",), {"other": "…"}),
]


@pytest.mark.parametrize("labels, found", NAMES)
def test_what_is_reworded_or_moved_keeps_its_name(labels, found):
    assert named(labels, {"low": "low", "high": "high"}) == found


def test_a_name_is_never_given_to_a_second_question():
    content = built(LEVELS, LEVELS, LEVELS)
    assert bases(content) == ["q1", "q2", "q3"]
    moved = drafting.moved(drafting.removed(content, 2), 2, -1)
    assert bases(moved) == ["q3", "q1"] and [q["number"] for q in moved["questions"]] == [1, 2]
    assert next_base([moved, content]) == "q4" == next_base([content])
    assert next_base([drafting.removed(content, 3)]) == "q4", "a stale page still names q3"


def test_every_cross_check_has_a_code_of_its_own_that_stays():
    content = built(LEVELS, BANDS)
    pairs = [(["q2_l1_low"], ["q1_l1"]), (["q2_l2_low"], ["q1_l2"])]
    content = drafting.with_checks(content, pairs, "at most", "error", "")
    content = drafting.without_check(content, 2)
    content = drafting.with_checks(content, pairs[1:], "at most", "error", "")
    assert [r["code"] for r in content["relations"]] == ["C1", "C3"]
    said = Content({"q2_l1_low": 2, "q1_l1": 1, "q2_l2_low": 3, "q1_l2": 1})
    found = check(Form.of(content), said, Beside(), lambda key, text: [])
    assert [f.message for f in found.errors if f.code.startswith("C")] == [
        "Cross-check C1: Question 2, Level 1, low (2) must be at most question 1, Level 1 (1)",
        "Cross-check C3: Question 2, Level 2, low (3) must be at most question 1, Level 2 (1)",
    ]


@pytest.mark.parametrize("number, by, order", [(1, -1, "123"), (1, 1, "213"), (3, 1, "123"), (3, -1, "132")])
def test_a_question_moves_one_place(number, by, order):
    found = drafting.moved(built(LEVELS, LEVELS, LEVELS), number, by)
    assert "".join(base[1:] for base in bases(found)) == order


def test_questions_of_a_section_stand_together_and_sections_change_places():
    other = replace(LEVELS, page="Plans")
    content = built(LEVELS, other, other, LEVELS)
    assert bases(content) == ["q1", "q4", "q2", "q3"], "a new one is the last of its section"
    for number, by, order in ((3, -1, "q2 q3 q1 q4"), (2, 1, "q2 q3 q1 q4"), (3, 1, "q1 q4 q3 q2")):
        assert bases(drafting.moved(content, number, by)) == order.split()
    assert bases(changed(content, 1, other)) == ["q1", "q2", "q3", "q4"]


def test_words_that_name_a_question_follow_its_number():
    content = drafting.moved(shipped(PRESENT), 1, 1)
    said = {r["message"] for r in content["relations"]}
    assert "Level 1 under-18s ({left}) must be {right} or fewer, the Level 1 total in question 2" in said


def test_parts_add_up_to_their_level_without_anybody_saying_so():
    content = built(PARTS)
    left = [(r["left"], r["right"]) for r in content["relations"]]
    assert left == [
        (["q1_l1_byday", "q1_l1_bynight"], ["q1_l1"]),
        (["q1_l3_byday", "q1_l3_bynight"], ["q1_l3"]),
    ]
    more = changed(content, 1, replace(PARTS, parts=("by day", "by night", "else"), parts_of=(1,)))
    assert [r["left"] for r in more["relations"]] == [["q1_l1_byday", "q1_l1_bynight", "q1_l1_else"]]
    assert changed(more, 1, LEVELS)["relations"] == []


def test_the_words_of_a_cross_check_cannot_break_it():
    content = built(LEVELS, BANDS)
    content = drafting.with_checks(
        content, [(["q2_l1_low"], ["q1_l1"])], "at most", "error", "{left.x} too many"
    )
    form = Form.of(content)
    assert form.says(form.relations[0]).format(left=3, right=2) == "{left.x} too many (3 and 2)"
    assert problems(content) == []
    assert words_of(form, form.relations[0]) == "{left.x} too many (N and N)"


def test_a_cross_check_says_what_it_compares():
    form = Form.of(built(LEVELS, BANDS, PARTS))
    assert form.name_of(["q1_l1", "q1_l2", "q1_l3"]) == "question 1, all together"
    assert form.name_of(["q2_l2_low", "q2_l2_high"]) == "question 2, Level 2"
    assert Form.read(built(LEVELS)).name_of(["q1_l1", "q1_l3"]) == "question 1, Levels 1 and 3"
    assert form.name_of(["q2_l2_low"]) == "question 2, Level 2, low"
    assert form.name_of(["q1_l2", "q1_l3"]) == "question 1, Levels 2 and 3"
    assert form.name_of(["q3_l1_byday", "q3_l1_bynight"]) == "question 3, the parts of Level 1"
    assert [one.label for one in sums_of(form)["1. How many?"]] == [
        "Question 1, all together",
        "Question 1, each level in turn",
        *(f"Question 1, Level {level}" for level in (1, 2, 3)),
        "Question 1, Levels 2 and 3",
    ]


def _relation(**said) -> dict:
    content = built(LEVELS)
    relation = {"code": "C", "left": ["q1_l1"], "right": ["q1_l2"], "test": "equal", **said}
    return {**content, "relations": [relation]}


def _twice() -> dict:
    content = built(LEVELS, LEVELS)
    return {**content, "questions": [content["questions"][0], {**content["questions"][0], "number": 2}]}


PROBLEMS = [
    ({**built(LEVELS), "title": " "}, "The form needs a title"),
    (built(), "The form asks nothing yet"),
    (_twice(), "is the name of two things"),
    (_relation(right=["q9_l1"]), "names a figure that is no longer asked"),
    (_relation(right=["q1_l1"]), "The same figure stands on both sides"),
    (_relation(left=[]), "It compares with nothing"),
    (_relation(message="{that}"), "Its words cannot be read"),
    (built(Asking("P", "Q?", texts=())), "There is nothing to answer"),
    (built(replace(CHOICE, texts=(Wording("Comments", "above zero"),))), "but no number is asked"),
    (built(replace(CHOICE, options=("Yes",), reason=())), "A choice needs two answers or more"),
    (built(replace(CHOICE, zero=("q9_l1",))), "“Not applicable” rests on a figure"),
    (built(replace(LEVELS, texts=(Wording("Why"), Wording("Why")))), "“Why” is asked twice"),
    (
        built(replace(LEVELS, basis="year", source="managed")),
        "The case register counts the position on 31 March",
    ),
    (built(replace(LEVELS, source="case_reviews")), "The case register counts the whole year"),
]


@pytest.mark.parametrize("content, said", PROBLEMS)
def test_what_keeps_a_form_from_being_published(content, said):
    assert any(said in text for text in problems(content)), problems(content)


def test_removing_a_question_leaves_what_named_it_as_a_problem():
    content = built(LEVELS, PARTS)
    content = drafting.with_checks(content, [(["q2_l1"], ["q1_l1"])], "at most", "warning", "")
    left = drafting.removed(content, 2)
    assert len(left["relations"]) == 1, "the sums of its own parts go with it"
    assert problems_of(Form.read(left))[0].check == 1


# -- What is typed --


def asking_form(data: dict, *said: Asking, base: str = "") -> AskingForm:
    common = {"page": "Numbers", "text": "How many?", "revision": 1, "texts_shown": "1"}
    return AskingForm({**common, **data}, edition=Edition(content=built(*said)), base=base)


YEARLY = {"shape": "levels", "basis": "year"}
WRONG = [
    ({"shape": "one", "basis": "year"}, "label", "Enter what the number is"),
    ({"shape": "bands", "basis": "position"}, "bands", "Enter the bands"),
    ({"shape": "levels", "bands": "low\nhigh"}, "bands", "This belongs to “One for each band of each level"),
    ({"shape": "levels", "basis": "position", "parts": "by day"}, "parts_of", "select the levels"),
    ({"shape": "levels", "basis": "position", "parts_of": [1]}, "parts", "Enter the parts"),
    ({"shape": "levels"}, "basis", "Select what the numbers count"),
    ({"shape": "none", "options": "Yes"}, "options", "Enter two answers or more"),
    ({"shape": "none", "options": "Yes\nNo", "reason": "Maybe"}, "reason", "must stand among the answers"),
    ({"shape": "none", "zero": "q1_l1"}, "options", "Enter the other answers"),
    ({"shape": "none"}, "text-0-label", "Ask for a number, a choice or a text"),
    (YEARLY | {"source": "managed"}, "source", "The case register counts the position on 31 March"),
    ({"shape": "bands", "bands": "x" * 101}, "bands", "Bands must be 100 characters or less on each line"),
    ({"parts": "x" * 101}, "parts", "Parts of a level must be 100 characters or less on each line"),
    ({"options": "x" * 101}, "options", "Answers must be 100 characters or less on each line"),
    ({"bands": "\n".join("abcdefghijklmnopqrstu")}, "bands", "Bands must be 20 lines or fewer"),
    ({"label": "x" * 101}, "label", "100 characters or less"),
    ({"text-0-label": "x" * 201}, "text-0-label", "200 characters or less"),
]


@pytest.mark.parametrize("data, field, said", WRONG)
def test_what_a_question_lacks_is_said_beside_its_field(data, field, said):
    form = asking_form(data, LEVELS)
    assert not form.is_valid() and said in str(form.errors[field])


@pytest.mark.parametrize("said", [PARTS, BANDS, replace(CHOICE, texts=(Wording("Why", "always", ("CSC",)),))])
def test_a_question_comes_out_of_its_page_as_it_went_in(said):
    edition = Edition(content=built(LEVELS, said))
    shown = AskingForm(edition=edition, base="q2")
    data = {name: shown[name].value() for name in shown.fields if shown[name].value() is not None}
    again = AskingForm({**data, "texts_shown": str(shown.texts_shown)}, edition=edition, base="q2")
    assert again.is_valid(), again.errors
    assert changed(edition.content, 2, again.asking) == edition.content


def test_a_text_without_words_is_gone_and_a_new_one_gets_a_name():
    data = {
        "shape": "levels",
        "basis": "position",
        "texts_shown": "3",
        "text-1-label": "More",
        "text-2-label": "More yet",
    }
    form = asking_form(data, LEVELS, base="q1")
    assert form.is_valid(), form.errors
    question = changed(built(LEVELS), 1, form.asking)["questions"][0]
    assert [text["key"] for text in question["texts"]] == ["q1_more", "q1_moreyet"]


@pytest.mark.parametrize("slug", [FIRST, PRESENT])
def test_a_question_that_ships_is_saved_on_its_page(slug):
    edition = Edition(content=shipped(slug))
    for place, base in enumerate(bases(edition.content), 1):
        shown = AskingForm(edition=edition, base=base)
        data = {name: shown[name].value() for name in shown.fields if shown[name].value() is not None}
        again = AskingForm({**data, "texts_shown": str(shown.texts_shown)}, edition=edition, base=base)
        assert again.is_valid(), (base, again.errors)
        assert changed(edition.content, place, again.asking)["questions"] == edition.content["questions"]


def test_what_the_register_counts_of_parts_goes_when_it_counts_otherwise():
    content, said = shipped(PRESENT), Asking.of(shipped(PRESENT)["questions"][0])
    again = changed(content, 1, replace(said, basis="year", source=""))
    assert not any("source" in cell for cell in again["questions"][0]["cells"])


ATTENDING = Wording("Housing", attends=("HSG",))
BOTH = [
    (None, replace(CHOICE, texts=(ATTENDING,))),
    (replace(CHOICE, texts=(Wording("Housing"),)), replace(CHOICE, texts=(replace(ATTENDING, key="q1"),))),
    (Asking("Plans", "Who?", texts=(ATTENDING,)), replace(CHOICE, texts=(replace(ATTENDING, key="q1"),))),
]


@pytest.mark.parametrize("before, said", BOTH)
def test_a_choice_and_whether_an_agency_attends_are_two_answers(before, said):
    content = changed(built(before), 1, said) if before else built(said)
    assert problems(content) == []
    assert len(Form.of(content).choices) == 2


TEXTS = [("1", 1), ("20", 20), ("21", 20), ("0", 1), ("-1", 1), ("9" * 5000, 1), ("two", 1)]


@pytest.mark.parametrize("typed, shown", TEXTS)
def test_a_question_has_twenty_texts_at_most(typed, shown):
    form = asking_form({"texts_shown": typed, "shape": "none", "text-0-label": "Why"})
    assert form.texts_shown == shown and form.has_room == (shown < 20) and form.is_valid()


def test_sides_of_a_cross_check_are_alike():
    edition = Edition(content=built(LEVELS, BANDS))
    each = {n: next(s.name for s in found if len(s.rows) > 1) for n, found in sums_of(edition.draft).items()}
    one, two = each.values()
    common = {"revision": 1, "test": "at most", "level": "error"}
    good = CheckForm({**common, "left": two, "right": one}, edition=edition)
    assert good.is_valid() and good.pairs[2] == (["q2_l3_low", "q2_l3_high"], ["q1_l3"])
    mixed = CheckForm({**common, "left": two, "right": "q1_l1"}, edition=edition)
    assert not mixed.is_valid() and "each level in turn with each level" in str(mixed.errors)
    same = CheckForm({**common, "left": "q1_l1", "right": "q1_l1"}, edition=edition)
    assert not same.is_valid() and "cannot stand on both sides" in str(same.errors)
