"""Who replied, who got the letter, and reminding the others: by hand once a day, by themselves 7 and 2 days before."""

import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate, now

from mappa_portal.exceptions import Conflict
from mappa_portal.words import long_date, weekday_date
from meetings.actions import chasing, invitations
from meetings.actions.chasing import promise_reminders, remind, resend, step_due
from meetings.actions.replies import reply
from meetings.models import Contact, Invitation, Meeting, Reply
from outbox.jobs import run_jobs
from outbox.models import Job, Message
from tests.meetings.slips import browser, token_of
from tests.pages import text

CODES = ("CSC", "YOT", "ASC", "POL")


@pytest.fixture
def meeting(camden):
    made = camden.meeting(*CODES)
    invitations.send(made, by=camden.by)
    return made


def answer(camden, meeting, code: str) -> None:
    reply(camden.invitation(meeting, code), answer="attending", channel=Reply.Channel.LINK)


def reminders() -> list[str]:
    found = Message.objects.filter(kind="meeting_reminder").order_by("to_email")
    return list(found.values_list("to_email", flat=True))


# -- The page --


@pytest.fixture
def page(camden, meeting, client):
    client.force_login(camden.by)
    return f"/meetings/{meeting.reference}/invitations/"


def test_the_page_says_who_got_it_and_who_answered(camden, meeting, client, page):
    answer(camden, meeting, "CSC")
    Message.objects.filter(to_email="yot@camden.example").update(state="failed", error="550 no such person")
    Message.objects.filter(to_email="asc@camden.example").update(state="sent", unanswered=1)
    said = text(client.get(page))
    assert "1 of 4 replied" in said and "Will attend" in said
    assert "Rep of CSC" in said and "Service manager" in said
    assert "Refused" in said and "may have arrived twice" in said
    boxes = re.findall(r'type="checkbox" name="agencies" value="([\w-]+)"', client.get(page).text)
    assert len(boxes) == 3 and "camden-childrens-services" not in boxes


GRADES = [("1", True), ("2", False)]


@pytest.mark.parametrize("grade, marked", GRADES)
def test_who_is_too_junior_is_marked_as_the_attendance_marks_it(camden, meeting, client, page, grade, marked):
    sent = {"name": "Pat Low", "grade": int(grade), "channel": Reply.Channel.LINK}
    reply(camden.invitation(meeting, "CSC"), answer="substitute", **sent)
    for address in (page, f"{page}camden-childrens-services/"):
        assert ("Seniority too low for Level 2" in text(client.get(address))) == marked
    reply(camden.invitation(meeting, "CSC"), answer="apologies", reason="Ill", channel=Reply.Channel.LINK)
    assert "Seniority too low" not in text(client.get(page))


def test_everyone_has_replied(camden, meeting, client, page):
    for code in CODES:
        answer(camden, meeting, code)
    said = text(client.get(page))
    assert "Everyone has replied" in said and "Send reminder" not in said


def test_reminding_those_that_were_chosen(camden, meeting, client, page):
    chosen = [camden.agency(code).slug for code in ("YOT", "POL")]
    assert "2 reminders sent." in text(client.post(page, {"agencies": chosen}, follow=True))
    assert reminders() == ["pol@camden.example", "yot@camden.example"]
    letter = camden.invitation(meeting, "YOT").letter
    assert letter.subject == f"[OFFICIAL] Reply needed: MAPPA meeting, Camden, {long_date(meeting.held_on)}"
    first = "We do not yet know who will represent Camden Youth Justice Service."
    assert letter.text.split("\n\n")[2] == first and letter.text.count("http") == 1 and not letter.calendar


def test_reminding_is_refused_in_words(camden, meeting, client, page):
    assert "Select at least one agency" in text(client.post(page))
    slug = camden.agency("YOT").slug
    client.post(page, {"agencies": [slug]})
    said = text(client.post(page, {"agencies": [slug]}))
    assert "Camden Youth Justice Service was already reminded today" in said
    assert reminders() == ["yot@camden.example"]


def test_a_reminder_leaves_the_link_of_the_invitation_open(camden, meeting):
    asked = camden.invitation(meeting, "YOT")
    first = token_of(asked)
    remind(meeting, agencies=[asked.agency_id], by=camden.by)
    second = token_of(camden.invitation(meeting, "YOT"))
    assert first != second
    for token in (first, second):
        assert browser().get(f"/r/{token}/", follow=True).status_code == 200


def test_the_list_asks_the_database_no_more_for_more_agencies(camden, client):
    client.force_login(camden.by)
    counts = []
    for codes in (CODES[:1], CODES):
        made = camden.meeting(*codes)
        invitations.send(made, by=camden.by)
        for code in codes:
            answer(camden, made, code)
        client.get("/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/meetings/{made.reference}/invitations/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "who, status",
    [
        ("camden_mappa_chair", 200),
        ("camden_csc_spoc", 403),
        ("camden_board_chair", 404),
        ("hackney_administrator", 404),
        ("smb_chair", 404),
    ],
)
def test_the_page_is_for_the_unit(world, client, page, meeting, camden, who, status):
    client.force_login(getattr(world, who))
    assert client.get(page).status_code == client.post(page, {}).status_code == status
    assert client.get(f"{page}{camden.agency('CSC').slug}/").status_code == status


def test_only_the_unit_reminds(world, camden, meeting):
    with pytest.raises(PermissionDenied):
        remind(meeting, agencies=[camden.agency("CSC").pk], by=world.camden_csc_spoc)


# -- A corrected contact --


def test_the_invitation_goes_to_the_corrected_contact_and_the_old_link_ends(camden, meeting, client, page):
    asked = camden.invitation(meeting, "CSC")
    old = token_of(asked)
    detail = f"{page}{asked.agency.slug}/"
    assert "Send the invitation to" not in text(client.get(detail))
    Contact.objects.filter(pk=asked.contact_id).update(email="right@camden.example")
    assert "Send the invitation to Jo Marsh" in text(client.get(detail))
    said = text(client.post(f"{detail}resend/", follow=True))
    assert "The invitation is on its way to right@camden.example." in said
    new = camden.invitation(meeting, "CSC")
    assert new.letter.to_email == "right@camden.example" and new.letter.calendar
    assert browser().get(f"/r/{old}/", follow=True).status_code == 410
    assert browser().get(f"/r/{token_of(new)}/", follow=True).status_code == 200
    assert "right@camden.example" in said and "csc@camden.example" in said  # both letters are in the history


def test_nothing_is_sent_again_after_standing_down(camden, meeting):
    asked = camden.invitation(meeting, "CSC")
    Invitation.objects.filter(pk=asked.pk).update(stood_down_at=now())
    with pytest.raises(Conflict, match="was stood down"):
        resend(asked, by=camden.by)


# -- By themselves --

DAY = date(2026, 11, 26)
STEPS = [  # asked so many days before, today so many days before: which reminder
    (20, 8, None),
    (20, 7, 7),
    (20, 5, 7),
    (20, 3, 7),
    (20, 2, 2),
    (20, 0, 2),
    (20, -1, None),
    (7, 7, None),  # asked on that day
    (6, 5, None),
    (6, 2, 2),
    (2, 1, None),
]


@pytest.mark.parametrize("asked, today, step", STEPS)
def test_which_reminder_is_due(asked, today, step):
    assert step_due(DAY, DAY - timedelta(days=asked), DAY - timedelta(days=today)) == step


TIME = [  # asked so many days before the meeting, today so many, is it time, reminders still to come
    (20, 20, False, [7, 2]),
    (20, 8, False, [7, 2]),
    (20, 7, True, [2]),
    (20, 1, True, []),
    (5, 5, False, [2]),  # on the day of asking nobody could answer yet
    (5, 4, True, [2]),
    (2, 2, False, []),
]


@pytest.mark.parametrize("asked, today, is_time, left", TIME)
def test_when_it_is_time_to_chase(asked, today, is_time, left):
    days = [DAY - timedelta(days=n) for n in (asked, today)]
    assert chasing.is_time(DAY, *days) == is_time
    assert chasing.days_ahead(DAY, *days) == {DAY - timedelta(days=n) for n in left}


@pytest.mark.parametrize("asked_ago, primary", [(0, False), (21, True)])
def test_chasing_is_the_first_thing_to_do_only_once_it_is_time(camden, soon, client, asked_ago, primary):
    soon.invitations.update(sent_at=now() - timedelta(days=asked_ago))
    client.force_login(camden.by)
    shown = client.get(f"/meetings/{soon.reference}/")
    button = re.search(r'class="([^"]*)"[^>]*>Chase 4 agencies', shown.text)[1]
    assert ("govuk-button--secondary" not in button) == primary
    day = weekday_date(soon.held_on - timedelta(days=2))
    assert f"Who has not replied is reminded by email on {day}." in text(shown)


@pytest.fixture
def soon(camden):
    """In five days, asked three weeks ago."""
    made = camden.meeting(*CODES, days=5)
    invitations.send(made, by=camden.by)
    made.invitations.update(sent_at=now() - timedelta(days=21))
    return made


def test_O4_each_agency_is_reminded_once_a_step_however_often_is_asked(camden, soon):
    answer(camden, soon, "CSC")
    assert promise_reminders(localdate()) == 3
    promise_reminders(localdate())
    assert Job.objects.filter(kind="meetings.send_reminder").count() == 3
    run_jobs()
    promise_reminders(localdate())
    run_jobs()
    assert reminders() == ["asc@camden.example", "pol@camden.example", "yot@camden.example"]
    assert promise_reminders(soon.held_on - timedelta(days=2)) == 3
    assert Job.objects.filter(kind="meetings.send_reminder").count() == 6


def _stand_down(camden, meeting):
    meeting.invitations.update(stood_down_at=now())


def _cancel(camden, meeting):
    Meeting.objects.filter(pk=meeting.pk).update(status="cancelled")


def _reply(camden, meeting):
    for code in CODES:
        answer(camden, meeting, code)


def _by_hand(camden, meeting):
    remind(meeting, agencies=[camden.agency(code).pk for code in CODES], by=camden.by)


@pytest.mark.parametrize("meanwhile", [_stand_down, _cancel, _reply, _by_hand])
def test_a_promised_reminder_that_became_needless_is_not_written(camden, soon, meanwhile):
    assert promise_reminders(localdate()) == 4
    meanwhile(camden, soon)
    before = reminders()
    run_jobs()
    assert reminders() == before
    if meanwhile is not _by_hand:
        assert promise_reminders(localdate()) == 0


def test_a_broken_off_job_writes_no_second_reminder(camden, soon):
    at = now()
    for invitation in soon.invitations.all():
        for _ in range(2):
            chasing.send_promised(invitation, at)
    assert len(reminders()) == 4


def test_an_agency_whose_contact_left_is_not_reminded_and_the_page_says_why(camden, soon, client):
    Contact.objects.filter(agency=camden.agency("CSC")).update(ended_on=localdate())
    with pytest.raises(ValidationError, match=r"Children's Services has no contact\. Add one"):
        remind(soon, agencies=[camden.agency("CSC").pk], by=camden.by)
    assert promise_reminders(localdate()) == 4
    run_jobs()
    assert len(reminders()) == 3 and "csc@camden.example" not in reminders()
    client.force_login(camden.by)
    page = client.get(f"/meetings/{soon.reference}/invitations/")
    assert "Camden Children's Services has no contact. Add one" in text(page)
    assert 'value="camden-childrens-services"' not in page.text


def test_who_is_asked_anew_is_reminded_anew(camden, soon):
    """Moved away and back to the same date: the answers were taken back, so the reminders start again."""
    promise_reminders(localdate())
    run_jobs()
    soon.invitations.update(sent_at=now() - timedelta(days=20), reminded_on=None)
    promise_reminders(localdate())
    assert Job.objects.filter(kind="meetings.send_reminder").count() == 8
