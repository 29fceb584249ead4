"""Mail: written in the transaction of its cause, sent by a job, recorded before and after (O3)."""

import hashlib
import smtplib
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone

from boards.models import Territory
from boards.scope import scope
from outbox.jobs import Claim, effect, post
from outbox.models import Message


def send(
    template: str,
    to,
    context: dict,
    *,
    key: str,
    subject: str,
    territory: Territory,
    about: Territory | None = None,
) -> Message:
    """Write ``emails/<template>.txt`` and ``.html`` to one person; the same key is the same message.

    ``context`` holds no personal data beyond the recipient's name (ux section 6).
    """
    message, created = Message.objects.get_or_create(
        territory=territory,
        key=key,
        defaults={
            "about": about,
            "kind": template,
            "to_name": to.name,
            "to_email": to.email,
            "subject": f"[OFFICIAL] {subject}",
            "message_id": _message_id(territory, key),
            **_written(
                template,
                {
                    **context,
                    "to": to,
                    "subject": subject,
                    "public_url": settings.PUBLIC_URL,
                },
            ),
        },
    )
    if created:
        post("outbox.send_message", message)
    return message


def _message_id(territory: Territory, key: str) -> str:
    return f"<{hashlib.sha256(f'{territory.code}:{key}'.encode()).hexdigest()[:40]}@{settings.MAIL_DOMAIN}>"


def _written(template: str, context: dict) -> dict[str, str]:
    return {
        form: render_to_string(f"emails/{template}.{ending}", context)
        for form, ending in _FORMS
    }


_FORMS = (("text", "txt"), ("html", "html"))


@effect("outbox.send_message")
def send_message(claim: Claim) -> None:
    message = _mark_sending(claim)
    if message is None:
        return
    try:
        _as_email(message).send()
    except smtplib.SMTPRecipientsRefused as refused:
        _record(
            claim,
            state=Message.State.FAILED,
            error=str(list(refused.recipients.values())[0])[:300],
        )
    except (smtplib.SMTPException, OSError) as error:
        _record(claim, error=f"{type(error).__name__}: {error}"[:300])
        raise
    else:
        _record(claim, state=Message.State.SENT, sent_at=timezone.now(), error="")


def _mark_sending(claim: Claim) -> Message | None:
    with scope(claim.scope.territories, claim.scope.areas):
        claim.confirm()
        waiting = Message.objects.filter(pk=claim.subject_id).exclude(
            state=Message.State.SENT
        )
        waiting.update(state=Message.State.SENDING, attempts=F("attempts") + 1)
        return waiting.first()


def _record(claim: Claim, **result) -> None:
    with scope(claim.scope.territories, claim.scope.areas):
        claim.confirm()
        Message.objects.filter(pk=claim.subject_id).update(**result)


def _as_email(message: Message) -> EmailMultiAlternatives:
    email = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        to=[formataddr((message.to_name, message.to_email))],
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
    )
    email.attach_alternative(message.html, "text/html")
    return email
