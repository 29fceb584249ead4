"""Who was at the table for each case, as the administrator enters it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from audit.events import record
from mappa_portal.exceptions import StaleEdit
from meetings import figures
from meetings.models import Attendance, Meeting
from meetings.rules import MEETING_RULES


@dataclass(frozen=True)
class Mark:
    """What is entered for one agency and one case: an outcome, and how the attendee was there."""

    outcome: str
    mode: str = ""
    grade: int | None = None

    def values(self) -> dict:
        there = OUTCOMES[self.outcome]["attended"]
        return OUTCOMES[self.outcome] | {
            "mode": self.mode if there else "",
            "grade": self.grade if there else None,
        }


Outcome = Attendance.Outcome
OUTCOMES = {
    Outcome.NOT_RECORDED: {"attended": None, "substitute": False, "report": False, "explained": None},
    Outcome.ATTENDED: {"attended": True, "substitute": False, "report": False, "explained": None},
    Outcome.SUBSTITUTE: {"attended": True, "substitute": True, "report": False, "explained": None},
    Outcome.REPORT: {"attended": False, "substitute": False, "report": True, "explained": None},
    Outcome.EXPLAINED: {"attended": False, "substitute": False, "report": False, "explained": True},
    Outcome.UNEXPLAINED: {"attended": False, "substitute": False, "report": False, "explained": False},
}


@transaction.atomic
def record_attendance(meeting: Meeting, *, marks: Mapping[int, Mark], revision: int, by) -> int:
    """Write what differs; ``marks`` by the id of the attendance. Returns how many changed."""
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    MEETING_RULES.require("record", meeting, by=by)
    if meeting.revision != revision:
        raise StaleEdit(meeting)
    open_ones = Attendance.objects.required().filter(discussion__meeting=meeting)
    changed, before, after = [], {}, {}
    for part in open_ones.select_related("organisation", "discussion__case"):
        mark = marks.get(part.pk)
        if mark is None or _is(part, mark):
            continue
        name = f"{part.organisation.slug} {part.discussion.case.reference}"
        before[name] = part.outcome
        vars(part).update(mark.values())
        after[name] = part.outcome
        changed.append(part)
    if changed:
        Attendance.objects.bulk_update(
            changed, ["attended", "substitute", "report", "explained", "mode", "grade"]
        )
        Meeting.objects.filter(pk=meeting.pk).update(revision=revision + 1)
        record("attendance.recorded", meeting, by=by, before=before, after=after)
        figures.changed(meeting.territory_id, [meeting.held_on])
    return len(changed)


def _is(part: Attendance, mark: Mark) -> bool:
    """An imported report may carry an explanation too: choosing the same outcome again keeps it."""
    values = mark.values()
    return part.outcome == mark.outcome and (part.mode, part.grade) == (values["mode"], values["grade"])
