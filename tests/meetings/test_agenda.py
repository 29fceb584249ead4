"""Which cases and agencies a meeting has, before anybody is told."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.timezone import localdate, now

from boards.access import share
from boards.models import Reach
from mappa_portal.exceptions import Conflict, StaleEdit
from meetings.actions import agenda, chasing
from meetings.actions.meetings import send_invitations
from meetings.actions.replies import reply
from meetings.actions.standing_down import stand_down
from meetings.models import Attendance, Discussion, Meeting
from outbox.models import Message
from tests.meetings import plans


@pytest.fixture
def cases(world):
    return [plans.case(world, f"C{n}") for n in range(3)]


@pytest.fixture
def meeting(world, cases):
    return plans.plan(world, cases=cases[:2], agencies=plans.AGENCIES[:2])


def asked(meeting) -> set[tuple[str, str]]:
    parts = Attendance.objects.required().filter(discussion__meeting=meeting)
    return set(parts.values_list("discussion__case__reference", "organisation__agency_type"))


def choose(world, meeting, cases, **more):
    stated = cases if isinstance(cases, dict) else {c.pk: None for c in cases}
    more = {"revision": meeting.revision, "by": world.camden_administrator} | more
    return agenda.choose_cases(meeting, cases=stated, **more)


def invite(world, meeting, parts: dict[str, list], **more):
    by_id = {world.organisation(f"camden-{slug}").pk: [c.pk for c in heard] for slug, heard in parts.items()}
    more = {"revision": meeting.revision, "by": world.camden_administrator} | more
    return agenda.choose_agencies(meeting, parts=by_id, **more)


def test_every_agency_is_asked_to_every_case_unless_chosen_otherwise(world, meeting, cases):
    assert asked(meeting) == {("C0", "CSC"), ("C0", "YOT"), ("C1", "CSC"), ("C1", "YOT")}
    assert meeting.reference == f"CMD-M-{meeting.held_on.year}-001"
    invite(world, meeting, {"childrens-services": cases[:1], "adult-social-care": cases[:2]})
    assert asked(meeting) == {("C0", "CSC"), ("C0", "ASC"), ("C1", "ASC")}
    assert set(meeting.invitations.values_list("agency__agency_type", flat=True)) == {"CSC", "ASC"}


def test_a_case_that_is_added_goes_to_those_who_hear_all_others(world, meeting, cases):
    parts = {"childrens-services": cases[:2], "youth-justice-service": cases[:1]}
    meeting = choose(world, invite(world, meeting, parts), [cases[2], *cases[:2]])
    assert ("C2", "CSC") in asked(meeting) and ("C2", "YOT") not in asked(meeting)
    assert list(meeting.discussions.values_list("case__reference", flat=True)) == ["C2", "C0", "C1"]


def test_a_case_that_is_taken_off_takes_everybodys_sight_along(world, meeting, cases):
    agency = world.organisation("camden-childrens-services")
    share(meeting.discussions.get(case=cases[0]), with_=agency)
    choose(world, meeting, cases[1:2])
    assert asked(meeting) == {("C1", "CSC"), ("C1", "YOT")}
    assert Reach.objects.get(organisation=agency).count == 0


# -- After the letters --

CSC, YOT = "camden-childrens-services", "camden-youth-justice-service"


@pytest.fixture
def sent(world, cases):
    """Children's Services asked to the first two cases, youth justice to the first alone."""
    plans.contact(world, CSC, YOT)
    meeting = plans.plan(world, cases=cases[:2])
    meeting = invite(world, meeting, {"childrens-services": cases[:2], "youth-justice-service": cases[:1]})
    send_invitations(meeting, by=world.camden_administrator, at=now())
    return Meeting.objects.get(pk=meeting.pk)


def letters(kind: str) -> list[str]:
    return sorted(m.to_email.partition("@")[0] for m in Message.objects.filter(kind=kind))


def test_who_was_asked_only_to_a_case_that_is_taken_off_is_told_and_expected_no_longer(world, sent, cases):
    choose(world, sent, cases[1:2])
    assert letters("meeting_cancelled") == [YOT]
    withdrawn = sent.invitations.get(agency__slug=YOT)
    assert withdrawn.stood_down_at and not withdrawn.is_open and not withdrawn.links.exists()
    assert sent.invitations.standing().get().agency.slug == CSC
    assert chasing.promise_reminders(sent.held_on - timedelta(days=2)) == 1
    choose(world, Meeting.objects.get(pk=sent.pk), cases[1:2])
    assert letters("meeting_cancelled") == [YOT]


def test_an_invitation_without_a_case_is_never_sent(world, cases):
    plans.contact(world, CSC, YOT)
    meeting = plans.plan(world, cases=cases[:2])
    meeting = invite(world, meeting, {"childrens-services": cases[:2], "youth-justice-service": cases[:1]})
    choose(world, meeting, cases[1:2])
    assert [i.agency.slug for i in meeting.invitations.all()] == [CSC]


def test_what_was_sent_or_stood_down_is_kept_when_it_is_not_chosen(world, sent, cases):
    by = world.camden_administrator
    asked = sent.invitations.get(agency__slug=YOT)
    reply(asked, answer="attending", channel="link")
    stand_down(asked, reason="Knows nobody here.", by=by, at=now())
    both = {"childrens-services": cases[:2], "youth-justice-service": cases[:1]}
    meeting = invite(world, Meeting.objects.get(pk=sent.pk), both)
    assert sent.invitations.standing().filter(sent_at=None).get() == asked
    meeting = invite(world, meeting, {"childrens-services": cases[:2]})
    kept = sent.invitations.get(pk=asked.pk)
    assert kept.stood_down_at and kept.letter and kept.replies.count() == 1
    adult = {"adult-social-care": cases[:1]}
    meeting = invite(world, meeting, adult)
    never = sent.invitations.get(agency__slug="camden-adult-social-care")
    stand_down(never, reason="Knows nobody here.", by=by, at=now())
    invite(world, meeting, {})
    assert sent.invitations.get(pk=never.pk).stood_down_reason == "Knows nobody here."


def test_a_case_that_is_added_after_the_letters_is_opened_and_announced(world, sent, cases):
    meeting = choose(world, sent, cases)
    assert Discussion.objects.for_user(world.camden_csc_spoc).count() == 3
    assert letters("meeting_change") == [CSC]
    told = Message.objects.get(kind="meeting_change")
    assert "is asked to more cases" in told.text and "Your reply still counts." in told.text
    assert "C2" not in told.text and not told.calendar
    invite(world, meeting, {"childrens-services": cases, "youth-justice-service": cases})
    assert letters("meeting_change") == [CSC, YOT]


AGES = [  # birth date, stated, under 18, counts as stated
    (plans.CHILD, None, True, False),
    (plans.CHILD, False, True, False),
    (plans.ADULT, True, False, False),
    (None, True, True, True),
    (None, None, None, False),
]


@pytest.mark.parametrize("born, stated, under_18, is_stated", AGES)
def test_C11_an_age_is_stated_only_where_no_birth_date_is_known(world, born, stated, under_18, is_stated):
    case = plans.case(world, "C9", born=born)
    choose(world, plans.plan(world), {case.pk: stated})
    found = Discussion.objects.get(case=case)
    assert (found.under_18, found.under_18_stated) == (under_18, is_stated)


def test_an_emergency_meeting_has_one_subject(world, cases):
    with pytest.raises(ValidationError, match="discusses one case"):
        plans.plan(world, cases=cases, is_emergency=True)


def test_a_case_of_another_borough_is_never_on_the_list(world, meeting):
    choose(world, meeting, [plans.case(world, "H1", borough="hackney")])
    assert not meeting.discussions.exists()


WHO = [("camden_business_manager", PermissionDenied), ("hackney_administrator", PermissionDenied)]


@pytest.mark.parametrize("who, refused", WHO)
def test_only_the_unit_chooses(world, meeting, cases, who, refused):
    for act in (
        lambda by: choose(world, meeting, cases, by=by),
        lambda by: invite(world, meeting, {}, by=by),
    ):
        with pytest.raises(refused):
            act(getattr(world, who))


@pytest.mark.parametrize(
    "moment", [{"status": "held"}, {"status": "cancelled"}, {"held_on": localdate() - timedelta(1)}]
)
def test_nothing_is_chosen_once_it_has_started_or_ended(world, meeting, cases, moment):
    Meeting.objects.filter(pk=meeting.pk).update(**moment)
    with pytest.raises(Conflict):
        choose(world, meeting, cases)
    with pytest.raises(Conflict):
        invite(world, meeting, {})


def test_C2_a_stale_choice_is_refused(world, meeting, cases):
    choose(world, meeting, cases)
    with pytest.raises(StaleEdit):
        invite(world, meeting, {})


def test_a_meeting_is_set_up_for_the_future(world):
    with pytest.raises(ValidationError, match="Meeting date must be in the future"):
        plans.plan(world, in_days=-1)
