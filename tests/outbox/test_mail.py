"""Each message is written with its cause, sent as one message however often, and its fate is known (O3)."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.core import mail
from django.template.loader import render_to_string
from django.utils import timezone

from outbox import actions, jobs
from outbox.clearing import clear
from outbox.jobs import MAX_ATTEMPTS, run_jobs
from outbox.mail import send, send_message
from outbox.models import Message
from tests.outbox.post_office import PostOffice

State = Message.State
EMAILS = sorted(path.stem for path in Path(portal.BASE_DIR, "templates/emails").glob("*.txt"))


def letter(world, key: str = "a", who: str = "camden_administrator", about: str = "camden") -> Message:
    unit = world.organisation("camden-mappa-unit")
    return send(
        "protocol_withdrawn",
        getattr(world, who),
        {"organisation": unit},
        key=key,
        subject="Withdrawn: MAPPA protocol, Camden",
        territory=world.territory("london"),
        about=world.territory(about),
    )


def deliver(settings, office: PostOffice) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", office.port, 3
    run_jobs()


def test_O3_the_same_key_is_the_same_message(world):
    first, again, other = letter(world), letter(world), letter(world, "b")
    assert first.pk == again.pk and first.message_id == again.message_id != other.message_id
    run_jobs()
    run_jobs()
    assert sorted(sent.extra_headers["Message-ID"] for sent in mail.outbox) == sorted(
        [first.message_id, other.message_id]
    )


ANSWERS = [  # what the server says; state, error and doubt afterwards; copies in the end
    ("250 kept", State.SENT, "", False, 1),
    ("451 try later", State.QUEUED, "451 try later", False, 1),
    ("554 no thanks", State.FAILED, "554 no thanks", False, 0),
    ("rcpt 450 greylisted", State.QUEUED, "450 greylisted", False, 1),
    ("rcpt 550 no such person", State.FAILED, "550 no such person", False, 0),
    ("hang up lost", State.SENDING, "SMTPServerDisconnected", True, 1),
    ("hang up kept", State.SENDING, "SMTPServerDisconnected", True, 2),
]


@pytest.mark.parametrize("answer, state, error, doubt, copies", ANSWERS, ids=[a for a, *_ in ANSWERS])
def test_O3_what_the_server_says_is_what_the_record_says(
    world, settings, answer, state, error, doubt, copies
):
    message = letter(world)
    with PostOffice(answer) as office:
        deliver(settings, office)
        message.refresh_from_db()
        assert (
            message.state == state and message.error.startswith(error) and bool(message.error) == bool(error)
        )

        run_jobs(now=timezone.now() + timedelta(hours=1))
        message.refresh_from_db()
        assert message.state == (State.FAILED if state == State.FAILED else State.SENT)
        assert message.is_uncertain == doubt
        assert list(Message.objects.uncertain()) == [message] * doubt
        assert office.ids == ({message.message_id: copies} if copies else {})


def test_O3_a_server_that_is_not_there_leaves_the_message_waiting(world, settings):
    message = letter(world)
    with PostOffice() as office:
        pass
    deliver(settings, office)
    message.refresh_from_db()
    assert message.state == State.QUEUED and "refused" in message.error and not message.is_uncertain


def test_O3_a_refused_message_is_sent_again_by_a_person_as_the_same_message(world, settings, client):
    message = letter(world)
    with PostOffice("554 no thanks") as office:
        deliver(settings, office)
        client.force_login(world.camden_administrator)
        address = f"/mail/{message.reference}/"
        page = client.get(address).text
        assert "Refused" in page and "554 no thanks" in page and "Send this email again" in page
        assert client.post(f"{address}resend/").status_code == 302
        assert client.post(f"{address}resend/").status_code == 409
        run_jobs()
        assert office.ids == {message.message_id: 1}
    assert "Send this email again" not in client.get(address).text
    assert client.post(f"{address}resend/").status_code == 409


def test_O3_a_message_that_the_portal_gave_up_is_sent_again_by_a_person(world, settings, client):
    """Also when the last attempt got no answer: the person then knows that two copies may arrive."""
    message = letter(world)
    with PostOffice(*["hang up lost"] * MAX_ATTEMPTS) as office:
        deliver(settings, office)
        for day in range(1, MAX_ATTEMPTS):
            run_jobs(now=timezone.now() + timedelta(days=day))
        client.force_login(world.camden_administrator)
        address = f"/mail/{message.reference}/"
        assert "Not sent" in client.get("/mail/?state=refused").text
        assert "Not sent" in client.get(address).text
        jobs = client.get("/mail/jobs/").text
        assert "The mail server broke off" in jobs and address in jobs
        assert client.post(f"{address}resend/").status_code == 302
        run_jobs()
        message.refresh_from_db()
        assert office.ids == {message.message_id: 1}
    assert message.state == State.SENT and message.unanswered == MAX_ATTEMPTS
    assert "may have arrived twice" in client.get("/mail/").text


def test_O3_a_resend_is_not_lost_to_the_worker_that_was_just_refused(world, settings):
    """The person is faster than the worker, which has recorded the refusal and not yet closed its job."""
    message = letter(world)
    with PostOffice("554 no thanks") as office:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
        claim = jobs._claim(message.territory_id, message.job.pk, timezone.now())
        send_message(claim)
        actions.resend(message, by=world.camden_administrator)
        with pytest.raises(jobs.StaleClaim):
            claim.confirm()
        run_jobs()
        assert office.ids == {message.message_id: 1}


def test_O3_a_refused_message_is_sent_again_when_its_job_was_cleared_away(world, settings):
    message = letter(world)
    with PostOffice("554 no thanks") as office:
        deliver(settings, office)
        message.job.delete()
        actions.resend(message, by=world.camden_administrator)
        run_jobs()
        assert office.ids == {message.message_id: 1}


# -- Clearing --


def test_a_sent_message_loses_its_text_and_its_job_and_stays_recorded(world, client):
    message = letter(world)
    run_jobs()
    sent_at = Message.objects.get(pk=message.pk).sent_at
    clear(sent_at + portal.MAIL_KEPT)
    message.refresh_from_db()
    assert message.text and message.html and message.job

    clear(sent_at + portal.MAIL_KEPT + timedelta(minutes=1))
    message.refresh_from_db()
    assert (message.text, message.html, message.job) == ("", "", None)
    assert (message.state, message.sent_at) == (State.SENT, sent_at)
    client.force_login(world.camden_administrator)
    assert "The text is no longer kept" in client.get(f"/mail/{message.reference}/").text
    assert letter(world) == message and run_jobs() == 0  # the same key is still the same message


def test_a_message_that_was_not_sent_keeps_its_text(world, settings):
    message = letter(world)
    with PostOffice("554 no thanks") as office:
        deliver(settings, office)
        clear(timezone.now() + timedelta(days=400))
        actions.resend(message, by=world.camden_administrator)
        run_jobs()
        assert office.ids == {message.message_id: 1}


# -- The letters themselves --


@pytest.mark.parametrize("name", EMAILS)
def test_each_email_is_plain_and_html_and_marked_top_and_bottom(world, name):
    context = {"to": world.camden_administrator, "subject": "Subject", "public_url": portal.PUBLIC_URL}
    text = render_to_string(f"emails/{name}.txt", context).strip()
    assert text.startswith("OFFICIAL") and text.endswith("OFFICIAL")
    html = render_to_string(f"emails/{name}.html", context)
    assert html.count("<strong>OFFICIAL</strong>") == 2
    assert "<img" not in html and "<script" not in html


def test_what_arrives_has_both_forms_the_marking_and_nothing_attached(world, settings):
    message = letter(world)
    with PostOffice() as office:
        deliver(settings, office)
        [arrived] = office.taken
    assert arrived["Subject"] == "[OFFICIAL] Withdrawn: MAPPA protocol, Camden"
    assert arrived["To"] == "Camden Administrator <camden_administrator@example.org>"
    assert arrived["Message-ID"] == message.message_id and arrived["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in arrived.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


# -- Who sees them --


@pytest.mark.parametrize(
    "who, status",
    [
        ("camden_administrator", 200),
        ("office_administrator", 200),
        ("co_ordinator", 200),
        ("hackney_administrator", 404),
        ("leeds_administrator", 404),
        ("camden_board_chair", 403),
        ("smb_chair", 403),
        ("auditor", 403),
        ("nobody", 403),
    ],
)
def test_the_units_of_the_borough_see_its_mail(world, client, who, status):
    message = letter(world)
    client.force_login(getattr(world, who))
    listed = client.get("/mail/")
    assert listed.status_code == (403 if status == 403 else 200)
    assert (str(message.reference) in listed.text) == (status == 200)
    assert client.get(f"/mail/{message.reference}/").status_code == status
    assert client.post(f"/mail/{message.reference}/resend/").status_code == (409 if status == 200 else status)


def test_the_list_is_filtered_by_state_and_words(world, client, settings):
    sent, refused, waiting = letter(world, "a"), letter(world, "b"), letter(world, "c", "camden_mappa_chair")
    Message.objects.filter(pk=sent.pk).update(state=State.SENT, unanswered=1)
    Message.objects.filter(pk=refused.pk).update(state=State.FAILED)
    client.force_login(world.camden_administrator)

    def shown(query: str) -> set:
        text = client.get(f"/mail/?{query}").text
        return {m.key for m in (sent, refused, waiting) if str(m.reference) in text}

    assert shown("") == {"a", "b", "c"}
    assert shown("state=sent") == {"a"} == shown("state=uncertain")
    assert shown("state=refused") == {"b"}
    assert shown("state=waiting") == {"c"} == shown("words=mappa+chair")
    assert shown("words=withdrawn&state=sent") == {"a"}
    assert "0 emails for these filters" in client.get("/mail/?words=nothing").text
    assert "There is a problem" in client.get("/mail/?state=other").text


def test_a_page_of_a_message_shows_no_link_that_only_its_reader_may_use(world, client):
    message = letter(world)
    Message.objects.filter(pk=message.pk).update(text="Answer: http://127.0.0.1:8000/r/CMD-secret/ by Friday")
    client.force_login(world.camden_administrator)
    page = client.get(f"/mail/{message.reference}/").text
    assert "CMD-secret" not in page and "by Friday" in page
