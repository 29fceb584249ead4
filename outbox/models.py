from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Cast

from boards.models import Organisation
from boards.owned import AboutOwned, OwnedQuerySet
from mappa_portal.words import OFFICIAL
from outbox.access import mail_seats


class UnitQuerySet(OwnedQuerySet):
    """Of what the MAPPA units keep: an area's office for the area, a borough's unit for its borough."""

    def for_user(self, user):
        seats = mail_seats(user)
        areas = {s.organisation.territory_id for s in seats if s.organisation.is_area_seat and s.only is None}
        boroughs = set().union(*(s.boroughs for s in seats))
        return self.filter(Q(territory__in=areas | boroughs) | Q(about__in=boroughs))


class UnitOwned(AboutOwned):
    class Meta:
        abstract = True
        base_manager_name = "objects"

    @property
    def parties(self):
        units = Organisation.objects.filter(kind=Organisation.Kind.UNIT)
        borough = self.about_id or self.territory_id
        return units.filter(Q(territory=self.territory_id) | Q(coverage__borough=borough)).distinct()


class JobQuerySet(UnitQuerySet):
    def open(self):
        return self.filter(done_at__isnull=True, failed_at__isnull=True)

    def due(self, now):
        return self.open().filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now), due_at__lte=now)

    def needing_attention(self):
        return self.filter(failed_at__isnull=False, done_at__isnull=True)


class Job(UnitOwned):
    """Work promised in the transaction of its cause; unique by key, held by a lease while run (O1, O2)."""

    reference = models.UUIDField(db_default=RandomUUID(), editable=False)
    kind = models.CharField(max_length=60)  # room.verb_object
    subject_id = models.BigIntegerField()
    key = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    claim = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(
        max_length=300, blank=True
    )  # for whoever looks after the portal; pages say it in words
    created_at = models.DateTimeField(auto_now_add=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "kind", "key"], name="job_promised_once"),
            models.UniqueConstraint(fields=["territory", "reference"], name="job_reference"),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(done_at__isnull=True, failed_at__isnull=True),
                name="jobs_due",
            ),
            models.Index(
                fields=["territory", "failed_at"],
                condition=Q(done_at__isnull=True, failed_at__isnull=False),
                name="jobs_needing_attention",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.key}"

    @property
    def needs_attention(self) -> bool:
        return self.failed_at is not None and self.done_at is None


SEND = "outbox.send_message"
MARK = f"[{OFFICIAL}] "


class MessageQuerySet(UnitQuerySet):
    def uncertain(self):
        """An attempt broke off without an answer: one copy too many may have arrived, or none."""
        return self.filter(unanswered__gt=0)

    def with_job(self):
        """Adds ``is_given_up``: the portal has stopped trying."""
        stopped = Job.objects.filter(
            territory=OuterRef("territory"), kind=SEND, key=Cast(OuterRef("pk"), models.CharField())
        )
        return self.annotate(is_given_up=Exists(stopped.filter(failed_at__isnull=False)))


class Message(UnitOwned):
    """One email to one person and what became of it; a resend has its Message-ID, made of the key (O3)."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting to be sent"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Refused"

    reference = models.UUIDField(db_default=RandomUUID(), editable=False)
    key = models.CharField(max_length=120)
    message_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    to_name = models.CharField(max_length=120)
    to_email = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    calendar = models.TextField(blank=True, default="", db_default="")
    reply_to = models.EmailField(blank=True, default="", db_default="")
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    unanswered = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "key"], name="message_written_once"),
            models.UniqueConstraint(fields=["territory", "reference"], name="message_reference"),
        ]
        indexes = [models.Index(fields=["territory", "-created_at"], name="messages_by_time")]

    def __str__(self):
        return self.subject

    @property
    def title(self) -> str:
        return self.subject.removeprefix(MARK)

    @property
    def is_uncertain(self) -> bool:
        """An attempt got no answer: two copies of the same message may have arrived."""
        return self.unanswered > 0

    @property
    def job(self) -> Job | None:
        """None when it was done long ago and has been cleared away."""
        return Job.objects.filter(territory=self.territory_id, kind=SEND, key=str(self.pk)).first()

    @property
    def may_be_resent(self) -> bool:
        """Nothing more happens to it by itself."""
        job = self.job
        given_up = job is not None and job.failed_at is not None
        return self.state == self.State.FAILED or (self.state != self.State.SENT and given_up)


class Heartbeat(models.Model):
    """When the worker and the scheduler last showed life, for /readyz."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()
