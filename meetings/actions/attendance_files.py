"""An attendance file is checked, kept, and imported without being handed in again; a large one by a worker."""

from collections.abc import Collection

from django.db import transaction

from audit.events import record
from boards.models import Territory
from mappa_portal.words import plural
from meetings.actions.importing import Imported, import_attendance
from meetings.attendance_file import FileRefused, Row, read
from meetings.kept_file import pack, pack_faults, unpack
from meetings.models import AttendanceFile, Meeting
from meetings.progress import Teller
from meetings.rules import ATTENDANCE_FILE_RULES, MEETING_RULES
from outbox.jobs import post

AT_ONCE = 5_000  # rows that somebody waits for; more are a worker's
Status = AttendanceFile.Status


@transaction.atomic
def keep(
    data: bytes, rows: list[Row], *, name: str, boroughs: Collection[Territory], unit, by
) -> AttendanceFile:
    """Check the file and keep it; FileRefused if it leads nowhere. ``unit`` of the borough that its rows are about."""
    MEETING_RULES.require("add", Meeting(organisation=unit, territory=unit.territory), by=by)
    is_large = _is_large(rows, unit)
    said = "" if is_large else str(import_attendance(rows, boroughs=boroughs, by=by, preview=True))
    kept = AttendanceFile.objects.create(
        territory=unit.territory,
        organisation=unit,
        name=name[:200],
        rows=len(rows),
        content=pack(data),
        said=said,
        status=Status.CHECKING if is_large else Status.CHECKED,
        uploaded_by=by,
    )
    kept.refresh_from_db(fields=["key"])
    record("attendance_file.kept", kept, by=by, reason=plural(len(rows), "row"))
    if is_large:
        post("meetings.check_file", kept)
    return kept


def _is_large(rows: list[Row], unit) -> bool:
    """A worker sees one borough: a file about several is imported while its owner waits."""
    return len(rows) > AT_ONCE and {row.borough for row in rows} == {unit.territory.slug}


@transaction.atomic
def start_import(kept: AttendanceFile, *, boroughs: Collection[Territory], by) -> AttendanceFile:
    """Import now, or promise it for a large file; a second try finds it under way."""
    kept = _locked(kept)
    ATTENDANCE_FILE_RULES.require("import", kept, by=by)
    rows = read(unpack(kept.content))
    if _is_large(rows, kept.organisation):
        kept.status = Status.IMPORTING
        kept.save(update_fields=["status"])
        post("meetings.import_file", kept)
        return kept
    return _attempt(kept, rows, boroughs, by=by)


@transaction.atomic
def discard(kept: AttendanceFile, *, by) -> None:
    kept = _locked(kept)
    ATTENDANCE_FILE_RULES.require("discard", kept, by=by)
    record("attendance_file.discarded", kept, by=by)
    kept.delete()


# -- What a worker does --


@transaction.atomic
def check_large(kept: AttendanceFile) -> None:
    kept = _locked(kept)
    if kept.status == Status.CHECKING:
        _attempt_large(kept, preview=True)


@transaction.atomic
def import_large(kept: AttendanceFile) -> None:
    """For the person who asked for it: a seat that ended meanwhile imports nothing."""
    kept = _locked(kept)
    if kept.status == Status.IMPORTING:
        _attempt_large(kept)


def _attempt_large(kept: AttendanceFile, **more) -> None:
    tell = Teller(kept)
    rows = read(unpack(kept.content))
    _attempt(kept, rows, [kept.territory], by=kept.uploaded_by, tell=tell, **more)


def _attempt(kept: AttendanceFile, rows, boroughs, *, preview: bool = False, **more) -> AttendanceFile:
    try:
        with transaction.atomic():
            done: Imported = import_attendance(rows, boroughs=boroughs, preview=preview, **more)
    except FileRefused as refused:
        kept.status, kept.faults, kept.content = Status.REFUSED, pack_faults(refused.faults), ""
    else:
        kept.said = str(done)
        kept.status, kept.content = (Status.CHECKED, kept.content) if preview else (Status.DONE, "")
    kept.save(update_fields=["status", "faults", "said", "content"])
    return kept


def _locked(kept: AttendanceFile) -> AttendanceFile:
    found = AttendanceFile.objects.select_for_update(of=["self"])
    return found.select_related("territory__parent", "organisation__territory", "uploaded_by").get(pk=kept.pk)
