"""Which cases a panel is offered."""

from datetime import date, timedelta

import pytest

from boards.models import AreaSettings
from meetings.due import due_cases
from meetings.models import Discussion, Meeting
from tests.meetings import plans

TODAY = date(2026, 11, 22)
BY = date(2026, 12, 10)


@pytest.fixture
def due(world):
    settings = AreaSettings.objects.get(territory__slug="london")

    def found(by=BY):
        unit = world.organisation("camden-mappa-unit")
        return {d.case.reference: d for d in due_cases(unit, by=by, today=TODAY, settings=settings)}

    return found


def heard(world, case, held_on: date, status="held", next_review_on=None):
    meeting = plans.plan(world, cases=[case])
    Meeting.objects.filter(pk=meeting.pk).update(held_on=held_on, status=status)
    Discussion.objects.filter(meeting=meeting).update(next_review_on=next_review_on)
    return meeting


SINCE = date(2026, 1, 5)
CASES = [  # what happened, due on, overdue; None is not due
    ({"level": 2, "heard": date(2026, 8, 20)}, date(2026, 12, 10), False),  # 112 days later: the very day
    ({"level": 2, "heard": date(2026, 8, 21)}, None, None),
    ({"level": 2, "heard": date(2026, 8, 1)}, date(2026, 11, 21), True),
    ({"level": 2, "heard": date(2026, 8, 2)}, date(2026, 11, 22), False),  # overdue from the day after
    ({"level": 3, "heard": date(2026, 10, 1)}, date(2026, 11, 26), False),  # 56 days
    (
        {"level": 2, "heard": date(2026, 8, 21), "next": date(2026, 12, 1)},
        date(2026, 12, 1),
        False,
    ),  # a set date that is earlier wins
    (  # set at Level 2, then raised to Level 3
        {"level": 3, "heard": date(2026, 10, 1), "next": date(2027, 1, 21)},
        date(2026, 11, 26),
        False,
    ),
    ({"level": 2}, date(2026, 4, 27), True),  # never heard: from the start of the level
    ({"level": 1, "heard": date(2026, 1, 1)}, None, None),
]


@pytest.mark.parametrize("what, due_on, overdue", CASES)
def test_a_review_falls_due(world, due, what, due_on, overdue):
    case = plans.case(world, "C1", level=what["level"], since=SINCE)
    if "heard" in what:
        heard(world, case, what["heard"], next_review_on=what.get("next"))
        heard(world, case, what["heard"] + timedelta(days=30), status="cancelled")  # never happened
    found = due().get("C1")
    assert (found and found.due_on, found and found.is_overdue) == (due_on, overdue)


def test_who_was_never_heard_is_offered_whatever_the_date(world, due):
    plans.case(world, "C1", since=date(2026, 11, 20))
    assert due()["C1"].never_heard and due()["C1"].why == "never heard, review due 12 March 2027"


def test_another_panel_that_hears_the_case_first_is_named(world, due):
    case = plans.case(world, "C1", since=SINCE)
    assert due()["C1"].is_for(2) and not due()["C1"].is_for(3)
    meeting = heard(world, case, date(2026, 12, 1), status="scheduled")
    assert due()["C1"].planned == meeting.reference and not due()["C1"].is_for(2)


def test_it_is_one_query_and_of_the_unit_alone(world, due, django_assert_num_queries):
    plans.case(world, "C1", since=SINCE)
    plans.case(world, "H1", since=SINCE, borough="hackney")
    assert set(due()) == {"C1"}
    for n in range(5):
        plans.case(world, f"C{n + 2}", since=SINCE)
    settings = AreaSettings.objects.get(territory__slug="london")
    unit = world.organisation("camden-mappa-unit")
    with django_assert_num_queries(1):
        assert len(due_cases(unit, by=BY, today=TODAY, settings=settings)) == 6
