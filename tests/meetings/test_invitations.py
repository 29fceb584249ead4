"""Agencies are asked by letters with a calendar part; the invitation opens the discussions, its end closes them."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate
from vobject.base import Component

from boards.models import Organisation
from mappa_portal.exceptions import Conflict
from mappa_portal.words import long_date, weekday_date
from meetings.actions import chasing, invitations
from meetings.mail.letters import day_and_month, reply_by
from meetings.models import Contact, Discussion, Invitation, Meeting, ReplyLink
from outbox.jobs import run_jobs
from outbox.models import Message
from tests.meetings.calendars import read

CODES = ("CSC", "YOT", "ASC", "POL")


@pytest.fixture
def meeting(camden):
    return camden.meeting(*CODES)


@pytest.fixture
def sent(camden, meeting):
    invitations.send(meeting, by=camden.by)
    return Meeting.objects.get(pk=meeting.pk)


def part_of(invitation: Invitation) -> tuple[str, Component]:
    return read(invitation.letter.calendar)


# -- Sending --


def test_each_agency_gets_one_letter_with_its_link_and_its_calendar_part(camden, meeting, mailoutbox):
    invitations.send(meeting, by=camden.by)
    run_jobs()
    assert sorted(m.to[0] for m in mailoutbox) == [
        "Jo Marsh <csc@camden.example>",
        "Kim Patel <asc@camden.example>",
        "Lee Brandt <pol@camden.example>",
        "Sam Osei <yot@camden.example>",
    ]
    day = meeting.held_on
    for mail in mailoutbox:
        assert mail.subject == (
            f"[OFFICIAL] MAPPA Level 2 meeting, Camden, {long_date(day)}: "
            f"reply by {day_and_month(day - timedelta(days=7))}"
        )
        assert mail.body.count("http") == 1 and "/r/CMD-" in mail.body
        assert "CMD-C-" not in mail.body and "CMD-M-" not in mail.body
    body = next(m.body for m in mailoutbox if "csc@" in m.to[0])
    first = (
        f"Tell us who will represent Camden Children's Services by {weekday_date(day - timedelta(days=7))}."
    )
    assert body.split("\n\n")[:3] == ["OFFICIAL", "Jo Marsh", first]
    assert "Seniority needed: Team manager or above" in body


REACHED = [
    ("020 7946 0123", "mappa@camden.example", ", 020 7946 0123, mappa@camden.example"),
    ("020 7946 0123", "", ", 020 7946 0123"),
    ("", "", ""),
]


@pytest.mark.parametrize("phone, email, said", REACHED)
def test_every_letter_names_the_unit_and_how_to_reach_it(camden, meeting, phone, email, said):
    Organisation.objects.filter(pk=camden.unit.pk).update(phone=phone, email=email)
    invitations.send(meeting, by=camden.by)
    chasing.remind(meeting, agencies=[camden.agency("CSC").pk], by=camden.by)
    invitations.announce_change(meeting, by=camden.by)
    invitations.withdraw(camden.invitation(meeting, "CSC"), by=camden.by)
    letters = Message.objects.filter(to_email="csc@camden.example")
    assert {m.kind for m in letters} == {
        f"meeting_{kind}" for kind in ("invitation", "reminder", "change", "cancelled")
    }
    for letter in letters:
        assert f"\n\nQuestions: Camden MAPPA Unit{said}\n\nYou get" in letter.text
        assert f"<p>Questions: Camden MAPPA Unit{said}</p>" in letter.html


def test_what_sending_leaves_behind(camden, meeting):
    asked = invitations.send(meeting, by=camden.by)
    assert {i.agency.agency_type for i in asked} == set(CODES)
    assert all(i.sent_at and i.contact and i.letter for i in Invitation.objects.filter(meeting=meeting))
    assert Meeting.objects.get(pk=meeting.pk).invited_on == localdate()
    assert ReplyLink.objects.count() == 4
    assert invitations.send(meeting, by=camden.by) == []
    assert Message.objects.filter(kind="meeting_invitation").count() == 4


def test_the_invitation_opens_the_agencys_discussions_to_it(world, camden, meeting):
    spoc = world.camden_csc_spoc
    assert not Meeting.objects.for_user(spoc).exists()
    invitations.send(meeting, by=camden.by)
    assert Discussion.objects.for_user(spoc).count() == 2
    assert not Discussion.objects.for_user(world.hackney_csc_spoc).exists()


def test_an_agency_without_a_contact_stops_everything(camden):
    meeting = camden.meeting("CSC", "YOT", contacts=False)
    camden.contact("YOT")
    with pytest.raises(ValidationError, match=r"Camden Children's Services has no contact\. Add one"):
        invitations.send(meeting, by=camden.by)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "who", ["camden_board_chair", "camden_csc_spoc", "hackney_administrator", "smb_chair"]
)
def test_only_the_unit_sends(world, meeting, who):
    with pytest.raises(PermissionDenied):
        invitations.send(meeting, by=getattr(world, who))


@pytest.mark.parametrize("more", [{"days": -1}, {"status": "cancelled"}])
def test_nobody_is_asked_to_a_meeting_that_is_over(camden, more):
    with pytest.raises(Conflict):
        invitations.send(camden.meeting("CSC", **more), by=camden.by)


NOTICE = [
    (9, "This is 9 days' notice. We will also phone you.", 2, ""),
    (1, "The meeting is tomorrow. We will also phone you.", 1, ""),
    (0, "The meeting is today. We will also phone you.", 0, "today, "),
]


@pytest.mark.parametrize("days, said, answer_in, today", NOTICE)
def test_short_notice_says_so_first(camden, mailoutbox, days, said, answer_in, today):
    meeting = camden.meeting("CSC", days=days, starts_at=time(23, 59))
    invitations.send(meeting, by=camden.by)
    run_jobs()
    [mail] = mailoutbox
    assert mail.subject == f"[OFFICIAL] Short notice: MAPPA meeting, Camden, {long_date(meeting.held_on)}"
    by = f"{today}{weekday_date(localdate() + timedelta(days=answer_in))}"
    first = f"Tell us who will represent Camden Children's Services by {by}."
    assert mail.body.split("\n\n")[2:4] == [said, first]


@pytest.mark.parametrize("days, by", [(21, 14), (8, 1), (7, 1), (3, 1), (1, 1), (0, 0)])
def test_replies_are_asked_for_seven_days_before_or_tomorrow(days, by):
    today = date(2026, 11, 2)
    meeting = Meeting(held_on=today + timedelta(days=days))
    assert reply_by(meeting, today) == today + timedelta(days=by)


def test_the_cover_gets_the_letters_while_it_lasts(camden):
    today = localdate()
    cover = {
        "cover_name": "Al Reed",
        "cover_email": "al@camden.example",
        "cover_from": today,
        "cover_until": today,
    }
    camden.contact("CSC", **cover)
    camden.contact("YOT", **cover | {"cover_until": today - timedelta(days=1), "cover_from": None})
    meeting = camden.meeting("CSC", "YOT")
    invitations.send(meeting, by=camden.by)
    assert camden.invitation(meeting, "CSC").letter.to_email == "al@camden.example"
    assert camden.invitation(meeting, "YOT").letter.to_email == "yot@camden.example"


# -- Changing --


def test_a_moved_meeting_is_the_same_event_with_the_next_sequence(camden, sent):
    _, before = part_of(camden.invitation(sent, "CSC"))
    sent.held_on += timedelta(days=5)
    sent.save()
    invitations.announce_change(sent, by=camden.by)
    invitation = camden.invitation(sent, "CSC")
    method, after = part_of(invitation)
    assert before.uid.value == after.uid.value and method == "REQUEST"
    assert (before.sequence.value, after.sequence.value) == ("0", "1")
    assert before.dtstart.value != after.dtstart.value
    assert invitation.letter.subject == "[OFFICIAL] New date: MAPPA meeting, Camden"
    old, new = sent.held_on - timedelta(days=5), sent.held_on
    before = day_and_month(old) if old.year == new.year else long_date(old)
    said = f"The meeting on {before} is now on {long_date(new)}."
    assert said in invitation.letter.text and "An earlier reply no longer counts" in invitation.letter.text


def test_another_place_leaves_replies_and_links_as_they_are(camden, sent):
    asked_at = camden.invitation(sent, "CSC").sent_at
    sent.place = "Room 5"
    sent.save()
    invitations.announce_change(sent, by=camden.by)
    invitation = camden.invitation(sent, "CSC")
    assert invitation.sent_at == asked_at and "Your reply still counts" in invitation.letter.text
    assert all(link.still_asks() for link in invitation.links.all())
    assert "Room 5" in part_of(invitation)[1].location.value


# -- Ending --


def test_a_meeting_that_will_not_be_is_taken_out_of_calendars_and_sight(world, camden, sent):
    sent.status = Meeting.Status.CANCELLED
    sent.save()
    invitations.announce_end(sent, by=camden.by)
    invitation = camden.invitation(sent, "CSC")
    method, event = part_of(invitation)
    assert (method, event.status.value, event.sequence.value) == ("CANCEL", "CANCELLED", "1")
    assert invitation.letter.subject == "[OFFICIAL] Cancelled: MAPPA meeting, Camden"
    assert f"The meeting on {long_date(sent.held_on)} will not take place." in invitation.letter.text
    assert "http" not in invitation.letter.text
    assert not Discussion.objects.for_user(world.camden_csc_spoc).exists() and not ReplyLink.objects.exists()


def test_the_end_is_told_to_the_present_contact_and_to_the_last_one_when_there_is_none(camden, sent):
    for code in ("CSC", "YOT"):
        Contact.objects.filter(agency=camden.agency(code)).update(ended_on=localdate())
    camden.contact("CSC", email="next@camden.example")
    sent.status = Meeting.Status.CANCELLED
    sent.save()
    invitations.announce_end(sent, by=camden.by)
    assert camden.invitation(sent, "CSC").letter.to_email == "next@camden.example"
    assert camden.invitation(sent, "YOT").letter.to_email == "yot@camden.example"


def test_a_postponed_meeting_names_its_new_date(camden, sent):
    later = camden.meeting("CSC", days=40)
    sent.status, sent.postponed_to = Meeting.Status.POSTPONED, later
    sent.save()
    invitations.announce_end(sent, by=camden.by)
    letter = camden.invitation(sent, "CSC").letter
    assert letter.subject == "[OFFICIAL] New date: MAPPA meeting, Camden"
    assert f"is now on {long_date(later.held_on)}." in letter.text
    assert "Old date: " in letter.text and "\nDate: " not in letter.text


def test_one_agency_is_withdrawn_and_the_others_stay(world, camden, sent):
    invitations.withdraw(camden.invitation(sent, "CSC"), by=camden.by)
    invitation = camden.invitation(sent, "CSC")
    method, event = part_of(invitation)
    assert invitation.letter.subject == "[OFFICIAL] Not needed: MAPPA meeting, Camden"
    assert method == "CANCEL" and event.sequence.value == "1" and "status" not in event.contents
    assert "Camden Children's Services is no longer expected" in invitation.letter.text
    assert not invitation.links.exists() and ReplyLink.objects.count() == 3
    assert not Discussion.objects.for_user(world.camden_csc_spoc).exists()
    assert Discussion.objects.for_user(world.camden_police_spoc).count() == 2
    assert {i.links.get().sequence for i in Invitation.objects.exclude(pk=invitation.pk)} == {0}


def test_a_meeting_that_is_planned_has_not_ended(camden, sent):
    with pytest.raises(Conflict):
        invitations.announce_end(sent, by=camden.by)


# -- Calendar parts --


def test_the_calendar_part_is_what_RFC_5546_asks_of_a_request(camden, sent):
    invitation = camden.invitation(sent, "CSC")
    method, event = part_of(invitation)
    assert method == "REQUEST" and event.uid.value == f"{sent.uid}@mappa.example"
    assert event.summary.value == "MAPPA meeting, Camden" and event.location.value == "Room 4, Town Hall"
    times = event.dtstart, event.dtend, event.dtstamp
    assert all(time.value.utcoffset() == timedelta(0) for time in times)
    assert [a.value for a in event.attendee_list] == ["mailto:csc@camden.example"]
    assert event.attendee.params["RSVP"] == ["TRUE"] and event.status.value == "CONFIRMED"
    assert event.organizer.value == f"mailto:{invitation.letter.reply_to}"
    others = {camden.invitation(sent, code).letter.reply_to for code in CODES}
    assert len(others) == 4 and all(a.startswith("replies+cmd-") for a in others)


@pytest.mark.parametrize("day, hour", [(date(2027, 3, 26), 10), (date(2027, 3, 29), 9)])
def test_C3_ten_in_the_morning_in_london_is_told_in_utc(camden, day, hour):
    meeting = camden.meeting("CSC", held_on=day)
    invitations.send(meeting, by=camden.by)
    _, event = part_of(camden.invitation(meeting, "CSC"))
    assert event.dtstart.value.isoformat() == f"{day}T{hour:02}:00:00+00:00"


def test_every_line_of_a_calendar_part_is_at_most_75_octets(camden):
    meeting = camden.meeting("CSC", place="Größe " * 25)
    invitations.send(meeting, by=camden.by)
    text = camden.invitation(meeting, "CSC").letter.calendar
    assert text.count("\r\n") == text.count("\n")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert read(text)[1].location.value == "Größe " * 25


def test_sending_asks_the_database_no_more_for_more_cases(camden):
    few, many = camden.meeting(*CODES, cases=1), camden.meeting(*CODES, cases=6)
    counts = []
    for meeting in (few, many):
        with CaptureQueriesContext(connection) as queries:
            invitations.send(meeting, by=camden.by)
        counts.append(len(queries))
    assert counts[0] >= counts[1] - 1


def test_a_replaced_contact_ends_the_link_of_the_old_one(camden, sent):
    Contact.objects.filter(agency=camden.agency("CSC")).update(email="new@camden.example")
    [link] = camden.invitation(sent, "CSC").links.all()
    assert not link.still_asks()
