"""Five invented years of meetings for every borough, the same ones each time, through the importer."""

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from boards.models import Coverage, Organisation, Territory
from boards.scope import scope
from meetings.actions.importing import import_attendance
from meetings.actions.overdue_follow_ups import carry_on
from meetings.attendance_file import Row
from meetings.demo import directory
from meetings.performance.periods import year_of

YEARS = 5
EVERY = 2  # months between two panels; the third of a year is at level 3
CASES = 3
EXPECTED = ("ASC", "CSC", "EDU", "HPR", "HSG", "JCP", "YOT")
FAITHFUL = {"CSC": 0.98, "YOT": 0.98, "ASC": 0.96, "HPR": 0.94, "EDU": 0.9, "JCP": 0.86}
OTHERS = 0.95
NOBODY = {
    "stood_down": False,
    "attended": None,
    "mode": "",
    "grade": None,
    "report": False,
    "explained": None,
}
STILL_OPEN = timedelta(days=7)  # the newest panels are not all recorded yet


def load(today: date) -> int:
    """Returns how many meetings were made."""
    made = 0
    for area in Territory.objects.filter(kind=Territory.Kind.AREA).order_by("pk"):
        boroughs = list(area.children.select_related("parent").order_by("name"))
        with scope([area.pk, *(b.pk for b in boroughs)], [area.pk]):
            there = _agencies(boroughs)
            rows = [row for n, b in enumerate(boroughs) for row in _rows(b, there[b.pk], n, today)]
            if rows:
                made += import_attendance(rows, boroughs=boroughs, by=None).meetings
            directory.load(boroughs, today)
            for borough in boroughs:
                carry_on(borough, today)
    return made


def _agencies(boroughs: list[Territory]) -> dict[int, list[str]]:
    covered = Coverage.objects.filter(borough__in=boroughs, organisation__kind=Organisation.Kind.AGENCY)
    found: dict[int, set[str]] = {b.pk: set() for b in boroughs}
    for borough, kind in covered.values_list("borough", "organisation__agency_type"):
        found[borough].add(kind)
    return {borough: [code for code in EXPECTED if code in kinds] for borough, kinds in found.items()}


def _rows(borough: Territory, agencies: list[str], place: int, today: date) -> Iterator[Row]:
    chance = Random(borough.slug)
    care = chance.uniform(0.95, 1.06)  # some boroughs do better than others
    line = 1
    for number, held_on in enumerate(_days(place, today)):
        for heard in range(CASES):
            case = number * 2 // 3 + heard  # heard at two panels in a row or so, then the next person
            born = date(1965 + (case * 7 + place) % 44, 1 + case % 12, 1 + case % 28)
            for code in agencies:
                line += 1
                yield _row(line, borough, number, held_on, case, born, code, chance, care, today)


def _days(place: int, today: date) -> Iterator[date]:
    """One day every second month since the reporting year five years ago, a weekday, never in the future."""
    for month in range(0, 12 * (YEARS + 1), EVERY):
        year, month = divmod(3 + month, 12)
        year += year_of(today) - YEARS
        day = date(year, month + 1, 1 + (place * 3) % 28)
        day += timedelta(days=max(0, day.weekday() - calendar.FRIDAY) and 7 - day.weekday())
        if day < today:
            yield day


def _row(line, borough, number, held_on, case, born, code, chance: Random, care: float, today: date) -> Row:
    came = chance.random() < FAITHFUL.get(code, OTHERS) * care
    recorded = held_on < today - STILL_OPEN or code != "HSG"
    level = 3 if number % 6 == 2 else 2
    row = Row(
        line=line,
        meeting=f"{borough.code}-{held_on:%y%m}",
        borough=borough.slug,
        held_on=held_on,
        level=level,
        status="cancelled" if number % 17 == 9 else "held",
        case=f"{borough.code}-{case:03}",
        birth_date=born,
        agency=code,
        invited=True,
        stood_down=chance.random() < 0.02,
        attended=came if recorded else None,
        mode=("in_person", "video", "video", "phone")[chance.randrange(4)] if came and recorded else "",
        grade=min(4, level + chance.choice((0, 0, 0, 1))) - (chance.random() < 0.02)
        if came and recorded
        else None,
        report=not came and chance.random() < 0.4,
        explained=None if came else chance.random() < 0.6,
    )
    return row._replace(**NOBODY) if row.status == "cancelled" else row
