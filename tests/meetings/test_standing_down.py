"""Who is excused from a meeting or a case of it (C3), and who is invited again."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.timezone import localdate, now

from boards.models import Reach
from mappa_portal.exceptions import Conflict
from meetings.actions import meetings as actions
from meetings.actions.inviting_again import invite_again
from meetings.actions.replies import reply
from meetings.models import (
    Attendance,
    Meeting,
    PhoneCall,
)
from outbox.models import Message
from tests.meetings import plans
from tests.pages import text

Status = Meeting.Status


@pytest.fixture
def meeting(planned):
    return planned


# -- Standing down (C3) --


def expected(meeting, slug) -> int:
    return Attendance.objects.required().filter(discussion__meeting=meeting, organisation__slug=slug).count()


def test_C3_an_agency_is_excused_from_one_case_or_from_all(world, meeting, act):
    act("send_invitations", meeting)
    slug, agency = plans.AGENCIES[2], world.organisation(plans.AGENCIES[2])
    plans.excuse(world, meeting, slug, discussion=meeting.discussions.first())
    assert expected(meeting, slug) == 1 and Reach.objects.get(organisation=agency).count == 1
    assert meeting.invitations.standing().count() == 3 and Message.objects.count() == 3
    plans.excuse(
        world, meeting, slug, discussion=meeting.discussions.last()
    )  # the last one: the whole meeting
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
            plans.excuse(world, meeting, slug, by=getattr(world, who), reason=reason)
    else:
        plans.excuse(world, meeting, slug, by=getattr(world, who), reason=reason)
    assert expected(meeting, slug) == (2 if refused else 0)


def test_C3_nobody_is_excused_once_the_meeting_began(world, meeting):
    plans.begun(meeting)
    with pytest.raises(Conflict):
        plans.excuse(world, meeting, plans.AGENCIES[0])


def test_C3_who_is_stood_down_stays_so_on_the_new_day_and_the_pages_say_it(world, meeting, client):
    by, (whole, part, _) = world.camden_administrator, plans.AGENCIES
    actions.send_invitations(meeting, by=by, at=now())
    plans.excuse(world, meeting, whole)
    plans.excuse(world, meeting, part, discussion=meeting.discussions.first())
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
    cancelled = plans.excuse(world, meeting, slug).meeting.invitations.get(agency=agency).letter
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
    plans.excuse(world, meeting, slug, discussion=meeting.discussions.first())
    again(world, meeting, slug)
    assert expected(meeting, slug) == 2 and Reach.objects.get(organisation=agency).count == 2
    assert Message.objects.latest("pk").kind == "meeting_change"


def test_who_was_never_told_is_on_the_list_again_and_not_told(world, meeting):
    plans.excuse(world, meeting, plans.AGENCIES[2])
    asked = again(world, meeting, plans.AGENCIES[2])
    assert expected(meeting, plans.AGENCIES[2]) == 2
    assert not asked.sent_at and not asked.stood_down_at and not Message.objects.exists()


WHO = [("camden_csc_spoc", 404), ("camden_business_manager", 404), ("hackney_administrator", 404)]


@pytest.mark.parametrize("who, status", WHO)
def test_only_the_unit_invites_again(world, meeting, client, who, status):
    slug = plans.AGENCIES[2]
    plans.excuse(world, meeting, slug)
    client.force_login(getattr(world, who))
    assert client.post(f"/meetings/{meeting.reference}/invite-again/{slug}/").status_code == status
    with pytest.raises(PermissionDenied):
        again(world, meeting, slug, by=getattr(world, who))
    plans.begun(meeting)
    with pytest.raises(Conflict):
        again(world, meeting, slug)


def test_short_notice_of_inviting_again_needs_its_reason(world, meeting, act, client):
    slug, agency = plans.AGENCIES[2], world.organisation(plans.AGENCIES[2])
    act("send_invitations", meeting)
    plans.excuse(world, meeting, slug)
    Meeting.objects.filter(pk=meeting.pk).update(held_on=localdate() + timedelta(days=3))
    client.force_login(world.camden_administrator)
    page = f"/meetings/{meeting.reference}/invite-again/{slug}/"
    assert "Enter why this meeting cannot wait" in text(client.post(page, {"reason": ""}))
    assert f"{agency.name} is invited again" in text(
        client.post(page, {"reason": "It is needed."}, follow=True)
    )
    assert PhoneCall.objects.get().invitation.agency == agency
