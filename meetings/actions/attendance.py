"""Who was at the table for each case, as the administrator enters it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.db import transaction

from audit.events import record
from mappa_portal.exceptions import StaleEdit
from meetings.attendees import FIELDS, Came, Who, recorded
from meetings.models import Attendance, Attendee, Meeting
from meetings.performance import figures
from meetings.rules import MEETING_RULES


@dataclass(frozen=True)
class Saved:
    """How many attendances changed, and the revision that the next save names."""

    changed: int
    revision: int


Outcome = Attendance.Outcome
OUTCOMES = {
    Outcome.NOT_RECORDED: {"attended": None, "substitute": False, "report": False, "explained": None},
    Outcome.ATTENDED: {"attended": True, "substitute": False, "report": False, "explained": None},
    Outcome.SUBSTITUTE: {"attended": True, "substitute": True, "report": False, "explained": None},
    Outcome.REPORT: {"attended": False, "substitute": False, "report": True, "explained": None},
    Outcome.EXPLAINED: {"attended": False, "substitute": False, "report": False, "explained": True},
    Outcome.UNEXPLAINED: {"attended": False, "substitute": False, "report": False, "explained": False},
}
WRITTEN = ["attended", "substitute", "report", "explained", "mode", "grade"]


@transaction.atomic
def record_attendance(
    meeting: Meeting, *, marks: Mapping[int, str], came: Mapping[Who, Came], revision: int, by
) -> Saved:
    """Write what differs; ``marks`` are outcomes by the id of the attendance, what is not named stays."""
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    MEETING_RULES.require("record", meeting, by=by)
    if meeting.revision != revision:
        raise StaleEdit(meeting)
    parts = list(
        Attendance.objects.required()
        .filter(discussion__meeting=meeting)
        .select_related("organisation", "discussion__case")
    )
    known = recorded(meeting, parts)
    changed, before, after = [], {}, {}
    for part in parts:
        outcome = marks.get(part.pk, part.outcome)
        if values := _values(part, outcome, known, came):
            name = f"{part.organisation.name}, {part.discussion.case.reference}"
            before[name] = str(part.outcome.label)
            vars(part).update(values)
            after[name] = str(part.outcome.label)
            changed.append(part)
    Attendance.objects.bulk_update(changed, WRITTEN)
    renamed = _keep_attendees(meeting, parts, known, came)
    if not changed and not renamed:
        return Saved(0, revision)
    Meeting.objects.filter(pk=meeting.pk).update(revision=revision + 1)
    after |= {f"{agency}, who came": "changed" for agency in renamed}
    record("attendance.recorded", meeting, by=by, before=before, after=after)
    figures.changed(meeting.territory_id, [meeting.held_on])
    return Saved(len(changed), revision + 1)


def _values(part: Attendance, outcome: str, known: Mapping[Who, Came], came: Mapping[Who, Came]) -> dict:
    """What has to be written; the same outcome again keeps what an import said beyond it."""
    who = (part.organisation_id, outcome == Outcome.SUBSTITUTE)
    old = known.get(who, Came())
    attendee = came.get(who, old)
    there = OUTCOMES[outcome]["attended"]
    if outcome == part.outcome:
        same = not there or (old.mode, old.grade) == (attendee.mode, attendee.grade)
        return {} if same else {"mode": attendee.mode, "grade": attendee.grade}
    return OUTCOMES[outcome] | {
        "mode": attendee.mode if there else "",
        "grade": attendee.grade if there else None,
    }


def _keep_attendees(meeting: Meeting, parts, known, came: Mapping[Who, Came]) -> list[str]:
    """Those who came, and those who had been recorded before; returns whose agencies changed."""
    names = {part.organisation_id: part.organisation.name for part in parts}
    there = {(part.organisation_id, part.substitute) for part in parts if part.attended}
    asked = {
        who: person
        for who, person in came.items()
        if who[0] in names and person != known.get(who, Came()) and (who in there or who in known)
    }
    Attendee.objects.bulk_create(
        [
            Attendee(
                territory_id=meeting.territory_id,
                meeting=meeting,
                organisation_id=agency,
                is_substitute=is_substitute,
                **asdict(person),
            )
            for (agency, is_substitute), person in asked.items()
        ],
        update_conflicts=True,
        unique_fields=["territory", "meeting", "organisation", "is_substitute"],
        update_fields=FIELDS,
    )
    return sorted({names[agency] for agency, _ in asked})
