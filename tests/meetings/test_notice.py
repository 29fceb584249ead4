"""The notice clock, days of a month, and our own promise as a figure."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from boards.dates import bank_holiday
from meetings.models import Invitation, Meeting
from meetings.monthly import day_of_month, days_from
from meetings.notice import Notice
from tests.meetings import plans

LONDON = ZoneInfo("Europe/London")
THE_DAY = date(2026, 11, 26)
CLOCK = [  # meeting, sent, days, short by, last day
    (THE_DAY, date(2026, 11, 10), 16, 0, date(2026, 11, 12)),
    (THE_DAY, date(2026, 11, 12), 14, 0, date(2026, 11, 12)),  # 14 passes
    (THE_DAY, date(2026, 11, 13), 13, 1, date(2026, 11, 12)),
    (THE_DAY, date(2026, 11, 17), 9, 5, date(2026, 11, 12)),
    (date(2026, 4, 5), date(2026, 3, 22), 14, 0, date(2026, 3, 22)),  # over the change to summer time
    (date(2026, 11, 1), date(2026, 10, 18), 14, 0, date(2026, 10, 18)),  # and back
    (date(2028, 3, 5), date(2028, 2, 20), 14, 0, date(2028, 2, 20)),  # a leap year
]


@pytest.mark.parametrize("held_on, sent_on, days, short_by, last_day", CLOCK)
def test_C3_notice_is_counted_in_civil_days(held_on, sent_on, days, short_by, last_day):
    notice = Notice(held_on, sent_on, 14)
    assert (notice.days, notice.short_by, notice.last_day) == (days, short_by, last_day)


WORDS = [
    (date(2026, 11, 10), "16 days' notice, 14 needed. Send by Thursday 12 November 2026"),
    (date(2026, 11, 17), "9 days' notice, 14 needed: 5 short."),
    (date(2026, 11, 25), "1 day's notice, 14 needed: 13 short."),
    (THE_DAY, "Notice on the day of the meeting, 14 days needed: 14 short."),
    (date(2026, 11, 27), "The day of the meeting has passed."),
]


@pytest.mark.parametrize("sent_on, said", WORDS)
def test_the_clock_in_words(sent_on, said):
    assert str(Notice(THE_DAY, sent_on, 14)) == said


SHORT = [
    (date(2026, 11, 17), "Notice is 9 days, 5 short", "This is 9 days' notice."),
    (date(2026, 11, 25), "Notice is 1 day, 13 short", "The meeting is tomorrow."),
    (THE_DAY, "The meeting is today", "The meeting is today."),
]


@pytest.mark.parametrize("sent_on, said, in_letter", SHORT)
def test_short_notice_asks_why_and_says_so_in_the_letter(sent_on, said, in_letter):
    notice = Notice(THE_DAY, sent_on, 14)
    assert notice.why == f"{said}. Enter why this meeting cannot wait"
    assert notice.of_letter == in_letter


DAYS = [  # week, weekday, from, then one a month
    (4, 3, date(2026, 11, 1), [date(2026, 11, 26), date(2026, 12, 24), date(2027, 1, 28)]),
    (5, 3, date(2026, 11, 1), [date(2026, 11, 26), date(2026, 12, 31), date(2027, 1, 28)]),
    (1, 0, date(2026, 11, 3), [date(2026, 12, 7), date(2027, 1, 4), date(2027, 2, 1)]),
    (5, 4, date(2028, 1, 31), [date(2028, 2, 25), date(2028, 3, 31), date(2028, 4, 28)]),
]


@pytest.mark.parametrize("week, weekday, start, days", DAYS)
def test_the_same_weekday_of_each_month(week, weekday, start, days):
    found = days_from(start, week, weekday)
    assert [next(found) for _ in days] == days
    assert day_of_month(2026, 2, 5, 5) == date(2026, 2, 28)


def test_bank_holidays_have_names():
    assert bank_holiday(date(2026, 12, 25)) == "Christmas Day"
    assert bank_holiday(date(2026, 11, 26)) == ""


def test_our_own_notice_is_a_figure(world):
    """Two of three meetings and three of five invitations in time; postponed and imported ones count nowhere."""
    cases = [plans.case(world, "C1")]
    for held_on, invited_on, agencies, status in [
        (date(2026, 5, 20), date(2026, 5, 6), 2, "held"),
        (date(2026, 6, 20), date(2026, 6, 6), 1, "held"),
        (date(2026, 7, 20), date(2026, 7, 10), 2, "held"),
        (date(2026, 7, 21), date(2026, 7, 20), 2, "postponed"),
        (date(2026, 7, 22), None, 2, "held"),
    ]:
        meeting = plans.plan(world, cases=cases, agencies=plans.AGENCIES[:agencies])
        if invited_on:
            sent_at = datetime.combine(invited_on, time(0, 30), LONDON)  # in UTC still the day before
            Invitation.objects.filter(meeting=meeting).update(sent_at=sent_at)
        Meeting.objects.filter(pk=meeting.pk).update(held_on=held_on, invited_on=invited_on, status=status)
    given = Meeting.objects.all().notice_given(date(2026, 4, 1), date(2027, 3, 31), 14)
    assert (given.meetings_in_time, given.meetings) == (2, 3)
    assert (given.invitations_in_time, given.invitations) == (3, 5)
