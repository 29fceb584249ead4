"""What the outbox no longer needs: the work is done, the message delivered (its record stays)."""

from datetime import datetime, timedelta

from django.conf import settings

from outbox.models import SEND, Job, Message

PROMISE = timedelta(
    days=365
)  # a done job keeps its promise from being made twice: longer than any reminder runs


def clear(now: datetime) -> None:
    """Jobs that somebody closed without doing them stay, to say why a message never left."""
    old = now - settings.MAIL_KEPT
    sent = Message.objects.filter(state=Message.State.SENT, sent_at__lt=old)
    sent.exclude(text="", html="", calendar="").update(text="", html="", calendar="")
    done = Job.objects.filter(failed_at__isnull=True)
    done.filter(kind=SEND, done_at__lt=old).delete()
    done.filter(done_at__lt=now - PROMISE).delete()
