from django.db import models
from django.db.models import Q

from boards.owned import AboutOwned, OwnedQuerySet


class JobQuerySet(OwnedQuerySet):
    def open(self):
        return self.filter(done_at__isnull=True, failed_at__isnull=True)

    def due(self, now):
        return self.open().filter(
            Q(lease_until__isnull=True) | Q(lease_until__lt=now), due_at__lte=now
        )

    def needing_attention(self):
        return self.filter(failed_at__isnull=False, done_at__isnull=True)


class Job(AboutOwned):
    """Work promised in the transaction of its cause; unique by its business key, held by a lease while it runs (O1, O2)."""

    kind = models.CharField(max_length=60)  # room.verb_object
    subject_id = models.BigIntegerField()
    key = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    claim = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "kind", "key"], name="job_promised_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(done_at__isnull=True, failed_at__isnull=True),
                name="jobs_due",
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.key}"


class MessageQuerySet(OwnedQuerySet):
    def for_user(self, user):
        """Mail of the territories in which the person may see it, for the boroughs that the seat is for."""
        from boards.access import seats_of
        from boards.roles import SEATS

        seats = [s for s in seats_of(user) if "see_mail" in SEATS[s.seat]]
        own = Q(
            territory__in={
                s.organisation.territory_id
                for s in seats
                if s.organisation.is_area_seat
            }
        )
        boroughs = set().union(*(s.boroughs for s in seats))
        return self.filter(own | Q(about__in=boroughs) | Q(territory__in=boroughs))

    def uncertain(self):
        return self.filter(attempts__gt=1)


class Message(AboutOwned):
    """One e-mail to one person, and what became of it. The Message-ID follows from the key: a resend is the same (O3)."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting to be sent"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Refused"

    key = models.CharField(max_length=120)
    message_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    to_name = models.CharField(max_length=120)
    to_email = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "key"], name="message_written_once"
            )
        ]
        indexes = [
            models.Index(fields=["territory", "-created_at"], name="messages_by_time")
        ]

    def __str__(self):
        return self.subject

    @property
    def is_uncertain(self) -> bool:
        """An earlier attempt broke off without an answer: the person may have received it twice, as one message."""
        return self.attempts > 1 and self.state == self.State.SENT


class Heartbeat(models.Model):
    """When the worker and the scheduler last showed life, for /readyz."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()
