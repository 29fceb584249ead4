"""What an attendance file has to look like, for the people who make one: its columns, codes, and a sample."""

import csv
import io
from collections.abc import Collection, Iterator

from boards.models import Coverage, Organisation, Territory
from meetings.attendance_file import COLUMNS, REFERENCE_MAX

YES_NO, OR_EMPTY = "yes or no", "yes, no, or empty when not recorded"
VALUES = {  # what a cell says, and what it may be
    "meeting": ("Your reference of the meeting", f"1 to {REFERENCE_MAX} characters"),
    "borough": ("Whose meeting it is", "a short name of the list below"),
    "held_on": ("Day of the meeting", "a date like 2026-01-31"),
    "level": ("Level of the meeting", "2 or 3"),
    "status": ("What became of it", "held, cancelled, postponed or abandoned"),
    "case": ("Your reference of the case", f"1 to {REFERENCE_MAX} characters"),
    "birth_date": ("The person’s date of birth", "a date like 1990-01-31, or empty when not known"),
    "agency": ("The agency", "a code of the list below"),
    "invited": ("Was it invited to this case?", YES_NO),
    "stood_down": ("Did the MAPPA unit or chair excuse it before the meeting?", YES_NO),
    "attended": ("Was it there for this case?", OR_EMPTY),
    "mode": ("How it was there", "in_person, video, phone or empty"),
    "grade": (
        "Seniority of who came",
        "1 practitioner, 2 team manager, 3 service manager, 4 head of service, or empty",
    ),
    "report": ("Did it send a written report?", YES_NO),
    "explained": ("Was its absence explained?", OR_EMPTY),
}


def columns() -> list[tuple[str, str, str]]:
    return [(name, *VALUES[name]) for name in COLUMNS]


def agencies_of(borough: Territory) -> list[tuple[str, str]]:
    """The code of each agency that covers the borough, and its name."""
    covered = Coverage.objects.filter(borough=borough, organisation__kind=Organisation.Kind.AGENCY)
    return list(
        covered.order_by("organisation__agency_type").values_list(
            "organisation__agency_type", "organisation__name"
        )
    )


def others(boroughs: Collection[Territory]) -> list[tuple[str, str]]:
    """Short names and names of the areas' other boroughs, whose agencies may be named."""
    around = Territory.objects.filter(kind=Territory.Kind.BOROUGH, parent__in={b.parent_id for b in boroughs})
    return list(around.exclude(pk__in=[b.pk for b in boroughs]).order_by("name").values_list("slug", "name"))


def sample(borough: Territory) -> str:
    """Two made-up rows that an import of this borough takes as they stand."""
    written = io.StringIO()
    csv.writer(written).writerows([COLUMNS, *_rows(borough)])
    return written.getvalue()


def _rows(borough: Territory) -> Iterator[list[str]]:
    sitting = ["SAMPLE-MEETING-1", borough.slug, "2024-05-01", "2", "held", "SAMPLE-CASE-1", "1980-01-31"]
    came = ["yes", "no", "yes", "video", "3", "no", ""]
    absent = ["yes", "no", "no", "", "", "yes", "yes"]
    codes = [code for code, _ in agencies_of(borough)][:2]
    for code, became in zip(codes, (came, absent), strict=False):
        yield [*sitting, code, *became]
