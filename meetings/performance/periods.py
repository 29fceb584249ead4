"""The reporting year, 1 April to 31 March, and its quarters (C2)."""

from dataclasses import dataclass
from datetime import date, timedelta

from boards.dates import add_months

QUARTERS = {1: "April to June", 2: "July to September", 3: "October to December", 4: "January to March"}


@dataclass(frozen=True)
class Period:
    """A reporting year by the calendar year in which it begins, or one of its quarters; both days included."""

    year: int
    quarter: int | None = None

    @property
    def start(self) -> date:
        return add_months(date(self.year, 4, 1), 3 * ((self.quarter or 1) - 1))

    @property
    def end(self) -> date:
        return add_months(self.start, 3 if self.quarter else 12) - timedelta(days=1)

    @property
    def year_before(self) -> "Period":
        return Period(self.year - 1, self.quarter)

    @property
    def label(self) -> str:
        """2025 to 2026"""
        return f"{self.year} to {self.year + 1}"


def year_of(day: date) -> int:
    return day.year if day.month >= 4 else day.year - 1
