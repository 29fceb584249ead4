"""Absences without explanation: which they are, and whether the agency stayed away before (domain register 4.2)."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from boards.dates import add_months
from boards.models import Organisation, Territory
from meetings.models import Attendance, FollowUp, Meeting

REPEAT_MONTHS = 12
LATELY = timedelta(days=60)  # older ones, of imported years, are followed up by hand only


def without_explanation(borough: Territory) -> QuerySet[Attendance]:
    """Of meetings that were held: expected, not there, no report, and said to have no explanation."""
    return Attendance.objects.required().filter(
        territory=borough,
        discussion__meeting__status=Meeting.Status.HELD,
        attended=False,
        report=False,
        explained=False,
    )


def of(meeting: Meeting, agency: Organisation) -> QuerySet[Attendance]:
    found = without_explanation(meeting.territory)
    return found.filter(discussion__meeting=meeting, organisation=agency)


def to_follow_up(borough: Territory, today: date) -> list[tuple[int, int]]:
    """(meeting, agency) of the last weeks that nobody follows up yet, the oldest first."""
    followed = FollowUp.objects.filter(
        territory=borough, meeting=OuterRef("discussion__meeting"), agency=OuterRef("organisation")
    )
    found = without_explanation(borough).filter(
        ~Exists(followed), discussion__meeting__held_on__range=(today - LATELY, today)
    )
    order = ("discussion__meeting__held_on", "discussion__meeting", "organisation")
    pairs = found.order_by(*order).values_list("discussion__meeting", "organisation").distinct()
    return list(pairs)


def extent(follow_up: FollowUp) -> tuple[int, int]:
    """For how many cases nobody was there, of those that the agency was expected for."""
    expected = Attendance.objects.required().filter(
        discussion__meeting=follow_up.meeting_id, organisation=follow_up.agency_id
    )
    return of(follow_up.meeting, follow_up.agency).count(), expected.count()


def cases_missed(follow_up: FollowUp) -> str:
    """ "1 of the 2 cases"; empty when nobody came for any."""
    missed, expected = extent(follow_up)
    return f"{missed} of the {expected} cases" if missed < expected else ""


def days_of(follow_up: FollowUp) -> list[date]:
    """The agency's days of absence without explanation in the 12 months up to this one, the newest first."""
    held_on = follow_up.meeting.held_on
    found = without_explanation(follow_up.territory).filter(
        organisation=follow_up.agency_id,
        discussion__meeting__held_on__gt=add_months(held_on, -REPEAT_MONTHS),
        discussion__meeting__held_on__lte=held_on,
    )
    days = found.values_list("discussion__meeting__held_on", flat=True)
    return sorted(set(days), reverse=True)
