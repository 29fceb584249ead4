"""A meeting from the day it is set up to the day it ends, one way or another."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from audit.events import record
from boards.models import Organisation
from boards.references import next_reference
from meetings.actions import agenda
from meetings.models import Meeting, Series
from meetings.rules import MEETING_RULES

SAID = ("level", "held_on", "starts_at", "minutes_long", "place", "video", "is_emergency")


@transaction.atomic
def set_up(
    unit: Organisation,
    *,
    by,
    at: datetime,
    cases: Mapping[int, bool | None] | Collection[int] = (),
    agencies: Collection[int] = (),
    series: Series | None = None,
    **when,
) -> Meeting:
    """Plan a meeting, invitations unsent. ``cases`` and ``agencies`` by id; both may follow later."""
    meeting = Meeting(organisation=unit, territory=unit.territory, series=series, **when)
    MEETING_RULES.require("add", meeting, by=by)
    must_lie_ahead(meeting, at)
    meeting.reference = next_reference(unit.territory, "M", meeting.held_on.year)
    meeting.save()
    record("meeting.set_up", meeting, by=by, after=said(meeting))
    if cases:
        stated = cases if isinstance(cases, Mapping) else dict.fromkeys(cases)
        meeting = agenda.choose_cases(meeting, cases=stated, revision=meeting.revision, by=by)
    if agencies:
        parts = {agency: list(cases) for agency in agencies}
        meeting = agenda.choose_agencies(meeting, parts=parts, revision=meeting.revision, by=by)
    return meeting


def must_lie_ahead(meeting: Meeting, at: datetime) -> None:
    if meeting.has_begun(at):
        raise ValidationError({"held_on": "Meeting date must be in the future"})


def said(meeting: Meeting) -> dict:
    chair = meeting.chair.name if meeting.chair else ""
    return {name: getattr(meeting, name) for name in SAID} | {"chair": chair}
