"""Working days as deadlines count them."""

from datetime import date

import pytest

from boards.dates import add_working_days

WORKING_DAYS = [
    (date(2026, 11, 19), 1, date(2026, 11, 20)),
    (date(2026, 11, 20), 1, date(2026, 11, 23)),  # over a weekend
    (date(2026, 12, 24), 2, date(2026, 12, 30)),  # Christmas; Boxing Day is made up for on the Monday
    (date(2026, 4, 2), 1, date(2026, 4, 7)),  # Good Friday and Easter Monday
    (date(2026, 11, 21), 0, date(2026, 11, 21)),
]


@pytest.mark.parametrize("day, number, expected", WORKING_DAYS)
def test_weekends_and_bank_holidays_are_left_out(day, number, expected):
    assert add_working_days(day, number) == expected
