"""What stands beside the measures and is in none of them (C1, C5, C6, C9): of a borough that is in scope."""

from dataclasses import dataclass
from datetime import date

from boards.agencies import AGENCY_TYPES
from boards.models import Territory
from meetings.models import Attendance, Meeting
from meetings.performance import counting
from meetings.performance.kpis import Rate

ENDED = (Meeting.Status.CANCELLED, Meeting.Status.POSTPONED, Meeting.Status.ABANDONED)
AUTHORITY = [code for code, kind in AGENCY_TYPES.items() if kind.responsible_authority]


@dataclass(frozen=True)
class Beside:
    """``ended``: what does not count, meetings and attendances; ``rates``: information without a target."""

    ended: tuple[tuple[str, int], ...]
    rates: tuple[tuple[str, Rate], ...]

    @classmethod
    def of(cls, borough: Territory, start: date, end: date, level: int | None) -> "Beside":
        found = counting.beside(borough, start, end, level)

        def rate(what: str, kind: str = "") -> Rate:
            return Rate(*found.get((what, kind), (0, 0)))

        ended = [(f"Meetings {status.label.lower()}", rate("ended", status).attended) for status in ENDED]
        rates = [
            ("Invited agencies present, all discussions", rate("present")),
            ("Discussions with every invited agency present", rate("full")),
            ("Written reports of agencies that did not attend", rate("reports")),
            *(
                (f"{AGENCY_TYPES[code].name}, at the right seniority", rate("authority", code))
                for code in AUTHORITY
            ),
        ]
        no_grade = Attendance.objects.required().filter(
            attended=True,
            grade=None,
            discussion__meeting__in=Meeting.objects.filter(
                territory=borough,
                status=Meeting.Status.HELD,
                held_on__range=(start, end),
                level__in=counting.levels_of(level),
            ),
        )
        ended.append(
            ("Attendances without seniority, which count as missed until it is recorded", no_grade.count())
        )
        return cls(tuple(ended), tuple(rates))
