"""What the room puts on the home page: jobs and mail that did not work out."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from mappa_portal.home import Task, register
from mappa_portal.words import plural
from outbox.access import mail_seats
from outbox.models import Job, Message


@register
def tasks(user, today: date) -> Iterator[Task]:
    if not mail_seats(user):
        return
    if jobs := Job.objects.for_user(user).needing_attention().count():
        yield Task(
            plural(jobs, "job that needs", "jobs that need") + " attention",
            reverse("outbox:jobs"),
            today,
            verb="Look at",
        )
    refused = Message.objects.for_user(user).filter(state=Message.State.FAILED).count()
    if refused:
        url = f"{reverse('outbox:list')}?state=refused"
        yield Task(
            plural(refused, "email that was refused", "emails that were refused"), url, today, verb="Look at"
        )
