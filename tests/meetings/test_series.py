"""A monthly series: planned ahead, extended at night, each meeting its own."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.timezone import localdate

from mappa_portal.exceptions import Conflict
from meetings.actions.series import extend_series, start_series, stop_series
from meetings.models import Meeting, Series
from meetings.tasks import extend_all_series
from tests.meetings.test_planning_pages import day_in, open_as, text

LONDON = ZoneInfo("Europe/London")


def at(day: date) -> datetime:
    return datetime.combine(day, time(9), LONDON)


TODAY = date(2026, 11, 22)


@pytest.fixture
def series(world):
    return start(world)


def start(world, by="camden_administrator", **values) -> Series:
    usual = {"level": 2, "week": 4, "weekday": 3, "starts_on": date(2026, 12, 1), "starts_at": time(10)}
    unit = world.organisation("camden-mappa-unit")
    return start_series(unit, by=getattr(world, by), at=at(TODAY), **usual | {"place": "Town hall"} | values)


def days(series: Series) -> list[date]:
    return list(Meeting.objects.filter(series=series).order_by("pk").values_list("held_on", flat=True))


SIX = [
    date(2026, 12, 24),
    date(2027, 1, 28),
    date(2027, 2, 25),
    date(2027, 3, 25),
    date(2027, 4, 22),
]


def test_the_next_six_months_are_planned_and_nobody_is_invited(series):
    assert str(series) == "Fourth Thursday of each month" and days(series) == SIX
    assert not Meeting.objects.filter(invited_on__isnull=False).exists()


def test_the_night_adds_what_is_missing_and_nothing_twice(world, series):
    assert extend_series(series, by=None, at=at(TODAY)) == []
    extend_series(series, by=None, at=at(date(2027, 1, 5)))
    assert days(series) == [*SIX, date(2027, 5, 27), date(2027, 6, 24)]
    extend_all_series()


def test_a_meeting_that_moves_leaves_the_others_and_gets_no_double(series):
    second = Meeting.objects.filter(series=series).order_by("held_on")[1]
    Meeting.objects.filter(pk=second.pk).update(held_on=date(2027, 2, 2))
    extend_series(series, by=None, at=at(TODAY))
    assert days(series) == [SIX[0], date(2027, 2, 2), *SIX[2:]]


def test_a_series_that_stops_keeps_what_was_invited(world, series):
    first = Meeting.objects.filter(series=series).order_by("held_on").first()
    Meeting.objects.filter(pk=first.pk).update(invited_on=TODAY)
    assert stop_series(series, by=world.camden_administrator, at=at(TODAY)) == 4
    assert Meeting.objects.filter(series=series, status="scheduled").get() == first
    assert extend_series(series, by=None, at=at(date(2027, 3, 1))) == []
    with pytest.raises(Conflict):
        stop_series(series, by=world.camden_administrator, at=at(TODAY))


def test_it_begins_in_the_future_and_belongs_to_the_unit(world, series):
    with pytest.raises(ValidationError, match="First date must be in the future"):
        start(world, starts_on=TODAY)
    for who in ("camden_business_manager", "hackney_administrator"):
        with pytest.raises(PermissionDenied):
            start(world, by=who)
        with pytest.raises(PermissionDenied):
            stop_series(series, by=getattr(world, who), at=at(TODAY))


def test_the_pages(world):
    browser = open_as(world, "camden_administrator")
    assert "No series yet" in text(browser.get("/meetings/series/"))
    form = {
        "level": 2,
        "week": 5,
        "weekday": 4,
        "starts_at": "10am",
        "minutes_long": 90,
        "place": "Town hall",
    }
    done = browser.post("/meetings/series/new/", form | day_in(1, "starts_on"), follow=True)
    assert "Last Friday of each month" in text(done)
    assert "Stop the series" in text(browser.get("/meetings/series/camden/1/stop/"))
    assert open_as(world, "hackney_administrator").get("/meetings/series/camden/1/stop/").status_code == 404
    assert browser.get("/meetings/series/camden/2/stop/").status_code == 404
    assert "The series has ended" in text(browser.post("/meetings/series/camden/1/stop/", follow=True))


def test_a_bank_holiday_is_named(world):
    today = localdate()
    start_series(
        world.organisation("camden-mappa-unit"),
        by=world.camden_administrator,
        at=at(today),
        level=2,
        week=1,
        weekday=0,
        starts_on=today + timedelta(days=1),
        starts_at=time(10),
    )
    Meeting.objects.filter(pk=Meeting.objects.first().pk).update(held_on=date(today.year + 1, 12, 25))
    page = text(open_as(world, "camden_administrator").get("/meetings/series/"))
    assert "is a bank holiday (Christmas Day)" in page
