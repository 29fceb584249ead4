"""Mail: written in the transaction of its cause, sent by a job, recorded before and after (O3)."""

import hashlib
import logging
import re
import smtplib
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone

from boards.models import Territory
from boards.scope import scope
from outbox.jobs import Claim, effect, post
from outbox.models import MARK, SEND, Message

log = logging.getLogger(__name__)


class NotSent(Exception):
    """The mail server said no for now, or was not there: certainly nothing was delivered."""


class Refused(Exception):
    """The mail server will not take this message, however often it is asked."""


class NoAnswer(Exception):
    """The connection broke while the message was handed over: nobody knows if it was delivered."""


def send(
    template: str,
    to,
    context: dict,
    *,
    key: str,
    subject: str,
    territory: Territory,
    about: Territory | None = None,
    calendar: str = "",
    reply_to: str = "",
) -> Message:
    """Write ``emails/<template>.txt`` and ``.html`` to one person; the same key is the same message.

    ``context`` holds no personal data beyond the recipient's name (ux section 6). ``calendar`` is the text of a
    calendar part, which names its own method.
    """
    message, created = Message.objects.get_or_create(
        territory=territory,
        key=key,
        defaults={
            "about": about,
            "kind": template,
            "to_name": to.name,
            "to_email": to.email,
            "subject": MARK + subject,
            "message_id": _message_id(territory, key),
            "calendar": calendar,
            "reply_to": reply_to,
            **_written(
                template,
                {**context, "to": to, "subject": subject, **_of_portal()},
            ),
        },
    )
    if created:
        post(SEND, message)
    return message


def latest(template: str, to, territory: Territory) -> Message | None:
    """The newest such message to this person, without its text."""
    found = Message.objects.with_job().defer("text", "html")
    return found.filter(territory=territory, kind=template, to_email=to.email).first()


def _message_id(territory: Territory, key: str) -> str:
    return f"<{hashlib.sha256(f'{territory.code}:{key}'.encode()).hexdigest()[:40]}@{settings.MAIL_DOMAIN}>"


def _written(template: str, context: dict) -> dict[str, str]:
    return {form: render_to_string(f"emails/{template}.{ending}", context) for form, ending in _FORMS}


def _of_portal() -> dict[str, str]:
    return {"public_url": settings.PUBLIC_URL, "help_contact": settings.HELP_CONTACT}


_FORMS = (("text", "txt"), ("html", "html"))


@effect(SEND)
def send_message(claim: Claim) -> None:
    message = _mark_sending(claim)
    if message is None:
        return
    try:
        _hand_over(message)
    except Refused as refused:
        _record(claim, state=Message.State.FAILED, error=_words(refused))
    except NotSent as refused:
        _record(claim, state=Message.State.QUEUED, error=_words(refused))
        raise
    except NoAnswer as broken:
        _record(claim, error=_words(broken))
        raise
    else:
        _record(claim, state=Message.State.SENT, sent_at=timezone.now(), error="")


def _mark_sending(claim: Claim) -> Message | None:
    """Before anything leaves. Finding it marked already means that the attempt before got no answer."""
    with scope(claim.scope.territories, claim.scope.areas):
        claim.confirm()
        message = Message.objects.get(pk=claim.subject_id)
        if message.state == Message.State.SENT:
            return None
        message.unanswered += message.state == Message.State.SENDING
        message.state, message.attempts = Message.State.SENDING, F("attempts") + 1
        message.save(update_fields=["state", "attempts", "unanswered"])
        return message


def _record(claim: Claim, **result) -> None:
    with scope(claim.scope.territories, claim.scope.areas):
        claim.confirm()
        Message.objects.filter(pk=claim.subject_id).update(**result)


def _hand_over(message: Message) -> None:
    """Sort what SMTP may say into sent, refused, not sent and nobody knows."""
    email, server = _as_email(message), get_connection()
    try:
        _greet(server)
        server.send_messages([email])
    except smtplib.SMTPRecipientsRefused as error:
        raise _verdict(*next(iter(error.recipients.values()))) from error
    except smtplib.SMTPDataError as error:
        raise _verdict(error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError) as error:  # not the message's fault
        raise NotSent(_said(error)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NoAnswer(_said(error)) from error
    finally:
        _say_goodbye(server)


def _greet(server) -> None:
    try:
        server.open()
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(_said(error)) from error


def _say_goodbye(server) -> None:
    """What goes wrong now no longer changes what was answered."""
    try:
        server.close()
    except (smtplib.SMTPException, OSError):
        log.info("the mail server did not wait for the goodbye")


def _verdict(code: int, answer: bytes | str) -> Exception:
    words = f"{code} {_text(answer)}"
    return Refused(words) if 500 <= code < 600 else NotSent(words)


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _text(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def _as_email(message: Message) -> EmailMultiAlternatives:
    email = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        reply_to=[message.reply_to] if message.reply_to else None,
        to=[formataddr((message.to_name, message.to_email))],
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
    )
    email.attach_alternative(message.html, "text/html")
    if message.calendar:
        method = re.search("(?m)^METHOD:([A-Z]+)", message.calendar)
        email.attach_alternative(message.calendar, f"text/calendar; method={method[1]}")
    return email
