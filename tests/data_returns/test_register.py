"""What the case register counts for the cells of a form on 31 March, and what it cannot tell."""

from datetime import date

import pytest

from data_returns.editions import FIRST, PRESENT, shipped
from data_returns.form import Form
from data_returns.register import SOURCES, counted, counts, facts
from meetings.models import Discussion, Meeting
from tests.data_returns.conftest import ADULT, CHILD

DAY, CSC, ASC = date(2026, 3, 31), "camden-childrens-services", "camden-adult-social-care"
FORM = Form.of(shipped(PRESENT))


def said(world) -> dict[str, str]:
    found = counted(FORM.cells.values(), facts(world.territory("camden"), DAY))
    return {key: count.in_words for key, count in found.items()}


def test_a_register_that_knows_nobody_has_no_counts(world):
    assert said(world) == {}


COUNTED = [  # a case, and the cells that count it beside its level
    ({}, {"q1_l1": "1", "q1_l1_police": "1", "q2_l1": "0", "q4_l1": "0"}),
    ({"lead": CSC}, {"q1_l1_csc": "1", "q1_l1_police": "0", "q1_l1_other": "0"}),
    ({"lead": "camden-youth-justice-service"}, {"q1_l1_yos": "1"}),
    ({"lead": ASC}, {"q1_l1_other": "1", "q1_l1_probation": "0"}),
    ({"lead": ""}, {"q1_l1": "1", "q1_l1_police": "at least 0; lead agency of 1 not recorded"}),
    ({"level": 2, "lead": ""}, {"q1_l2": "1", "q1_l1": "0", "q1_l1_police": "0"}),
    ({"level": 3, "category": 4}, {"q4_l3": "1", "q4_l2": "0"}),
    ({"category": None}, {"q4_l1": "at least 0; category of 1 not recorded", "q4_l2": "0"}),
    ({"born": CHILD}, {"q2_l1": "1", "q2_l2": "0"}),
    ({"born": None}, {"q2_l1": "at least 0; age of 1 not recorded", "q2_l2": "0"}),
    ({"born": date(2008, 3, 31)}, {"q2_l1": "0"}),  # 18 from the start of the birthday
    ({"born": date(2008, 4, 1)}, {"q2_l1": "1"}),
    ({"since": date(2026, 3, 31)}, {"q1_l1": "1"}),
]


@pytest.mark.parametrize("case, expected", COUNTED)
def test_a_case_counts(world, cases, case, expected):
    cases.add("1", **case)
    assert said(world).items() >= expected.items()


def test_a_level_that_began_later_is_not_there_yet(world, cases):
    cases.add("1")
    cases.add("2", since=date(2026, 4, 1))
    assert said(world)["q1_l1"] == "1"


def test_only_what_is_known_of_all_is_held_against_a_figure(world, cases):
    cases.add("1", born=None), cases.add("2", born=CHILD), cases.add("3", level=2)
    assert said(world)["q2_l1"] == "at least 1; age of 1 not recorded"
    found = counts(FORM.cells.values(), world.territory("camden"), 2025)
    assert found["q2_l2"] == 0 and found["q1_l1"] == 2 and "q2_l1" not in found


STATED = [  # (day of the meeting, under 18 then), what is known of 31 March
    ([(date(2025, 11, 1), False)], "0"),  # of age stays of age
    ([(date(2026, 5, 1), True)], "1"),  # under 18 later, so under 18 before
    ([(date(2025, 11, 1), True)], None),  # may have had a birthday since
    ([(date(2026, 5, 1), False)], None),  # may have had one meanwhile
    ([(date(2025, 11, 1), False), (date(2026, 5, 1), True)], None),  # contradict each other
    ([], None),
]


@pytest.mark.parametrize("meetings, known", STATED)
def test_without_a_birth_date_what_meetings_stated(world, cases, meetings, known):
    case = cases.add("1", born=None)
    for number, (day, under_18) in enumerate(meetings):
        meeting = Meeting.objects.create(
            territory=case.territory,
            organisation=case.organisation,
            reference=f"CMD-M-2026-{number:03}",
            level=2,
            held_on=day,
            status=Meeting.Status.HELD,
        )
        Discussion.objects.create(
            territory=case.territory, meeting=meeting, case=case, under_18=under_18, under_18_stated=True
        )
    assert said(world)["q2_l1"] == (known or "at least 0; age of 1 not recorded")


def test_what_meetings_stated_is_asked_once(world, cases, django_assert_num_queries):
    for number in range(5):
        cases.add(str(number), born=None if number % 2 else ADULT)
    camden = world.territory("camden")
    with django_assert_num_queries(3):  # levels; what meetings stated; what an erased case keeps
        facts(camden, DAY)


@pytest.mark.parametrize("slug", [FIRST, PRESENT])
def test_every_source_of_a_shipped_form_is_one(slug):
    sources = {cell.source for cell in Form.of(shipped(slug)).cells.values()}
    assert sources - SOURCES.keys() <= {"", "case_reviews"}
    assert all(source.label for source in SOURCES.values())
