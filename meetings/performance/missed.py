"""The rows behind a gap: each attendance that a KPI required and did not get, and why it counts."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from boards.agencies import AGENCY_TYPES
from boards.models import AreaSettings, Organisation, Territory
from mappa_portal.words import lower_first
from meetings.models import Attendance, Discussion, FollowUp, Invitation, Meeting, Reply
from meetings.performance import figures
from meetings.performance.kpis import DUTY_TO_COOPERATE
from meetings.seniority import lowest

Key = tuple[int, int | None]  # meeting and agency: what an invitation and a follow-up are about
NOT_INVITED = "Not invited"
KPI4 = {"YOT": AGENCY_TYPES["YOT"].name, "CSC": AGENCY_TYPES["CSC"].name}


@dataclass(frozen=True)
class Missed:
    """``attendance``: None where none of the kind was invited (C7), or two are missing."""

    discussion: Discussion
    agency: str
    outcome: str
    why: str
    attendance: Attendance | None = None

    @property
    def held_on(self) -> date:
        return self.discussion.meeting.held_on

    @property
    def key(self) -> Key:
        return self.discussion.meeting_id, self.attendance and self.attendance.organisation_id

    @property
    def can_be_followed(self) -> bool:
        return self.attendance is not None and self.attendance.outcome == Attendance.Outcome.UNEXPLAINED


def held(borough: Territory, start: date, end: date, level: int | None) -> QuerySet[Discussion]:
    """Discussions of held meetings (C1); ``waits`` where somebody's attendance is not known (C13)."""
    unknown = Attendance.objects.required().filter(discussion=OuterRef("pk"), attended=None)
    found = Discussion.objects.annotate(waits=Exists(unknown)).filter(
        territory=borough, meeting__status=Meeting.Status.HELD, meeting__held_on__range=(start, end)
    )
    return found.filter(meeting__level=level) if level else found


def recorded(borough: Territory, start: date, end: date, level: int | None) -> QuerySet[Discussion]:
    """Those that count."""
    return held(borough, start, end, level).filter(waits=False)


def of_kpi6(
    borough: Territory,
    start: date,
    end: date,
    level: int | None,
    code: str = "",
    only: Collection[int] | None = None,
) -> list[Missed]:
    """Absent, or there below the seniority that the level asks for (C4).

    ``code`` names a line of KPI 6, ``only`` the organisations whose rows may be seen.
    """
    enough = lowest(AreaSettings.objects.get(territory=borough.parent_id))
    gap = (
        Attendance.objects.required()
        .annotate(enough=enough)
        .filter(
            Q(attended=False) | Q(grade=None) | Q(grade__lt=F("enough")),
            discussion__in=recorded(borough, start, end, level),
            organisation__in=_counted(borough, code, only),
        )
        .select_related("organisation", "discussion__meeting", "discussion__case")
        .prefetch_related("organisation__names")
        .order_by("-discussion__meeting__held_on", "discussion", "organisation__name")
    )
    return [_missed(a, a.organisation.name_on(a.discussion.meeting.held_on)) for a in gap]


def _missed(a: Attendance, name: str) -> Missed:
    return Missed(a.discussion, name, str(a.outcome.label), why(a), a)


def _counted(borough: Territory, code: str, only: Collection[int] | None) -> Collection[int] | QuerySet:
    """Organisations of the line; another borough's agency has a line of its own."""
    agencies = Organisation.objects.filter(
        kind=Organisation.Kind.AGENCY,
        agency_type__in=[code.partition("@")[0]] if code else DUTY_TO_COOPERATE,
    )
    if only is not None:
        agencies = agencies.filter(pk__in=only)
    if not code:
        return agencies
    return [
        pk
        for pk, line in figures.lines(agencies.values_list("pk", flat=True), borough).items()
        if line == code
    ]


def why(attendance: Attendance) -> str:
    if attendance.attended:
        grade = attendance.get_grade_display()
        if not grade:
            return "Attended, seniority not recorded"
        return f"Attended below the seniority needed: {lower_first(grade)}"
    said = "explained" if attendance.explained else "no explanation"
    return f"Absent, {said}{', sent a report' if attendance.report else ''}"


def of_kpi4(
    borough: Territory,
    start: date,
    end: date,
    level: int | None,
    code: str = "",
    only: Collection[int] | None = None,
) -> list[Missed]:
    """A person under 18 was discussed without Youth Justice or Children's Services, invited or not (C7, C8).

    Without ``code`` a row for each discussion that missed either. ``only`` changes nothing: whoever may see a
    kind at all sees its whole line.
    """
    found = (
        recorded(borough, start, end, level)
        .filter(under_18=True)
        .select_related("meeting", "case")
        .prefetch_related("attendances__organisation")
        .order_by("-meeting__held_on", "pk")
    )
    gaps = (
        (discussion, [m for kind in ([code] if code else KPI4) for m in _gap(discussion, kind)])
        for discussion in found
    )
    return [_both(discussion, gap) for discussion, gap in gaps if gap]


def _gap(discussion: Discussion, kind: str) -> Iterator[Missed]:
    there = [a for a in discussion.attendances.all() if a.organisation.agency_type == kind]
    if kind == "CSC" and discussion.responsible_csc_id:
        there = [a for a in there if a.organisation_id == discussion.responsible_csc_id]
    invited = [a for a in there if a.invited]
    if not any(a.attended for a in invited):
        yield _missed(invited[0], KPI4[kind]) if invited else _not_invited(discussion, kind)


def _not_invited(discussion: Discussion, kind: str) -> Missed:
    return Missed(discussion, KPI4[kind], NOT_INVITED, NOT_INVITED)


def _both(discussion: Discussion, gap: list[Missed]) -> Missed:
    if len(gap) == 1:
        return gap[0]
    agencies, outcomes = " and ".join(m.agency for m in gap), ", ".join(m.outcome for m in gap)
    return Missed(discussion, agencies, outcomes, "; ".join(m.why for m in gap))


MISSED = {"4": of_kpi4, "6": of_kpi6}


# -- What else this person may know of each row --


def replies_to(rows: Collection[Missed], user) -> dict[Key, str]:
    """The last answer of each agency to each meeting as it now stands, as it reads."""
    found = Reply.objects.for_user(user).holding().filter(invitation__meeting__in=_meetings(rows))
    last = found.order_by("invitation", "-number").distinct("invitation")
    values = last.values_list("invitation__meeting", "invitation__agency", "answer")
    return {(meeting, agency): str(Reply.Answer(answer).label) for meeting, agency, answer in values}


def invited_on(rows: Collection[Missed], user) -> dict[Key, date]:
    """The day on which each agency was told of the date, from which notice counts; imported meetings have none."""
    sent = Invitation.objects.for_user(user).filter(meeting__in=_meetings(rows), sent_at__isnull=False)
    return {
        (meeting, agency): told or localdate(at)
        for meeting, agency, told, at in sent.values_list("meeting", "agency", "told_on", "sent_at")
    }


def follow_ups_of(rows: Collection[Missed], user) -> dict[Key, FollowUp]:
    found = FollowUp.objects.for_user(user).filter(meeting__in=_meetings(rows))
    return {(one.meeting_id, one.agency_id): one for one in found.prefetch_related("steps")}


def cases_of(rows: Collection[Missed], user) -> set[int]:
    """Ids of the discussions whose case this person may know: the unit's own, and those given to an agency."""
    asked = {m.discussion.pk for m in rows}
    return set(Discussion.objects.for_user(user).filter(pk__in=asked).values_list("pk", flat=True))


def _meetings(rows: Collection[Missed]) -> set[int]:
    return {m.discussion.meeting_id for m in rows}
