"""An absence without explanation: asked of the agency, then of its line manager, then of the SMB."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property

from boards.access import areas_across, organisations_of
from boards.models import Organisation
from boards.owned import AboutOwned, Owned, OwnedKey, OwnedQuerySet
from meetings.models.meetings import KeptByUnit, Meeting


class FollowUpQuerySet(OwnedQuerySet):
    def for_user(self, user):
        """Of one's own unit; an agency sees what it was asked."""
        mine = list(organisations_of(user))
        asked = Step.objects.filter(follow_up=OuterRef("pk"), sent_at__isnull=False)
        return self.filter(Q(organisation__in=mine) | Q(Exists(asked), agency__in=mine))

    def open(self):
        return self.filter(status=FollowUp.Status.OPEN)


class FollowUp(KeptByUnit):
    """One agency's unexplained absence from one meeting, until it is explained or the SMB has answered."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        EXPLAINED = "explained", "Explained"
        CLOSED = "closed", "Closed"

    reference = models.CharField(max_length=20)
    meeting = OwnedKey(Meeting, related_name="follow_ups")
    agency = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = FollowUpQuerySet.as_manager()

    class Meta(KeptByUnit.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["territory", "reference"], name="follow_up_reference"),
            models.UniqueConstraint(
                fields=["territory", "meeting", "agency"], name="absence_followed_up_once"
            ),
        ]
        indexes = [models.Index(fields=["territory", "agency", "opened_on"], name="follow_ups_of_agency")]

    def __str__(self):
        return self.reference

    @property
    def parties(self):
        return [self.organisation, self.agency]

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    @cached_property
    def step(self) -> "Step":
        """Where it stands: the last one taken."""
        return self.steps.last()


class StepQuerySet(OwnedQuerySet):
    def for_user(self, user):
        return self.filter(follow_up__in=FollowUp.objects.for_user(user))


class Step(Owned):
    """One rung: the letter, to whom, the answer, and whether it was accepted.

    ``due_on``: until it is sent, the day on which it goes out by itself; then, by when an answer is due.
    """

    class Number(models.IntegerChoices):
        AGENCY = 1, "The chair asks the agency"
        LINE_MANAGER = 2, "The chair asks the line manager"
        SMB = 3, "The SMB is told"

    follow_up = OwnedKey(FollowUp, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField(choices=Number)
    to_name = models.CharField(max_length=120, blank=True)
    to_email = models.EmailField(blank=True)
    letter = models.TextField(blank=True)
    due_on = models.DateField()
    sent_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=1000, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    accepted = models.BooleanField(null=True, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "follow_up", "number"], name="each_step_once")
        ]

    @property
    def is_sent(self) -> bool:
        return self.sent_at is not None

    @property
    def waits_for_decision(self) -> bool:
        """The agency has answered; whether that explains the absence is for the MAPPA unit to say."""
        return bool(self.answer) and self.accepted is None

    def is_overdue(self, today: date) -> bool:
        return self.due_on < today and not self.waits_for_decision


class EscalationQuerySet(OwnedQuerySet):
    def for_user(self, user):
        """The area's own seats, and the borough whose follow-up it is."""
        mine = organisations_of(user).values()
        units = {o.territory_id for o in mine if o.kind == Organisation.Kind.UNIT}
        return self.filter(Q(territory__in=areas_across(user)) | Q(about__in=units))


class Escalation(AboutOwned):
    """A repeated absence, told to the SMB: agency, borough and days, nothing about cases."""

    class Status(models.TextChoices):
        OPEN = "open", "With the SMB"
        ANSWERED = "answered", "Answered"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")  # the executive office
    reference = models.CharField(max_length=20)  # that of the borough's follow-up
    agency = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    days = ArrayField(models.DateField())
    raised_on = models.DateField()
    due_on = models.DateField()
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    answer = models.CharField(max_length=1000, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "reference"], name="escalation_reference")
        ]

    def __str__(self):
        return self.reference

    @property
    def parties(self):
        return [self.organisation]
