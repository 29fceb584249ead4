"""The rows behind a gap: each attendance that a KPI required and did not get, and why it counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce

from boards.agencies import AGENCY_TYPES
from boards.models import AreaSettings, Organisation, Territory
from meetings.kpis import DUTY_TO_COOPERATE
from meetings.models import Attendance, Discussion, Meeting

KPI4 = {"YOT": AGENCY_TYPES["YOT"].name, "CSC": AGENCY_TYPES["CSC"].name}


@dataclass(frozen=True)
class Missed:
    discussion: Discussion
    agency: str
    why: str

    @property
    def held_on(self) -> date:
        return self.discussion.meeting.held_on


def recorded(borough: Territory, start: date, end: date, level: int | None) -> QuerySet[Discussion]:
    """Discussions that count: of held meetings, with everybody's attendance known (C1, C13)."""
    unknown = Attendance.objects.required().filter(discussion=OuterRef("pk"), attended=None)
    found = Discussion.objects.filter(
        ~Exists(unknown),
        territory=borough,
        meeting__status=Meeting.Status.HELD,
        meeting__held_on__range=(start, end),
    )
    return found.filter(meeting__level=level) if level else found


def of_kpi6(borough: Territory, start: date, end: date, level: int | None, agency: str = "") -> list[Missed]:
    """Absent, or there below the seniority that the level asks for (C4); ``agency`` is a code."""
    minima = AreaSettings.objects.get(territory=borough.parent_id)
    enough = Case(
        When(discussion__meeting__level=2, then=Coalesce("organisation__level2_grade", minima.level2_grade)),
        default=Coalesce("organisation__level3_grade", minima.level3_grade),
    )
    gap = (
        Attendance.objects.required()
        .annotate(enough=enough)
        .filter(
            Q(attended=False) | Q(grade=None) | Q(grade__lt=F("enough")),
            discussion__in=recorded(borough, start, end, level),
            organisation__kind=Organisation.Kind.AGENCY,
            organisation__agency_type__in=[agency] if agency else DUTY_TO_COOPERATE,
        )
        .select_related("organisation", "discussion__meeting", "discussion__case")
        .order_by("-discussion__meeting__held_on", "discussion", "organisation__name")
    )
    return [Missed(a.discussion, a.organisation.name_on(a.discussion.meeting.held_on), _why(a)) for a in gap]


def _why(attendance: Attendance) -> str:
    if attendance.attended:
        grade = attendance.get_grade_display() or "seniority not recorded"
        return f"Attended below the seniority needed: {grade[:1].lower()}{grade[1:]}"
    said = "explained" if attendance.explained else "no explanation"
    return f"Absent, {said}{', sent a report' if attendance.report else ''}"


def of_kpi4(borough: Territory, start: date, end: date, level: int | None, agency: str = "") -> list[Missed]:
    """A person under 18 was discussed without Youth Justice or Children's Services, invited or not (C7, C8)."""
    found = (
        recorded(borough, start, end, level)
        .filter(under_18=True)
        .select_related("meeting", "case")
        .prefetch_related("attendances__organisation")
        .order_by("-meeting__held_on", "pk")
    )
    kinds = {agency: KPI4[agency]} if agency else KPI4
    return [m for discussion in found for m in _gaps(discussion, kinds)]


def _gaps(discussion: Discussion, kinds: dict[str, str]) -> Iterator[Missed]:
    for kind, name in kinds.items():
        there = [a for a in discussion.attendances.all() if a.organisation.agency_type == kind]
        if kind == "CSC" and discussion.responsible_csc_id:
            there = [a for a in there if a.organisation_id == discussion.responsible_csc_id]
        invited = [a for a in there if a.invited]
        if not any(a.attended for a in invited):
            yield Missed(discussion, name, _why(invited[0]) if invited else "Not invited")


MISSED = {"4": of_kpi4, "6": of_kpi6}
