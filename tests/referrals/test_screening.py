"""Deciding on a referral: who, once, with which case; and undoing the link."""

from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.timezone import localdate, now

from boards.dates import add_working_days
from mappa_portal.exceptions import Conflict
from meetings.models import Discussion, Meeting
from outbox.models import Message
from referrals.actions import add_case, change_level, screening, withdraw
from referrals.actions import referrals as actions
from referrals.finding import same_person
from referrals.models import Case, Referral
from referrals.personal import Person
from referrals.referring.waiting import is_overdue, stage
from tests.referrals.referring import CANARY, SAID, referrer, submitted

BORN = date.fromisoformat(SAID["birth_date"])


def accept(referral, by, case=None, outcome="level_2", **values):
    usual = {"reason": "High risk", "revision": referral.revision, "at": now()}
    return screening.accept(referral, outcome=outcome, case=case, by=by, **usual | values)


def case_of(world, level=None, person=None):
    unit, today = world.organisation("camden-mappa-unit"), localdate() - timedelta(days=50)
    begins = {"level": level, "starts_on": today, "reason": "x"} if level else {}
    by = world.camden_administrator
    return add_case(unit, person=person or Person(CANARY), today=today, by=by, **begins)


def on_agenda(referral, status="scheduled"):
    meeting = Meeting.objects.create(
        territory=referral.territory,
        organisation=referral.unit,
        reference="CMD-M-2026-001",
        level=2,
        held_on=localdate() + timedelta(days=1),
        status=status,
    )
    Discussion.objects.create(territory=referral.territory, meeting=meeting, case=referral.case)
    return meeting


def listed(referral):
    return Referral.objects.listed().get(pk=referral.pk)


WHO = [
    ("camden_administrator", None),
    ("camden_mappa_chair", PermissionDenied),
    ("camden_csc_spoc", PermissionDenied),
    ("hackney_administrator", PermissionDenied),
    ("co_ordinator", PermissionDenied),
    ("smb_chair", PermissionDenied),
]


@pytest.mark.parametrize("who, refused", WHO)
def test_who_decides(world, who, refused):
    referral = submitted(world)
    with pytest.raises(refused) if refused else nullcontext():
        accept(referral, getattr(world, who))
    assert Case.objects.exists() != bool(refused)


def test_a_new_case_begins_at_the_level_decided(world):
    referral = accept(submitted(world), world.camden_administrator, outcome="level_3")
    case = referral.case
    assert Person.opened(case.personal).name == CANARY and case.category == 3
    assert [(p.level, p.starts_on) for p in case.levels.all()] == [(3, localdate())]
    assert referral.hear_by == add_working_days(localdate(), 20)
    told = Message.objects.filter(kind="referral", to_email="camden_csc_referrer@example.org").get()
    assert "Accepted at Level 3" in told.subject and "Canary" not in told.subject + told.text


def test_the_referrer_learns_why_and_the_reason_lies_sealed(world):
    common = {"revision": submitted(world).revision, "by": world.camden_administrator, "at": now()}
    referral = screening.decline(
        Referral.objects.get(), outcome="level_1", reason=f"{CANARY} is safe", **common
    )
    assert (referral.status, referral.why) == (
        "declined",
        f"{CANARY} is safe",
    ) and "Canary" not in referral.reason


def test_more_information_brings_it_back_and_it_is_sent_again(world):
    referral, by = submitted(world), world.camden_administrator
    common = {"revision": referral.revision, "by": by, "at": now()}
    referral = screening.ask_for_more(referral, reason="Which school?", **common)
    with pytest.raises(Conflict):
        accept(referral, by)
    referral = actions.endorse(referral, by=world.camden_csc_spoc, at=now())
    referral = actions.submit(referral, by=referrer(world), at=now())
    assert accept(referral, by).status == "accepted"


def test_a_second_decision_names_the_first_and_a_withdrawn_one_says_so(world):
    referral, by = submitted(world), world.camden_administrator
    accept(referral, by)
    with pytest.raises(
        Conflict, match=r"Camden Administrator decided on this referral at .*: Accepted at Level 2"
    ):
        accept(referral, by)
    other = submitted(world)
    actions.withdraw(other, reason="x", by=referrer(world), at=now())
    with pytest.raises(Conflict, match="withdrawn this referral"):
        accept(other, by)


def test_what_was_read_is_what_is_decided_on(world):
    referral = submitted(world)
    with pytest.raises(Conflict, match="changed after you opened it"):
        accept(referral, world.camden_administrator, revision=referral.revision - 1)


# -- The same person --

SAME = [
    (Person(CANARY), {"name"}),
    (Person("Other", ("Jo Canary",)), {"alias"}),
    (Person("Somebody Else", birth_date=BORN), {"birth date"}),
    (Person("Jo Canarie"), {"name", "sounds like"}),
    (Person("Somebody Else"), set()),
]


@pytest.mark.parametrize("known, by", SAME)
def test_a_case_that_may_be_the_same_person_is_named(world, known, by):
    case_of(world, person=known)
    unit = world.organisation("camden-mappa-unit")
    found = same_person(unit, Person(CANARY, birth_date=BORN), by=world.camden_administrator)
    assert {kind for match in found for kind in match.by} >= by and bool(found) == bool(by)


def test_another_name_finds_it_too(world):
    case = case_of(world, person=Person("Kit Marchbank"))
    unit = world.organisation("camden-mappa-unit")
    assert [m.case for m in same_person(unit, Person("Jo", ("Kit Marchbank",)), by=None)] == [case]


LEVELS = [(None, [2]), (1, [2, 1]), (2, [2])]


@pytest.mark.parametrize("before, after", LEVELS)
def test_a_linked_case_changes_its_level_and_undoing_puts_it_back(world, before, after):
    case, by = case_of(world, before), world.camden_administrator
    referral = accept(submitted(world), by, case)
    assert Case.objects.count() == 1 and [p.level for p in case.levels.all()] == after
    referral = screening.undo_link(referral, reason="Another person", by=by, at=now())
    assert (referral.status, referral.case) == ("submitted", None)
    assert [p.level for p in case.levels.all()] == ([before] if before else [])
    assert accept(referral, by).case != case


def test_undoing_leaves_a_level_that_was_decided_since(world):
    case, by, today = case_of(world, 1), world.camden_administrator, localdate()
    referral = accept(submitted(world), by, case)
    change_level(case, level=3, starts_on=today, reason="Worse", today=today, by=by)
    screening.undo_link(referral, reason="Another person", by=by, at=now())
    assert [p.level for p in case.levels.all()] == [3, 1]


def test_a_new_case_stays_with_the_other_referral_that_was_accepted_as_it(world):
    by = world.camden_administrator
    first = accept(submitted(world), by)
    second = accept(submitted(world), by, first.case)
    screening.undo_link(first, reason="Another person", by=by, at=now())
    second.refresh_from_db()
    assert second.case == first.case and second.case_is_new
    with pytest.raises(Conflict, match="undo its link instead"):
        withdraw(second.case, reason="Mistake", by=by)
    screening.undo_link(second, reason="Another person", by=by, at=now())
    assert not Case.objects.exists()


def test_undoing_takes_a_new_case_out_again_until_it_is_on_an_agenda(world):
    by = world.camden_administrator
    referral = accept(submitted(world), by)
    screening.undo_link(referral, reason="x", by=by, at=now())
    assert not Case.objects.exists()
    with pytest.raises(Conflict):
        screening.undo_link(referral, reason="x", by=by, at=now())
    referral = accept(Referral.objects.get(), by)
    meeting = on_agenda(referral)
    with pytest.raises(Conflict, match="on the agenda"):
        screening.undo_link(referral, reason="x", by=by, at=now())
    Meeting.objects.filter(pk=meeting.pk).update(status="held")
    with pytest.raises(Conflict, match="no meeting has heard"):
        screening.undo_link(referral, reason="x", by=by, at=now())


STAGES = [("scheduled", "Scheduled", True), ("held", "Heard", False), ("cancelled", "Accepted", True)]


@pytest.mark.parametrize("status, said, late", STAGES)
def test_the_meeting_says_when_it_is_scheduled_and_heard(world, status, said, late):
    referral = accept(submitted(world), world.camden_administrator)
    assert stage(listed(referral))[0] == "Accepted"
    on_agenda(referral, status)
    far = localdate() + timedelta(days=60)
    assert stage(listed(referral))[0] == said and is_overdue(listed(referral), far) == late
    assert Referral.objects.listed().overdue(far).exists() == late
