"""Reminders of referrals: before a release, and of the first meeting; once each, and nothing personal in them."""

from datetime import date, timedelta

import pytest
from django.utils.timezone import localdate, now

from boards.dates import add_working_days
from outbox.jobs import run_jobs
from outbox.models import Job, Message
from referrals.actions import referrals as actions
from referrals.actions import screening
from referrals.models import Referral
from referrals.referring import reminders
from referrals.referring.reminders import AHEAD, due
from tests.factories import left
from tests.pages import text
from tests.referrals.referring import CANARY, fill, filled, submitted
from tests.referrals.test_referral_pages import browser
from tests.referrals.test_screening import accept, listed, on_agenda

DAY = date(2026, 12, 4)  # a Friday
NEAR, PAST = add_working_days(DAY, AHEAD), DAY - timedelta(days=1)
WHEN = [  # status, decide_by, hear_by, on an agenda, heard, what is due
    ("draft", DAY, None, None, None, "level"),
    ("submitted", PAST, None, None, None, "level"),
    ("returned", DAY + timedelta(days=1), None, None, None, None),
    ("submitted", None, None, None, None, None),
    ("declined", PAST, None, None, None, None),
    ("withdrawn", PAST, None, None, None, None),
    ("accepted", PAST, NEAR, None, None, "hearing"),
    ("accepted", None, NEAR + timedelta(days=1), None, None, None),
    ("accepted", None, NEAR, "CMD-M-2026-001", None, None),
    ("accepted", None, DAY, None, None, "hearing"),
    ("accepted", None, PAST, None, None, "overdue"),
    ("accepted", None, PAST, "CMD-M-2026-001", None, "overdue"),
    ("accepted", None, PAST, "CMD-M-2026-001", DAY, None),
]


@pytest.mark.parametrize("status, decide_by, hear_by, on, heard_on, expected", WHEN)
def test_what_is_due_on_a_day(status, decide_by, hear_by, on, heard_on, expected):
    referral = Referral(status=status, decide_by=decide_by, hear_by=hear_by)
    referral.on, referral.heard_on = on, heard_on
    found = due(referral, DAY)
    assert (found and found.what) == expected


def told(referral: Referral, today: date) -> list[str]:
    """To whom letters go when the day's sweep has run."""
    before = set(Message.objects.values_list("pk", flat=True))
    assert reminders.promise(referral.territory, today) <= 1
    assert Job.objects.filter(kind="referrals.remind").count() <= 1
    reminders.remind(listed(referral), today)
    letters = Message.objects.exclude(pk__in=before)
    assert not any("Canary" in f"{m.subject}{m.text}{m.html}" for m in letters)
    return sorted(m.to_email.partition("@")[0] for m in letters)


def test_before_a_release_the_referrer_is_told_and_the_unit_once_it_was_sent(world):
    referral = filled(world, release_on="2027-06-04")
    assert referral.decide_by == DAY
    assert told(referral, referral.decide_by - timedelta(days=1)) == []
    assert told(referral, referral.decide_by) == ["camden_csc_referrer"]
    assert told(referral, referral.decide_by + timedelta(days=1)) == []


def test_the_unit_is_told_of_what_it_has_and_a_second_run_sends_nothing(world):
    referral = submitted(world, release_on="2027-06-04")
    assert told(referral, referral.decide_by) == [
        "camden_administrator",
        "camden_csc_referrer",
        "left_yesterday",
    ]
    assert told(referral, referral.decide_by) == []


def test_of_the_first_meeting_before_and_after_its_day(world):
    referral = accept(submitted(world), world.camden_administrator)
    assert told(referral, localdate()) == []
    Referral.objects.filter(pk=referral.pk).update(hear_by=NEAR)
    assert told(referral, DAY) == ["camden_administrator", "camden_csc_referrer", "left_yesterday"]
    reminders.remind(listed(referral), NEAR + timedelta(days=1))
    late = Message.objects.filter(text__contains="is overdue")
    assert late.count() == 3
    reminders.remind(listed(referral), NEAR + timedelta(days=30))
    assert late.count() == 3


def test_when_the_referrer_has_left_the_managers_are_told(world):
    referral = filled(world, release_on="2027-06-04")
    left(referral.started_by)
    assert told(referral, DAY) == ["camden_csc_spoc"]


def test_when_the_referrer_has_left_the_managers_hear_the_decision(world):
    referral = submitted(world)
    left(referral.started_by)
    accept(referral, world.camden_administrator)
    [letter] = Message.objects.filter(text__contains="has decided on your referral")
    assert letter.to_email == "camden_csc_spoc@example.org"


def test_when_the_writer_of_a_paper_form_has_left_the_unit_hears_the_decision(world):
    unit, by = world.organisation("camden-mappa-unit"), world.camden_administrator
    values = {"agency": world.organisation("camden-childrens-services"), "borough": unit.territory}
    referral = fill(actions.start(unit, **values, level_asked=2, by=by, at=now()), by)
    referral = actions.submit(actions.endorse(referral, by=by, at=now()), by=by, at=now())
    left(by)
    accept(referral, world.left_yesterday)
    [letter] = Message.objects.filter(text__contains="has decided on your referral")
    assert letter.to_email == "left_yesterday@example.org"


def test_another_day_of_release_reminds_again_and_a_decision_in_between_sends_nothing(world):
    referral = submitted(world, release_on="2027-06-04")
    Referral.objects.filter(pk=referral.pk).update(decide_by=localdate())
    reminders.promise(referral.territory, localdate())
    common = {"revision": referral.revision, "by": world.camden_administrator, "at": now()}
    screening.decline(referral, outcome="declined", reason="x", **common)
    before = Message.objects.count()
    run_jobs()
    assert Job.objects.get(kind="referrals.remind").done_at and Message.objects.count() == before


def test_home_shows_what_is_overdue_to_whoever_can_act(world):
    late = localdate() - timedelta(days=1)
    referral = filled(world)
    Referral.objects.filter(pk=referral.pk).update(decide_by=late)
    assert "Overdue" in text(browser(world.camden_csc_referrer).get("/"))
    actions.endorse(referral, by=world.camden_csc_spoc, at=now())
    actions.submit(referral, by=world.camden_csc_referrer, at=now())
    page = text(browser(world.camden_administrator).get("/"))
    assert "Overdue" in page and f"Decide on referral {referral}" in page and CANARY not in page
    accepted = accept(Referral.objects.get(), world.camden_administrator)
    Referral.objects.filter(pk=referral.pk).update(hear_by=late)
    assert f"Put case {accepted.case} on a meeting" in text(browser(world.camden_administrator).get("/"))
    on_agenda(accepted)
    assert f"Put case {accepted.case} on an earlier meeting" in text(
        browser(world.camden_administrator).get("/")
    )
