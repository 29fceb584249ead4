"""The monthly series and the standing invitees: what a MAPPA unit arranges once for all its meetings."""

from collections.abc import Collection
from datetime import date, datetime
from itertools import islice, takewhile

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate

from audit.events import record
from boards.dates import add_months
from boards.models import Organisation
from meetings.actions import meetings
from meetings.models import Meeting, Series, StandingInvitee
from meetings.monthly import days_from
from meetings.proposals import agencies_of
from meetings.rules import SERIES_RULES

AHEAD = 6  # months for which meetings stand in the calendar
LIKE_SERIES = ("level", "starts_at", "minutes_long", "place", "video", "chair")


@transaction.atomic
def start_series(unit: Organisation, *, by, at: datetime, **when) -> Series:
    series = Series(organisation=unit, territory=unit.territory, **when)
    SERIES_RULES.require("start", series, by=by)
    if series.starts_on <= localdate(at):
        raise ValidationError({"starts_on": "First date must be in the future"})
    series.save()
    record("series.started", series, by=by, after={"level": series.level, "days": str(series)})
    extend_series(series, by=by, at=at)
    return series


@transaction.atomic
def extend_series(series: Series, *, by, at: datetime) -> list[Meeting]:
    """Plan what is missing of the next months; a month that has had its meeting gets no other, even if it moved."""
    series = (
        Series.objects.select_for_update(of=["self"])
        .select_related("organisation__territory")
        .get(pk=series.pk)
    )
    if series.stopped_on:
        return []
    today = localdate(at)
    made = Meeting.objects.filter(series=series).count()
    days = islice(days_from(series.starts_on, series.week, series.weekday), made, None)
    wanted = takewhile(lambda day: day <= add_months(today, AHEAD), days)
    return [_plan(series, day, by, at) for day in wanted]


def _plan(series: Series, day: date, by, at: datetime) -> Meeting:
    values = {name: getattr(series, name) for name in LIKE_SERIES}
    return meetings.set_up(series.organisation, by=by, at=at, series=series, held_on=day, **values)


@transaction.atomic
def stop_series(series: Series, *, by, at: datetime) -> int:
    """No more meetings; those to come that nobody was invited to are cancelled. Returns how many."""
    series = Series.objects.select_for_update(of=["self"]).select_related("organisation").get(pk=series.pk)
    SERIES_RULES.require("stop", series, by=by)
    series.stopped_on = today = localdate(at)
    series.revision += 1
    series.save(update_fields=["stopped_on", "revision"])
    record("series.stopped", series, by=by, after={"stopped_on": today})
    left = Meeting.objects.filter(
        series=series, status=Meeting.Status.SCHEDULED, invited_on=None, held_on__gt=today
    )
    for meeting in left:  # six at the most
        meetings.cancel(meeting, reason="The series has ended.", by=by, at=at)
    return len(left)


@transaction.atomic
def choose_standing(unit: Organisation, *, level: int, agencies: Collection[int], by) -> None:
    """Whom every later meeting at this level proposes; meetings that are set up already stay as they are."""
    SERIES_RULES.require("choose_standing", Series(organisation=unit, territory=unit.territory), by=by)
    rows = StandingInvitee.objects.select_for_update().filter(organisation=unit, level=level)
    before = dict(rows.values_list("agency", "agency__name"))
    allowed = dict(agencies_of(unit.territory).filter(pk__in=agencies).values_list("pk", "name"))
    if before == allowed:
        return
    rows.exclude(agency__in=allowed).delete()
    StandingInvitee.objects.bulk_create(
        StandingInvitee(territory=unit.territory, organisation=unit, level=level, agency_id=agency)
        for agency in allowed
        if agency not in before
    )
    said = f"level_{level}"
    record(
        "standing_invitees.changed",
        unit,
        by=by,
        territory=unit.territory,
        before={said: sorted(before.values())},
        after={said: sorted(allowed.values())},
    )
