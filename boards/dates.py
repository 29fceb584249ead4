"""Civil dates as agreements count them (Europe/London)."""

import calendar
import re
from datetime import date, timedelta
from functools import cache

import holidays

ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or that month's last: 31 October plus four is 28 or 29 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def add_working_days(day: date, number: int) -> date:
    """Weekends and the bank holidays of England and Wales are left out; the day itself does not count."""
    while number:
        day += timedelta(days=1)
        number -= is_working_day(day)
    return day


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _bank_holidays()


def bank_holiday(day: date) -> str:
    """Its name in England and Wales, empty for any other day."""
    return _bank_holidays().get(day, "")


@cache
def _bank_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("GB", subdiv="ENG")


def iso_date(text: str) -> date:
    """2026-01-31 and no other spelling; ValueError otherwise."""
    if not ISO.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)
