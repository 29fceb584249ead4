"""A return's year: from 1 April to 31 March, named by the calendar year in which it begins."""

import re
from datetime import date

WRITTEN = re.compile(r"(\d{4})[/-](\d{2})")


def year_of(text: str) -> int | None:
    """Of "2024/25" or "2024-25"; None for anything else."""
    match = WRITTEN.fullmatch(text.strip())
    if not match or (int(match[1]) + 1) % 100 != int(match[2]):
        return None
    return int(match[1])


def first_day(year: int) -> date:
    return date(year, 4, 1)


def last_day(year: int) -> date:
    """31 March, the day of the position."""
    return date(year + 1, 3, 31)


def last_year(today: date) -> int:
    """The newest reporting year that has ended."""
    return today.year - 2 if today.month < 4 else today.year - 1


def slashed(year: int) -> str:
    return f"{year}/{(year + 1) % 100:02}"


def in_words(year: int) -> str:
    return f"{year} to {year + 1}"


def dashed(year: int) -> str:
    """2025-26, as addresses name it."""
    return slashed(year).replace("/", "-")
