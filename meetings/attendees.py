"""Who came, or is expected to come, for each agency: as recorded, else as replied; nobody is guessed."""

from collections.abc import Iterable
from dataclasses import dataclass

from meetings.models import Attendance, Attendee, Meeting, Reply

Who = tuple[int, bool]  # agency, and whether the substitute
FIELDS = ("name", "job_title", "mode", "grade")
CONFIRMED = {
    Reply.Answer.ATTENDING: Attendance.Outcome.ATTENDED,
    Reply.Answer.SUBSTITUTE: Attendance.Outcome.SUBSTITUTE,
}
TOO_LOW = "Seniority too low for Level {}"  # whoever comes is welcome, and does not count (C4)


@dataclass(frozen=True)
class Came:
    """One person's part in a meeting; the grade and mode of an agency's attendances follow from it."""

    name: str = ""
    job_title: str = ""
    mode: str = ""
    grade: int | None = None

    @classmethod
    def of(cls, row) -> "Came":
        return cls(**{field: getattr(row, field) for field in FIELDS})


def recorded(meeting: Meeting, parts: Iterable[Attendance]) -> dict[Who, Came]:
    """What stands in the register; of imported attendances nobody knows more than grade and mode, if these."""
    found: dict[Who, Came] = {}
    for part in parts:
        who = (part.organisation_id, part.substitute)
        if part.attended and found.get(who, Came()) == Came():
            found[who] = Came(mode=part.mode, grade=part.grade)
    rows = Attendee.objects.filter(meeting=meeting)
    return found | {(row.organisation_id, row.is_substitute): Came.of(row) for row in rows}


def replies(meeting: Meeting) -> dict[int, Reply]:
    """The last answer of each agency that was not stood down."""
    found = Reply.objects.holding().filter(invitation__meeting=meeting, invitation__stood_down_at=None)
    found = found.select_related("invitation").order_by("invitation", "-number").distinct("invitation")
    return {reply.invitation.agency_id: reply for reply in found}


def expected(answers: dict[int, Reply]) -> dict[Who, Came]:
    """Whom the agencies that said so will send; that somebody usually comes proves nothing."""
    coming = {agency: reply for agency, reply in answers.items() if reply.answer in CONFIRMED}
    return {
        (agency, reply.answer == Reply.Answer.SUBSTITUTE): Came.of(reply) for agency, reply in coming.items()
    }


def confirmed(answers: dict[int, Reply]) -> dict[int, str]:
    """The outcome that each agency announced which said that it would come."""
    return {agency: CONFIRMED[r.answer].value for agency, r in answers.items() if r.answer in CONFIRMED}
