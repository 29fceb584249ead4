"""A meeting's life: changed, postponed, cancelled, abandoned, held; who is told, and who is excused."""

import re
from datetime import time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.timezone import localdate, now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boards.dates import add_months
from boards.models import Reach
from mappa_portal.exceptions import Conflict, StaleEdit
from meetings.actions import meetings as actions
from meetings.actions.actions import add as add_action
from meetings.actions.agenda import choose_agencies
from meetings.actions.calls import record_call
from meetings.actions.inviting_again import invite_again
from meetings.actions.minutes import draft as draft_minutes
from meetings.actions.replies import reply
from meetings.actions.standing_down import stand_down
from meetings.models import (
    Attendance,
    Discussion,
    DiscussionGrant,
    Meeting,
    PhoneCall,
    Recount,
    ReplyLink,
)
from outbox.models import Message
from tests.meetings import plans
from tests.meetings.test_replies import words as text

Status = Meeting.Status


@pytest.fixture
def cases(world):
    plans.contact(world, *plans.AGENCIES)
    return [plans.case(world, f"C{n}") for n in range(2)]


@pytest.fixture
def meeting(world, cases):
    return plans.plan(world, cases=cases, agencies=plans.AGENCIES)


@pytest.fixture
def act(world):
    """``act("cancel", meeting, reason="…")`` as Camden's administrator, now."""

    def done(verb: str, thing, **values):
        by = values.pop("by", world.camden_administrator)
        timed = {} if verb in ("hold", "undo_hold", "abandon") else {"at": now()}
        return getattr(actions, verb)(thing, by=by, **timed, **values)

    return done


def begun(meeting: Meeting) -> Meeting:
    Meeting.objects.filter(pk=meeting.pk).update(held_on=localdate() - timedelta(days=1))
    return meeting


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
        excuse(world, meeting, slug)
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
    act(verb, begun(meeting), reason="The chair was ill.", **later)
    kept = ReplyLink.objects.filter(invitation__meeting=meeting).exists()
    assert kept == (verb == "postpone")  # to say to which day
    assert not DiscussionGrant.objects.filter(content_object__meeting=meeting).exists()
    assert not Message.objects.filter(kind="meeting_cancelled").exists()


def test_C1_holding_counts_the_day(world, meeting, act):
    Recount.objects.all().delete()
    held = act("hold", begun(meeting))
    assert held.status == Status.HELD
    assert Recount.objects.get(territory=meeting.territory).first_day == held.held_on


def test_a_meeting_marked_as_held_by_mistake_is_planned_again(world, meeting, act):
    held = act("hold", begun(meeting))
    Recount.objects.all().delete()
    assert act("undo_hold", held).status == Status.SCHEDULED
    assert Recount.objects.get(territory=meeting.territory).first_day == held.held_on
    with pytest.raises(Conflict, match="nothing is recorded"):
        act("undo_hold", held)


@pytest.mark.parametrize("what", ["attendance", "action", "decision", "minutes"])
def test_what_is_recorded_of_a_meeting_keeps_it_held(world, meeting, act, what):
    held, by = act("hold", begun(meeting)), world.camden_administrator
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


# -- Standing down (C3) --


def excuse(world, meeting, slug, *, by=None, reason="Knows nobody here.", discussion=None):
    invitation = meeting.invitations.get(agency__slug=slug)
    by = by or world.camden_administrator
    return stand_down(invitation, reason=reason, by=by, at=now(), discussion=discussion)


def expected(meeting, slug) -> int:
    return Attendance.objects.required().filter(discussion__meeting=meeting, organisation__slug=slug).count()


def test_C3_an_agency_is_excused_from_one_case_or_from_all(world, meeting, act):
    act("send_invitations", meeting)
    slug, agency = plans.AGENCIES[2], world.organisation(plans.AGENCIES[2])
    excuse(world, meeting, slug, discussion=meeting.discussions.first())
    assert expected(meeting, slug) == 1 and Reach.objects.get(organisation=agency).count == 1
    assert meeting.invitations.standing().count() == 3 and Message.objects.count() == 3
    excuse(world, meeting, slug, discussion=meeting.discussions.last())  # the last one: the whole meeting
    assert expected(meeting, slug) == 0 and Reach.objects.get(organisation=agency).count == 0
    assert meeting.invitations.standing().count() == 2 and Message.objects.count() == 4


@pytest.mark.parametrize(
    "who, reason, refused",
    [
        ("camden_mappa_chair", "Not needed.", None),
        ("camden_mappa_chair", " ", ValidationError),
        ("camden_csc_spoc", "We do not know him.", PermissionDenied),
        ("camden_business_manager", "Not needed.", PermissionDenied),
        ("hackney_administrator", "Not needed.", PermissionDenied),
    ],
)
def test_C3_only_the_unit_or_its_chair_excuses_and_with_a_reason(world, meeting, who, reason, refused):
    slug = plans.AGENCIES[0]
    if refused:
        with pytest.raises(refused):
            excuse(world, meeting, slug, by=getattr(world, who), reason=reason)
    else:
        excuse(world, meeting, slug, by=getattr(world, who), reason=reason)
    assert expected(meeting, slug) == (2 if refused else 0)


def test_C3_nobody_is_excused_once_the_meeting_began(world, meeting):
    begun(meeting)
    with pytest.raises(Conflict):
        excuse(world, meeting, plans.AGENCIES[0])


def test_C3_who_is_stood_down_stays_so_on_the_new_day_and_the_pages_say_it(world, meeting, client):
    by, (whole, part, _) = world.camden_administrator, plans.AGENCIES
    actions.send_invitations(meeting, by=by, at=now())
    excuse(world, meeting, whole)
    excuse(world, meeting, part, discussion=meeting.discussions.first())
    client.force_login(by)
    page, name = f"/meetings/{meeting.reference}/postpone/", world.organisation(whole).name
    assert f"not invited to the new date unless you invite them again: {name}." in text(client.get(page))
    day = localdate() + timedelta(days=40)
    typed = {"reason": "Ill.", "starts_at": "10am", "minutes_long": 60, "place": "Town hall"}
    typed |= {"held_on_day": day.day, "held_on_month": day.month, "held_on_year": day.year}
    said = text(client.post(page, typed, follow=True))
    assert f"Stood down, so not invited to the new date: {name}." in said
    assert f"{name} was stood down on" in said and "Invite again" in said
    meeting.refresh_from_db()
    following = meeting.postponed_to
    assert [expected(following, slug) for slug in plans.AGENCIES] == [0, 1, 2]
    assert following.invitations.sent().count() == 2


# -- Inviting again --


def again(world, meeting, slug, *, by=None, **more):
    invitation = meeting.invitations.get(agency__slug=slug)
    return invite_again(invitation, by=by or world.camden_administrator, at=now(), **more)


def test_who_was_stood_down_is_invited_again_with_letter_and_sight(world, meeting, act):
    slug, agency = plans.AGENCIES[2], world.organisation(plans.AGENCIES[2])
    act("send_invitations", meeting)
    reply(meeting.invitations.get(agency=agency), answer="attending", channel="link")
    cancelled = excuse(world, meeting, slug).meeting.invitations.get(agency=agency).letter
    asked = again(world, meeting, slug)
    asked = meeting.invitations.get(pk=asked.pk)
    assert expected(meeting, slug) == 2 and Reach.objects.get(organisation=agency).count == 2
    assert asked.is_open and asked.answer is None and asked.links.count() == 1
    assert asked.letter.kind == "meeting_invitation" and asked.letter != cancelled
    sequence = re.compile(r"SEQUENCE:(\d+)")
    old, new = (int(sequence.search(m.calendar)[1]) for m in (cancelled, asked.letter))
    assert new > old
    assert Message.objects.count() == 5  # nobody else hears of it
    with pytest.raises(Conflict, match="is invited already"):
        again(world, meeting, slug)


def test_who_was_stood_down_from_one_case_hears_of_it_again(world, meeting, act):
    slug, agency = plans.AGENCIES[2], world.organisation(plans.AGENCIES[2])
    act("send_invitations", meeting)
    excuse(world, meeting, slug, discussion=meeting.discussions.first())
    again(world, meeting, slug)
    assert expected(meeting, slug) == 2 and Reach.objects.get(organisation=agency).count == 2
    assert Message.objects.latest("pk").kind == "meeting_change"


def test_who_was_never_told_is_on_the_list_again_and_not_told(world, meeting):
    excuse(world, meeting, plans.AGENCIES[2])
    asked = again(world, meeting, plans.AGENCIES[2])
    assert expected(meeting, plans.AGENCIES[2]) == 2
    assert not asked.sent_at and not asked.stood_down_at and not Message.objects.exists()


WHO = [("camden_csc_spoc", 404), ("camden_business_manager", 404), ("hackney_administrator", 404)]


@pytest.mark.parametrize("who, status", WHO)
def test_only_the_unit_invites_again(world, meeting, client, who, status):
    slug = plans.AGENCIES[2]
    excuse(world, meeting, slug)
    client.force_login(getattr(world, who))
    assert client.post(f"/meetings/{meeting.reference}/invite-again/{slug}/").status_code == status
    with pytest.raises(PermissionDenied):
        again(world, meeting, slug, by=getattr(world, who))
    begun(meeting)
    with pytest.raises(Conflict):
        again(world, meeting, slug)


def test_short_notice_of_inviting_again_needs_its_reason(world, meeting, act, client):
    slug, agency = plans.AGENCIES[2], world.organisation(plans.AGENCIES[2])
    act("send_invitations", meeting)
    excuse(world, meeting, slug)
    Meeting.objects.filter(pk=meeting.pk).update(held_on=localdate() + timedelta(days=3))
    client.force_login(world.camden_administrator)
    page = f"/meetings/{meeting.reference}/invite-again/{slug}/"
    assert "Enter why this meeting cannot wait" in text(client.post(page, {"reason": ""}))
    assert f"{agency.name} is invited again" in text(
        client.post(page, {"reason": "It is needed."}, follow=True)
    )
    assert PhoneCall.objects.get().invitation.agency == agency


# -- Any order of verbs --

VERBS = ("change", "cancel", "postpone", "abandon", "hold", "begin")
VALUES = {
    "cancel": {"reason": "R"},
    "abandon": {"reason": "R"},
    "postpone": {"reason": "R", "held_on": localdate() + timedelta(days=50)},
    "change": {"place": "Elsewhere"},
    "hold": {},
}
ENDS = {"cancel": "cancelled", "postpone": "postponed", "abandon": "abandoned", "hold": "held"}


def may(verb: str, status: str, has_begun: bool) -> bool:
    """The state machine in one line each: domain section 4."""
    if status != "scheduled":
        return False
    return {"change": not has_begun, "hold": has_begun, "abandon": has_begun}.get(verb, True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(verbs=st.lists(st.sampled_from(VERBS), max_size=6))
def test_a_meeting_ends_once_whatever_is_tried(world, act, verbs):
    meeting, has_begun, status = plans.plan(world), False, "scheduled"
    for verb in verbs:
        if verb == "begin":
            begun(meeting)
            has_begun = True
            continue
        meeting.refresh_from_db()
        values = VALUES[verb] | ({"revision": meeting.revision} if verb == "change" else {})
        if may(verb, status, has_begun):
            act(verb, meeting, **values)
            status = ENDS.get(verb, status)
        else:
            with pytest.raises(Conflict):
                act(verb, meeting, **values)
        meeting.refresh_from_db()
        assert meeting.status == status


@pytest.mark.parametrize("verb", sorted(VALUES))
def test_only_the_unit_decides_what_becomes_of_it(world, meeting, act, verb):
    if verb in ("abandon", "hold"):
        begun(meeting)
    values = VALUES[verb] | ({"revision": meeting.revision} if verb == "change" else {})
    for who in ("camden_business_manager", "camden_csc_spoc", "hackney_administrator", "co_ordinator"):
        with pytest.raises(PermissionDenied):
            act(verb, meeting, by=getattr(world, who), **values)
    act(verb, meeting, by=world.camden_mappa_chair, **values)
