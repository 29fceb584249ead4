"""Accept and Decline of an agency's own calendar: as its client writes them, and everything that must be refused."""

import base64
import io
import re
from datetime import timedelta
from imaplib import IMAP4
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils.timezone import now
from hypothesis import given, strategies
from hypothesis import settings as effort

from audit.models import Event
from meetings.actions import invitations
from meetings.actions.calendar_replies import take_mail
from meetings.actions.replies import reply
from meetings.mail.calendar_mail import LARGEST, Unreadable, read
from meetings.mail.mailbox import read_mailbox
from meetings.models import CalendarMail, Meeting, Reply
from tests.meetings import slips
from tests.meetings.imap import Mailbox
from tests.pages import text

MAIL = Path(__file__).parent / "mail"
CLIENTS = ("outlook", "google", "apple", "icloud")
SERVER = "mx.mappa.example"
NOT_OURS = "it came from another address than the invitation went to"
UNREADABLE = "it holds no calendar answer that can be read"
OLD = "it answers an earlier version of the invitation"
OVER = "the invitation cannot be answered any more"


@pytest.fixture
def meeting(camden):
    made = camden.meeting("CSC", "YOT")
    invitations.send(made, by=camden.by)
    return made


@pytest.fixture
def asked(camden, meeting):
    return camden.invitation(meeting, "CSC")


def mail(client: str, asked, **more) -> bytes:
    """As the client sends it, with CRLF; base64 parts are written plainly in the file."""
    values = {
        "From": "csc@camden.example",
        "to": asked.letter.reply_to,
        "attendee": "csc@camden.example",
        "uid": f"{asked.meeting.uid}@mappa.example",
        "sequence": 0,
        "said": "ACCEPTED",
        "server": SERVER,
    } | more
    text = (MAIL / f"{client}.eml").read_text(encoding="utf-8").format(**values)
    text = re.sub(r"\[base64\](.*?)\[/base64\]", _encoded, text, flags=re.DOTALL)
    if "id" in more:
        text = re.sub(r"(?im)^message-id: .*$", f"Message-ID: {more['id']}", text)
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def _encoded(found) -> str:
    return base64.encodebytes(found[1].replace("\n", "\r\n").encode()).decode()


def answers(invitation) -> list[tuple]:
    return list(invitation.replies.order_by("number").values_list("answer", "channel", "name"))


# -- What clients send --


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    "said, reply",
    [
        ("ACCEPTED", [("attending", "calendar", "Rep of CSC")]),
        ("DECLINED", [("apologies", "calendar", "")]),
        ("TENTATIVE", []),
    ],
)
def test_what_the_calendars_of_agencies_answer(asked, client, said, reply):
    assert take_mail(mail(client, asked, said=said)).taken
    assert answers(asked) == reply and CalendarMail.objects.get().said == said


@pytest.mark.parametrize("client", CLIENTS)
def test_the_same_message_again_changes_nothing(asked, client):
    message = mail(client, asked)
    take_mail(message)
    reply(asked, answer="apologies", channel=Reply.Channel.LINK)
    assert take_mail(message).why == "this message was read before"
    assert [a for a, _, _ in answers(asked)] == ["attending", "apologies"]


def test_a_later_answer_of_the_calendar_holds(asked):
    take_mail(mail("google", asked, id="<1@x>"))
    take_mail(mail("google", asked, id="<2@x>", said="DECLINED"))
    take_mail(mail("google", asked, id="<3@x>", said="TENTATIVE"))
    assert [a for a, _, _ in answers(asked)] == ["attending", "apologies"]


def test_the_cover_answers_as_well(asked):
    asked.contact.cover_email = "Cover@camden.example"
    asked.contact.save()
    assert take_mail(mail("apple", asked, From="cover@camden.example", attendee="cover@camden.example")).taken


def test_the_tag_may_stand_in_the_calendar_part_alone(asked):
    raw = mail("google", asked)
    head, body = raw.split(b"\r\n\r\n", 1)
    head = re.sub(rb"(?m)^To: .*$", b"To: undisclosed-recipients:;", head)
    assert take_mail(head + b"\r\n\r\n" + body).taken


# -- What is refused --

FORGED = [
    ({"From": "somebody@else.example"}, NOT_OURS),
    ({"attendee": "somebody@else.example"}, NOT_OURS),
    ({"From": "yot@camden.example", "attendee": "yot@camden.example"}, NOT_OURS),
    ({"said": "DELEGATED"}, "it says neither yes nor no"),
]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("more, why", FORGED)
def test_a_forged_answer_is_refused_and_shown(camden, asked, client, more, why):
    assert take_mail(mail(client, asked, **more)).why == why
    assert answers(asked) == []
    assert Event.objects.get(name="calendar_reply.refused").reason == why
    web = Client()
    web.force_login(camden.by)
    page = web.get(f"/meetings/{asked.meeting.reference}/invitations/{asked.agency.slug}/")
    assert f"A calendar reply was refused: {why}" in text(page)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_wrong_tag_belongs_to_no_invitation(camden, meeting, asked, client):
    other = camden.invitation(meeting, "YOT").letter.reply_to
    name, host = asked.letter.reply_to.split("@")
    for to in (f"{name[:-1]}x@{host}", f"replies@{host}", f"replies+xxx-1@{host}", f"replies+cmd-@{host}"):
        assert take_mail(mail(client, asked, to=to)).why == "it belongs to no invitation"
    assert take_mail(mail(client, asked, to=other)).why == NOT_OURS
    assert answers(asked) == [] and answers(camden.invitation(meeting, "YOT")) == []


@pytest.mark.parametrize("client", CLIENTS)
def test_a_stale_sequence_is_refused(camden, meeting, asked, client):
    Meeting.objects.filter(pk=meeting.pk).update(place="Elsewhere")
    invitations.announce_change(meeting, by=camden.by)
    assert take_mail(mail(client, asked, sequence=0, id="<1@x>")).why == OLD
    assert take_mail(mail(client, asked, sequence=1, id="<2@x>")).taken


@pytest.mark.parametrize("end", [slips.start, slips.cancel, slips.stand_down])
def test_an_answer_that_comes_too_late_is_refused(meeting, asked, end):
    end(meeting)
    assert take_mail(mail("outlook", asked)).why == OVER


def test_a_contact_that_was_replaced_answers_no_more(meeting, asked):
    slips.correct(meeting)
    assert take_mail(mail("outlook", asked)).why == NOT_OURS


def test_an_answer_to_the_old_date_is_refused(camden, meeting, asked):
    slips.move(meeting)
    invitations.announce_change(meeting, by=camden.by)
    assert take_mail(mail("apple", asked)).why == OLD


RESULTS = [  # what our server wrote, for a message from camden.example
    ("mx.mappa.example; dmarc=pass header.from=camden.example", True),
    ("mx.mappa.example; spf=pass smtp.mailfrom=x@camden.example; dmarc=fail", False),
    ("mx.mappa.example; dkim=pass header.d=camden.example", True),
    ("mx.mappa.example; dkim=pass header.d=else.example", False),
    ("mx.mappa.example 1; spf=pass smtp.mailfrom=camden.example", True),
    ("mx.mappa.example; spf=softfail smtp.mailfrom=camden.example", False),
    ("mx.mappa.example; none", False),
    ("mx.else.example; dmarc=pass", False),
    ("", False),
]


@pytest.mark.parametrize("line, passed", RESULTS)
def test_what_our_mail_server_found_counts_when_it_is_named(asked, settings, line, passed):
    raw = re.sub(
        rb"^Authentication-Results:.*?\r\n(?=\S)",
        f"Authentication-Results: {line}\r\n".encode() if line else b"",
        mail("google", asked),
        flags=re.DOTALL,
    )
    assert read(raw).passed is None
    settings.REPLIES_TRUSTED_SERVER = SERVER
    assert read(raw).passed is passed
    assert take_mail(raw).taken is passed


@pytest.mark.parametrize("client", ["outlook", "google", "apple"])
def test_the_clients_pass_and_a_line_that_the_sender_brought_along_does_not_count(asked, settings, client):
    settings.REPLIES_TRUSTED_SERVER = SERVER
    raw = mail(client, asked)
    forged = f"Authentication-Results: {SERVER}; dmarc=fail\r\n".encode() + raw
    assert read(raw).passed is True and read(forged).passed is False


# -- Garbage --

GARBAGE = [
    b"",
    b"\x00\xff\xfe",
    b"From: x\r\n\r\nThank you, I will come.",
    b"Content-Type: text/calendar; charset=martian\r\n\r\nBEGIN:VCALENDAR",
    b"Content-Type: text/calendar\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
    b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
    + b"--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n" * 50,
    b"x" * (LARGEST + 1),
]


@pytest.mark.parametrize("raw", GARBAGE)
def test_garbage_is_refused_in_words(world, raw):
    assert take_mail(raw).why in (UNREADABLE, "it is too large")


def test_a_request_is_no_reply(asked):
    raw = mail("google", asked).replace(b"METHOD:REPLY", b"METHOD:REQUEST")
    without_file = raw.split(b"--000000000000a1b2c30625f0d1e2\r\nContent-Type: application/ics")[0]
    assert take_mail(without_file).why == UNREADABLE


@effort(max_examples=150, deadline=None)
@given(data=strategies.data())
def test_a_message_that_is_damaged_anywhere_is_read_or_refused(data):
    text = (MAIL / f"{data.draw(strategies.sampled_from(CLIENTS))}.eml").read_bytes()
    at = data.draw(strategies.integers(0, len(text)))
    damage = data.draw(strategies.binary(max_size=30))
    try:
        read(text[:at] + damage + text[at + data.draw(strategies.integers(0, 60)) :])
    except Unreadable:
        pass


# -- The pipe and the mailbox --


def test_the_pipe_takes_one_message(asked, monkeypatch, capsys):
    def piped(raw: bytes) -> str:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
        call_command("read_replies")
        return capsys.readouterr().out.strip()

    assert piped(mail("outlook", asked)) == "recorded: representative will attend"
    assert piped(b"garbage") == f"refused: {UNREADABLE}"


def test_the_mailbox_is_read_once(asked):
    held = [mail("google", asked), b"garbage", mail("apple", asked, said="DECLINED")]
    with Mailbox(held) as box:
        assert read_mailbox(box.address) == 3
        assert box.seen == {1, 2, 3}
        assert read_mailbox(box.address) == 0
    assert [a for a, _, _ in answers(asked)] == ["attending", "apologies"]


def test_a_message_that_could_not_be_marked_is_read_again_and_taken_once(asked):
    with Mailbox([mail("google", asked)]) as box:
        box.hangs_up_at = "UID STORE"
        with pytest.raises(IMAP4.abort):
            read_mailbox(box.address)
        assert len(answers(asked)) == 1 and box.seen == set()
        box.hangs_up_at = ""
        assert read_mailbox(box.address) == 1 and box.seen == {1}
    assert len(answers(asked)) == 1


def test_nobody_without_the_password_reads_the_mailbox(world):
    with Mailbox([]) as box, pytest.raises(IMAP4.error, match="AUTHENTICATIONFAILED"):
        read_mailbox(box.address.replace("secret", "guess"))


def test_the_event_of_a_refusal_names_nobody(asked):
    take_mail(mail("outlook", asked, From="canary@else.example"), at=now() + timedelta(minutes=1))
    event = Event.objects.get(name="calendar_reply.refused")
    assert "canary" not in str(vars(event))
