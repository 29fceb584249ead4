"""What a person does about mail and jobs that did not work out."""

from django.db import transaction
from django.utils import timezone

from audit.events import record
from outbox.jobs import post, reopen
from outbox.models import SEND, Job, Message
from outbox.rules import JOB_RULES, MESSAGE_RULES


@transaction.atomic
def resend(message: Message, *, by) -> Message:
    """The same message, with the same Message-ID, to the same address."""
    message = Message.objects.select_for_update(of=["self"]).get(pk=message.pk)
    MESSAGE_RULES.require("resend", message, by=by)
    message.unanswered += message.state == Message.State.SENDING
    message.state, message.error = Message.State.QUEUED, ""
    message.save(update_fields=["state", "error", "unanswered"])
    record("message.resent", message, by=by)
    if job := message.job:
        reopen(job)
    else:
        post(SEND, message)
    return message


@transaction.atomic
def try_again(job: Job, *, by) -> Job:
    job = Job.objects.select_for_update(of=["self"]).get(pk=job.pk)
    JOB_RULES.require("try_again", job, by=by)
    record("job.retried", job, by=by, reason=job.kind)
    return reopen(job)


@transaction.atomic
def close(job: Job, *, by) -> Job:
    """It will not be done: what it was for has been dealt with in another way."""
    job = Job.objects.select_for_update(of=["self"]).get(pk=job.pk)
    JOB_RULES.require("close", job, by=by)
    job.done_at = timezone.now()
    job.save(update_fields=["done_at"])
    record("job.closed", job, by=by, reason=job.kind)
    return job
