"""A call to an agency at short notice: what it answered becomes its reply, as by every other way."""

import pytest

from meetings.actions import invitations
from meetings.models import Meeting, PhoneCall, Reply
from tests.meetings.slips import SHOWN, move
from tests.pages import text


@pytest.fixture
def call(camden, client):
    made = camden.meeting("CSC", days=9)
    invitations.send(made, by=camden.by)
    client.force_login(camden.by)
    asked = camden.invitation(made, "CSC")
    return PhoneCall.objects.create(territory=camden.borough, invitation=asked, due_on=made.held_on)


def address(call) -> str:
    return f"/meetings/{call.invitation.meeting.reference}/call/{call.invitation.agency.slug}/"


def replies() -> list[tuple]:
    return list(Reply.objects.values_list("answer", "channel", "name"))


def test_a_call_that_confirms_is_the_reply_and_says_that_it_came_by_telephone(camden, client, call):
    page = client.post(address(call), {"spoke_to": "Jo Marsh", "answer": "attending"}, follow=True)
    assert replies() == [("attending", "phone", "Rep of CSC")]
    said = text(page)
    assert "Representative will attend by telephone: Rep of CSC" in said and "Rep of CSC will attend" in said
    meeting = call.invitation.meeting.reference
    assert "Will attend by telephone" in text(client.get(f"/meetings/{meeting}/invitations/"))


ASKED_NEXT = [
    ("substitute", "someone-else", {"name": "Pat Low", "grade": "2"}, ("substitute", "phone", "Pat Low")),
    ("apologies", "cannot-attend", {"reason": "Ill", "report": "no"}, ("apologies", "phone", "")),
]


@pytest.mark.parametrize("answer, page, typed, kept", ASKED_NEXT)
def test_a_call_that_says_otherwise_leads_to_what_the_reply_still_asks(
    client, call, answer, page, typed, kept
):
    done = client.post(address(call), {"spoke_to": "Jo Marsh", "answer": answer})
    assert done.url.endswith(f"/answer/{page}/") and replies() == []
    client.post(done.url, typed)
    assert replies() == [kept]


def test_a_call_without_an_answer_is_no_reply(client, call):
    client.post(address(call), {"spoke_to": "Jo Marsh", "answer": "none", "outcome": "Rings back"})
    call.refresh_from_db()
    assert replies() == [] and (call.spoke_to, call.outcome) == ("Jo Marsh", "Rings back")


def test_an_answer_to_the_date_before_is_refused_with_the_new_one(camden, client, call):
    typed = {"spoke_to": "Jo Marsh", "answer": "attending"}
    before = SHOWN.search(client.get(address(call)).text)[0]
    move(call.invitation.meeting)
    refused = client.post(address(call), typed | {"starts": before})
    call.refresh_from_db()
    assert "The meeting was moved while this page was open" in text(refused)
    assert call.made_at is None and replies() == []
    client.post(address(call), typed | {"starts": SHOWN.search(refused.text)[0]})
    assert len(replies()) == 1


def test_once_the_meeting_has_begun_a_call_is_a_note_alone(client, call):
    Meeting.objects.update(status="cancelled")
    assert "What does the agency reply?" not in text(client.get(address(call)))
    client.post(address(call), {"spoke_to": "Jo Marsh", "answer": "attending", "outcome": "Told"})
    call.refresh_from_db()
    assert call.outcome == "Told" and replies() == []
