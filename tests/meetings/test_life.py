"""A meeting's life: changed, postponed, cancelled, abandoned, held; who is told."""

from datetime import time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.timezone import localdate, now

from boards.dates import add_months
from boards.models import Reach
from mappa_portal.exceptions import Conflict, StaleEdit
from meetings.actions import meetings as actions
from meetings.actions.actions import add as add_action
from meetings.actions.agenda import choose_agencies
from meetings.actions.calls import record_call
from meetings.actions.minutes import draft as draft_minutes
from meetings.models import (
    Discussion,
    DiscussionGrant,
    Meeting,
    PhoneCall,
    Recount,
    ReplyLink,
)
from outbox.models import Message
from tests.meetings import plans

Status = Meeting.Status


@pytest.fixture
def meeting(planned):
    return planned


def test_invitations_go_to_everybody_once(world, meeting, act):
    assert act("send_invitations", meeting) == 3
    meeting.refresh_from_db()
    assert meeting.invited_on == localdate() and Message.objects.count() == 3
    assert not PhoneCall.objects.exists()
    with pytest.raises(ValidationError, match="Select at least one agency"):
        act("send_invitations", meeting)
    assert Message.objects.count() == 3


def test_who_has_no_contact_is_named(world, act):
    meeting = plans.plan(world, cases=[plans.case(world, "C1")], agencies=plans.AGENCIES[:1])
    with pytest.raises(ValidationError, match=r"Camden Children's Services has no contact\. Add one"):
        act("send_invitations", meeting)


def test_short_notice_needs_a_reason_and_gives_phone_tasks(world, cases, act):
    meeting = plans.plan(world, in_days=9, cases=cases, agencies=plans.AGENCIES)
    with pytest.raises(
        ValidationError, match=r"Notice is 9 days, 5 short\. Enter why this meeting cannot wait"
    ):
        act("send_invitations", meeting)
    act("send_invitations", meeting, reason="A release was brought forward.")
    calls = PhoneCall.objects.filter(invitation__meeting=meeting)
    assert [call.due_on for call in calls] == [localdate()] * 3
    call = record_call(
        calls[0], spoke_to="Robin", outcome="Will come", by=world.camden_administrator, at=now()
    )
    assert call.made_by == world.camden_administrator and calls.filter(made_at=None).count() == 2
    with pytest.raises(PermissionDenied):
        record_call(calls[1], spoke_to="R", outcome="O", by=world.camden_business_manager, at=now())


def test_a_second_short_notice_asks_for_another_call_and_keeps_the_first(world, cases, act, client):
    meeting = plans.plan(world, in_days=9, cases=cases, agencies=plans.AGENCIES[:2])
    act("send_invitations", meeting, reason="A release was brought forward.")
    calls = PhoneCall.objects.filter(invitation__meeting=meeting)
    made = calls.first()
    record_call(made, spoke_to="Robin", outcome="Will come", by=world.camden_administrator, at=now())
    for days in (8, 7):
        meeting.refresh_from_db()
        act("change", meeting, revision=meeting.revision, held_on=localdate() + timedelta(days=days))
    assert [c.outcome for c in calls.filter(invitation=made.invitation).order_by("pk")] == ["Will come", ""]
    assert calls.count() == 3 and calls.filter(made_at=None).count() == 2
    client.force_login(world.camden_administrator)
    address = f"/meetings/{meeting.reference}/"
    assert client.get(address).text.count(f"/call/{made.invitation.agency.slug}/") == 1
    assert "Will come" in client.get(address).text


def test_fourteen_days_pass(world, cases, act):
    act("send_invitations", plans.plan(world, in_days=14, cases=cases, agencies=plans.AGENCIES))
    assert not PhoneCall.objects.exists()


def test_an_agency_that_is_added_later_is_told_alone(world, cases, act):
    meeting = plans.plan(world, cases=cases, agencies=plans.AGENCIES[:2])
    act("send_invitations", meeting)
    meeting.refresh_from_db()
    parts = {world.organisation(plans.AGENCIES[2]).pk: [c.pk for c in cases]}
    choose_agencies(meeting, parts=parts, revision=meeting.revision, by=world.camden_administrator)
    assert meeting.invitations.count() == 3
    assert act("send_invitations", meeting) == 1 and Message.objects.count() == 3


CHANGES = [  # what is changed, how many letters
    ({"starts_at": time(14)}, 3),
    ({"place": "Library"}, 3),
    ({"video": "https://video.example.org/1"}, 3),
    ({"minutes_long": 90}, 3),
    ({"chair": None}, 0),
    ({"place": "Town hall"}, 0),
]


@pytest.mark.parametrize("values, told", CHANGES)
def test_a_change_goes_to_those_whom_it_concerns(world, meeting, act, values, told):
    act("send_invitations", meeting)
    meeting.refresh_from_db()
    act("change", meeting, revision=meeting.revision, **values)
    assert Message.objects.count() == 3 + told


def test_another_day_restates_ages_and_begins_notice_anew(world, act):
    plans.contact(world, *plans.AGENCIES)
    born = add_months(localdate(), -18 * 12) + timedelta(days=20)  # comes of age in 20 days
    meeting = plans.plan(
        world, in_days=16, cases=[plans.case(world, "C1", born=born)], agencies=plans.AGENCIES
    )
    act("send_invitations", meeting)
    Meeting.objects.filter(pk=meeting.pk).update(invited_on=localdate() - timedelta(days=3))
    assert Discussion.objects.get().under_18
    meeting.refresh_from_db()
    act("change", meeting, revision=meeting.revision, held_on=localdate() + timedelta(days=30))
    meeting.refresh_from_db()
    assert not Discussion.objects.get().under_18 and meeting.invited_on == localdate()
    with pytest.raises(ValidationError, match="Notice is 5 days, 9 short"):
        act("change", meeting, revision=meeting.revision, held_on=localdate() + timedelta(days=5))


@pytest.mark.parametrize(
    "when, in_time",
    [({"starts_at": time(10, 30)}, (1, 2)), ({"held_on": localdate() + timedelta(days=4)}, (0, 0))],
)
def test_notice_counts_from_the_day_on_which_the_present_date_was_told(world, act, cases, when, in_time):
    meeting = plans.plan(world, in_days=20, cases=cases, agencies=plans.AGENCIES[:2])
    actions.send_invitations(meeting, by=world.camden_administrator, at=now() - timedelta(days=17))
    soon = localdate() + timedelta(days=3)
    Meeting.objects.filter(pk=meeting.pk).update(held_on=soon, short_notice_reason="It cannot wait.")
    ReplyLink.objects.update(starts=Meeting.objects.get(pk=meeting.pk).starts)
    meeting.refresh_from_db()
    act("change", meeting, revision=meeting.revision, **when)
    Meeting.objects.update(status=Status.HELD)
    found = Meeting.objects.notice_given(localdate(), soon + timedelta(days=1), 14)
    assert (found.meetings_in_time, found.invitations_in_time) == in_time
    assert (found.meetings, found.invitations) == (1, 2)


def test_C2_a_stale_change_is_refused(meeting, act):
    with pytest.raises(StaleEdit):
        act("change", meeting, revision=meeting.revision - 1, place="Elsewhere")


def test_the_level_stays_once_agencies_were_asked(meeting, act):
    act("change", meeting, revision=meeting.revision, level=3)
    act("send_invitations", meeting)
    meeting.refresh_from_db()
    with pytest.raises(ValidationError, match="other level"):
        act("change", meeting, revision=meeting.revision, level=2)


def test_postponing_links_both_and_invites_again(world, meeting, act):
    act("send_invitations", meeting)
    following = act("postpone", meeting, reason="The chair is ill.", held_on=localdate() + timedelta(days=40))
    meeting.refresh_from_db(), following.refresh_from_db()
    assert (meeting.status, meeting.postponed_to) == (Status.POSTPONED, following)
    assert following.invited_on == localdate() and following.invitations.sent().count() == 3
    assert set(following.discussions.values_list("case__reference", flat=True)) == {"C0", "C1"}
    assert Reach.objects.get(organisation__slug=plans.AGENCIES[0]).count == 2  # of the new one alone


def test_what_was_not_sent_is_postponed_without_letters(meeting, act):
    following = act("postpone", meeting, reason="The chair is ill.", held_on=localdate() + timedelta(days=40))
    assert not Message.objects.exists() and following.invitations.count() == 3


def test_a_meeting_whose_agencies_were_all_stood_down_is_postponed_too(world, meeting, act):
    act("send_invitations", meeting)
    for slug in plans.AGENCIES:
        plans.excuse(world, meeting, slug)
    following = act("postpone", meeting, reason="The chair is ill.", held_on=localdate() + timedelta(days=40))
    assert not following.invitations.standing().exists() and following.discussions.count() == 2
    assert following.invitations.count() == 3


def test_cancelling_tells_everybody_and_closes_their_sight(meeting, act):
    act("send_invitations", meeting)
    act("cancel", meeting, reason="No cases are due.")
    meeting.refresh_from_db()
    assert meeting.status == Status.CANCELLED and Message.objects.count() == 6
    assert Reach.objects.get(organisation__slug=plans.AGENCIES[0]).count == 0


@pytest.mark.parametrize("verb", ["cancel", "postpone"])
def test_one_that_did_not_take_place_is_closed_to_agencies_without_a_letter(world, meeting, act, verb):
    act("send_invitations", meeting)
    later = {"held_on": localdate() + timedelta(days=40)} if verb == "postpone" else {}
    act(verb, plans.begun(meeting), reason="The chair was ill.", **later)
    kept = ReplyLink.objects.filter(invitation__meeting=meeting).exists()
    assert kept == (verb == "postpone")  # to say to which day
    assert not DiscussionGrant.objects.filter(content_object__meeting=meeting).exists()
    assert not Message.objects.filter(kind="meeting_cancelled").exists()


def test_C1_holding_counts_the_day(world, meeting, act):
    Recount.objects.all().delete()
    held = act("hold", plans.begun(meeting))
    assert held.status == Status.HELD
    assert Recount.objects.get(territory=meeting.territory).first_day == held.held_on


def test_a_meeting_marked_as_held_by_mistake_is_planned_again(world, meeting, act):
    held = act("hold", plans.begun(meeting))
    Recount.objects.all().delete()
    assert act("undo_hold", held).status == Status.SCHEDULED
    assert Recount.objects.get(territory=meeting.territory).first_day == held.held_on
    with pytest.raises(Conflict, match="nothing is recorded"):
        act("undo_hold", held)


@pytest.mark.parametrize("what", ["attendance", "action", "decision", "minutes"])
def test_what_is_recorded_of_a_meeting_keeps_it_held(world, meeting, act, what):
    held, by = act("hold", plans.begun(meeting)), world.camden_administrator
    discussion = held.discussions.first()
    match what:
        case "attendance":
            discussion.attendances.update(attended=False)
        case "action":
            add_action(discussion, text="x", agency=held.organisation, due_on=held.held_on, by=by)
        case "decision":
            discussion.meeting.discussions.update(revision=2)
        case "minutes":
            draft_minutes(held, by=by, at=now())
    with pytest.raises(Conflict, match="nothing is recorded"):
        act("undo_hold", held)
