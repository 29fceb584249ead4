"""Attendance files made from short words, so that a test shows only what it is about."""

from meetings.attendance_file import COLUMNS, Row, read

USUAL = {
    "meeting": "M1",
    "borough": "camden",
    "held_on": "2024-05-01",
    "level": "2",
    "status": "held",
    "case": "C1",
    "birth_date": "1980-02-03",
    "agency": "ASC",
    "invited": "yes",
    "stood_down": "no",
    "attended": "yes",
    "mode": "in_person",
    "grade": "3",
    "report": "no",
    "explained": "",
}
CHILD = {"birth_date": "2010-05-01"}
ABSENT = {"attended": "no", "mode": "", "grade": ""}
REPORT = ABSENT | {"report": "yes"}
EMPTY = {"attended": "", "mode": "", "grade": ""}  # nobody recorded it yet


def line(**cells: str) -> str:
    assert set(cells) <= set(COLUMNS), cells
    return ",".join((USUAL | cells)[column] for column in COLUMNS)


def file(*lines: str) -> bytes:
    return "\n".join([",".join(COLUMNS), *lines]).encode()


def rows(*cells: dict[str, str]) -> list[Row]:
    return read(file(*(line(**c) for c in cells)))
