"""Run inside a demonstration portal: an agency of Camden that was away twice, asked once and reported once."""

import math
from datetime import date, timedelta

from django.utils.timezone import localdate

from boards.models import Organisation, Territory
from boards.scope import everywhere, scope
from meetings.actions import follow_ups
from meetings.models import Attendance, Discussion, Meeting
from outbox import jobs
from referrals.models import Case


def escalate() -> str:
    jobs._broker["rests_until"] = math.inf
    named, today = everywhere(), localdate()
    with scope(named.territories, named.areas):
        borough = Territory.objects.select_related("parent").get(slug="camden")
        agency = Organisation.objects.get(kind="agency", agency_type="CSC", territory=borough)
        earlier, later = (_missed(borough, agency, today - timedelta(days=days)) for days in (50, 20))
        follow_ups.open_follow_up(earlier, agency, today=today, by=None)
        reported = follow_ups.open_follow_up(later, agency, today=today, by=None)
        for _ in ("agency", "line manager"):
            _refuse(reported, today)
            reported = follow_ups.escalate(
                reported, today=today, by=None, to_name="A", to_email="a@example.org"
            )
        return reported.reference


def _refuse(follow_up, today: date) -> None:
    letter = {"letter": "Why?", "to_name": "A", "to_email": "a@example.org"}
    follow_ups.send(follow_up, **letter, today=today, by=None)
    follow_ups.record_explanation(follow_up, answer="Nobody knows.", accepted=False, today=today, by=None)


def _missed(borough: Territory, agency: Organisation, day: date) -> Meeting:
    of = {"territory": borough}
    unit = Organisation.objects.unit_of(borough)
    reference = f"CMD-M-{day.year}-Z{day.timetuple().tm_yday:03}"
    meeting = Meeting.objects.create(
        **of, organisation=unit, reference=reference, level=2, held_on=day, status=Meeting.Status.HELD
    )
    case = Case.objects.filter(**of).order_by("reference").first()
    heard = Discussion.objects.create(**of, meeting=meeting, case=case, position=1)
    Attendance.objects.create(
        **of, discussion=heard, organisation=agency, invited=True, attended=False, explained=False
    )
    return meeting
