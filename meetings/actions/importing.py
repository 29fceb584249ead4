"""An attendance file goes into the registers as a whole or not at all; the same file again changes nothing."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from audit.events import record
from boards.models import Territory
from boards.references import next_references
from mappa_portal.words import plural
from meetings.ages import restate
from meetings.attendance_directory import Directory
from meetings.attendance_file import Fault, FileRefused, Row
from meetings.models import Attendance, Discussion, Meeting
from meetings.performance import figures
from meetings.rules import MEETING_RULES
from referrals.actions import write_tokens
from referrals.models import Case
from referrals.personal import Person, is_under_18

BATCH = 5_000  # rows merged by one statement: so often somebody who waits hears how far it is
STAGING = """
CREATE TEMPORARY TABLE attendance_file (
    number int, territory_id bigint, meeting_id bigint, case_id bigint, position int, under_18 boolean,
    touched boolean, organisation_id bigint, invited boolean, stood_down boolean, attended boolean, mode text,
    grade smallint, report boolean, explained boolean, UNIQUE (meeting_id, case_id, organisation_id)
) ON COMMIT DROP
"""
DISCUSSIONS = """
INSERT INTO meetings_discussion (territory_id, meeting_id, case_id, position, under_18, responsible_csc_id)
SELECT DISTINCT ON (f.meeting_id, f.case_id)
    f.territory_id, f.meeting_id, f.case_id, f.position, f.under_18, c.responsible_csc_id
FROM attendance_file f JOIN referrals_case c ON c.territory_id = f.territory_id AND c.id = f.case_id
ON CONFLICT (territory_id, meeting_id, case_id) DO NOTHING
"""
VALUES = "invited, stood_down, attended, mode, grade, report, explained"
ATTENDANCES = f"""
WITH file AS MATERIALIZED (
    SELECT * FROM attendance_file WHERE number > %(after)s AND number <= %(upto)s
), written AS (
    INSERT INTO meetings_attendance AS a (territory_id, discussion_id, organisation_id, {VALUES})
    SELECT f.territory_id, d.id, f.organisation_id, {VALUES}
    FROM file f
    JOIN meetings_discussion d
        ON d.territory_id = f.territory_id AND d.meeting_id = f.meeting_id AND d.case_id = f.case_id
    ON CONFLICT (territory_id, discussion_id, organisation_id) DO UPDATE
        SET ({VALUES}, substitute)
            = ({", ".join(f"excluded.{v}" for v in VALUES.split(", "))}, a.substitute AND excluded.attended IS TRUE)
        WHERE ({", ".join(f"a.{v}" for v in VALUES.split(", "))})
            IS DISTINCT FROM ({", ".join(f"excluded.{v}" for v in VALUES.split(", "))})
    RETURNING discussion_id, organisation_id, xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new),
    (SELECT count(*) FROM file f
     JOIN meetings_discussion d
         ON d.territory_id = f.territory_id AND d.meeting_id = f.meeting_id AND d.case_id = f.case_id
     WHERE f.touched AND NOT EXISTS (
         SELECT FROM written w WHERE (w.discussion_id, w.organisation_id) = (d.id, f.organisation_id)))
FROM written
"""


@dataclass(frozen=True)
class Imported:
    """``updated`` counts the attendances of which anything changed: their own row, their meeting or their case."""

    meetings: int
    discussions: int
    attendances: int
    created: int
    updated: int

    @property
    def unchanged(self) -> int:
        return self.attendances - self.created - self.updated

    def __str__(self):
        rows = plural(self.meetings, "meeting"), plural(self.discussions, "discussion")
        return (
            f"{', '.join(rows)}, {plural(self.attendances, 'attendance')}:"
            f" {self.created} created, {self.updated} updated, {self.unchanged} unchanged"
        )


@transaction.atomic
def import_attendance(
    rows: list[Row],
    *,
    boroughs: Collection[Territory],
    by,
    preview: bool = False,
    tell: Callable[[int], None] = lambda rows_done: None,
) -> Imported:
    """Merge the rows into the registers of ``boroughs``; ``preview`` says what would happen and undoes it.

    ``tell`` hears now and then how many rows are merged.
    """
    directory = Directory(boroughs)
    for unit in directory.units.values():
        MEETING_RULES.require("add", Meeting(organisation=unit, territory=unit.territory), by=by)
    agencies = directory.resolve(rows)
    directory.lock()
    meetings, cases = _meetings(rows, agencies, directory), _cases(rows, directory)
    _stage(rows, agencies, directory, meetings, cases)
    done = _merge(len(rows), tell)
    if done.created or done.updated:
        moved = Q(meeting__in=meetings.altered_ids()) | Q(case__in=cases.altered_ids())
        days = meetings.days | restate(Discussion.objects.filter(moved))
        _report(directory, days, done, by)
    if preview:
        transaction.set_rollback(True)
    return done


# -- Meetings and cases: few, so one by one --

Key = tuple[int, str]  # borough, reference in the file


@dataclass
class Register:
    """What the file names, and which of it the file alters; ``days`` are those whose figures may move."""

    found: dict[Key, Any]
    altered: set[Key] = field(default_factory=set)
    days: set[tuple[int, date]] = field(default_factory=set)

    def altered_ids(self) -> list[int]:
        return [self.found[key].pk for key in self.altered]


OF_MEETING = ("held_on", "level", "status")


def _meetings(rows: list[Row], agencies: list[int], directory: Directory) -> Register:
    wanted = {(directory.boroughs[r.borough].pk, r.meeting): r for r in rows}
    register = Register(_registered(Meeting, wanted))
    _refuse_unlike_invitations(rows, agencies, directory, register.found)
    register.days = {(borough, row.held_on) for (borough, _), row in wanted.items()}
    for key, meeting in register.found.items():
        values = {name: getattr(wanted[key], name) for name in OF_MEETING}
        if values != {name: getattr(meeting, name) for name in values}:
            register.altered.add(key)
            register.days.add((key[0], meeting.held_on))
            vars(meeting).update(values, revision=meeting.revision + 1)
    altered = [register.found[key] for key in register.altered]
    Meeting.objects.bulk_update(altered, ["held_on", "level", "status", "revision"])
    new = {
        key: Meeting(held_on=row.held_on, level=row.level, status=row.status)
        for key, row in wanted.items()
        if key not in register.found
    }
    register.found |= _add(new, "M", wanted, directory)
    return register


def _refuse_unlike_invitations(rows, agencies, directory: Directory, found: dict[Key, Meeting]) -> None:
    """What agencies were told through the portal is changed there, where they are told of the change."""
    invited = {m.pk for m in found.values() if m.invited_on}
    parts = Attendance.objects.filter(discussion__meeting__in=invited).select_related("discussion__case")
    known: dict[tuple[int, str, int], Attendance] = {}
    for part in parts:
        case = part.discussion.case
        for reference in (case.file_reference, case.reference):
            known[part.discussion.meeting_id, reference, part.organisation_id] = part
    faults = []
    for row, agency in zip(rows, agencies, strict=True):
        meeting = found.get((directory.boroughs[row.borough].pk, row.meeting))
        if meeting and meeting.pk in invited:
            part = known.get((meeting.pk, row.case, agency))
            faults += _differences(row, meeting, OF_MEETING)
            faults += _differences(row, part, ("invited", "stood_down")) if part else []
    if faults:
        raise FileRefused(faults)


def _differences(row: Row, told: Meeting | Attendance, names: Collection[str]) -> list[Fault]:
    said = "must be as in the portal, where agencies were invited: change it there"
    return [Fault(row.line, name, said) for name in names if getattr(row, name) != getattr(told, name)]


def _cases(rows: list[Row], directory: Directory) -> Register:
    wanted = {(directory.boroughs[r.borough].pk, r.case): r for r in rows}
    register = Register(_registered(Case, wanted))
    for key, case in register.found.items():
        case.person = Person.opened(case.personal)
        born = wanted[key].birth_date
        is_news = born and born != case.person.birth_date  # an empty cell says nothing against a known date
        if is_news and not case.erased_at:
            register.altered.add(key)
            case.person = replace(case.person, birth_date=born)
            case.personal, case.revision = case.person.sealed(), case.revision + 1
    Case.objects.bulk_update([register.found[key] for key in register.altered], ["personal", "revision"])
    new = {}
    for key, row in wanted.items():
        if key not in register.found:
            person = Person(birth_date=row.birth_date)
            new[key] = Case(personal=person.sealed())
            new[key].person = person
    register.found |= _add(new, "C", wanted, directory)
    write_tokens([register.found[key] for key in {*new, *register.altered}])
    return register


def _registered(model, wanted: Collection[Key]) -> dict[Key, Any]:
    """By the reference that the file gave before, or by the portal's own; locked, as people write to the same rows."""
    boroughs, references = {b for b, _ in wanted}, {r for _, r in wanted}
    found: dict[Key, Any] = {}
    things = model.objects.called(references).filter(territory__in=boroughs)
    for thing in things.select_for_update(of=["self"], no_key=True).order_by("pk"):
        for reference in (thing.file_reference, thing.reference):
            if (thing.territory_id, reference) in wanted:
                found[thing.territory_id, reference] = thing
    return found


def _add(new: dict[Key, Any], kind: str, wanted: dict[Key, Row], directory: Directory) -> dict[Key, Any]:
    years: dict[tuple[int, int], list[Key]] = {}
    for key in new:
        years.setdefault((key[0], wanted[key].held_on.year), []).append(key)
    for (borough, year), keys in sorted(years.items()):
        unit = directory.units[borough]
        numbered = next_references(unit.territory, kind, year, len(keys))
        for key, reference in zip(keys, numbered, strict=True):
            vars(new[key]).update(
                territory_id=borough, organisation_id=unit.pk, reference=reference, file_reference=key[1]
            )
    if new:
        type(next(iter(new.values()))).objects.bulk_create(new.values(), batch_size=2_000)
    return new


# -- Discussions and attendances: many, so as sets --


def _stage(rows, agencies, directory: Directory, meetings: Register, cases: Register) -> None:
    """Everything under its ids in a temporary table; COPY is the fastest way in."""
    positions: dict[Key, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(STAGING)
        with cursor.copy("COPY attendance_file FROM STDIN") as copy:
            for number, (row, agency) in enumerate(zip(rows, agencies, strict=True), 1):
                borough = directory.boroughs[row.borough].pk
                meeting, case = (borough, row.meeting), (borough, row.case)
                heard = positions.setdefault(meeting, {})
                copy.write_row(
                    (
                        number,
                        borough,
                        meetings.found[meeting].pk,
                        cases.found[case].pk,
                        heard.setdefault(row.case, len(heard) + 1),
                        is_under_18(cases.found[case].person.birth_date, row.held_on),
                        meeting in meetings.altered or case in cases.altered,
                        agency,
                        *(row.invited, row.stood_down, row.attended, row.mode, row.grade),
                        *(row.report, row.explained),
                    )
                )
        cursor.execute("ANALYZE attendance_file")


def _merge(rows: int, tell: Callable[[int], None]) -> Imported:
    created = updated = 0
    with connection.cursor() as cursor:
        cursor.execute(DISCUSSIONS)
        for after in range(0, rows, BATCH):
            tell(after)
            cursor.execute(ATTENDANCES, {"after": after, "upto": after + BATCH})
            new, changed, touched = cursor.fetchone()
            created, updated = created + new, updated + changed + touched
        tell(rows)
        cursor.execute(
            "SELECT count(DISTINCT meeting_id), count(DISTINCT (meeting_id, case_id)), count(*) FROM attendance_file"
        )
        sizes = cursor.fetchone()
        cursor.execute("DROP TABLE attendance_file")
    return Imported(*sizes, created=created, updated=updated)


def _report(directory: Directory, days: set[tuple[int, date]], done: Imported, by) -> None:
    touched: dict[int, set[date]] = {}
    for borough, day in days:
        touched.setdefault(borough, set()).add(day)
    for borough in sorted(touched):
        figures.changed(borough, touched[borough])
        unit = directory.units[borough]
        record("attendance.imported", unit, by=by, territory=unit.territory, reason=str(done))
