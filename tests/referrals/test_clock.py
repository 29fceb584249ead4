"""The review clock (domain section 1), in Python and in SQL alike."""

from datetime import date

import pytest

from boards.models import AreaSettings
from referrals import clock
from referrals.models import Case, LevelPeriod

DUE = [  # level, last held review, next one due
    (1, date(2025, 10, 31), date(2026, 2, 28)),
    (1, date(2027, 10, 31), date(2028, 2, 29)),
    (1, date(2026, 5, 31), date(2026, 9, 30)),
    (2, date(2026, 8, 3), date(2026, 11, 23)),
    (3, date(2026, 3, 1), date(2026, 4, 26)),
]


@pytest.fixture
def case(world):
    unit = world.organisation("camden-mappa-unit")
    return Case.objects.create(territory=unit.territory, organisation=unit, reference="CMD-C-2026-001")


def level(case, number: int, starts_on: date, ends_on: date | None = None) -> LevelPeriod:
    return LevelPeriod.objects.create(
        territory_id=case.territory_id, case=case, level=number, starts_on=starts_on, ends_on=ends_on
    )


@pytest.mark.parametrize("at, last, due", DUE)
def test_a_review_is_due_after_the_areas_interval(case, at, last, due):
    settings = AreaSettings.objects.get(territory__slug="london")
    assert clock.due_on(at, last, settings) == due
    level(case, at, last)
    listed = Case.objects.with_level(date(2028, 1, 1)).annotate(
        due=clock.due_in_sql(settings, last_review="level_since")
    )
    assert listed.get().due == due


def test_it_is_overdue_from_the_day_after():
    due = date(2026, 11, 23)
    assert [clock.is_overdue(due, date(2026, 11, day)) for day in (22, 23, 24)] == [False, False, True]


LEVELS = [(date(2025, 12, 31), None), (date(2026, 1, 1), 2), (date(2026, 3, 31), 2), (date(2026, 4, 1), 3)]


@pytest.mark.parametrize("today, present", LEVELS)
def test_the_present_level_is_that_of_the_day(case, today, present):
    level(case, 2, date(2026, 1, 1), date(2026, 3, 31))
    level(case, 3, date(2026, 4, 1))
    assert Case.objects.with_level(today).get().present_level == present
