"""What a meeting decided: actions of agencies, and the minutes."""

from django.conf import settings
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery

from boards.access import organisations_of
from boards.models import Organisation
from boards.owned import Owned, OwnedKey, OwnedQuerySet
from meetings.models.meetings import Discussion, Meeting


class ActionQuerySet(OwnedQuerySet):
    def for_user(self, user):
        """The MAPPA unit's all; of an agency those that it owns, whether or not it was given the discussion."""
        mine = list(organisations_of(user))
        return self.filter(Q(discussion__meeting__organisation__in=mine) | Q(agency__in=mine))

    def with_place(self):
        """``place`` of the discussion in its meeting, as addresses count it."""
        before = Discussion.objects.filter(meeting=OuterRef("discussion__meeting")).filter(
            Q(position__lt=OuterRef("discussion__position"))
            | Q(position=OuterRef("discussion__position"), pk__lte=OuterRef("discussion"))
        )
        counted = before.order_by().values("meeting").annotate(number=Count("pk")).values("number")
        return self.annotate(place=Subquery(counted))

    def open(self):
        return self.filter(status=Action.Status.OPEN)


class Action(Owned):
    """Who does what by when about one case. ``text`` and ``outcome`` stand sealed: they may name people."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"
        CARRIED_OVER = "carried_over", "Carried over"
        DROPPED = "dropped", "No longer needed"

    discussion = OwnedKey(Discussion, related_name="actions")
    number = models.PositiveSmallIntegerField()
    agency = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    text = models.TextField(editable=False)  # sealed
    due_on = models.DateField()
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    closed_on = models.DateField(null=True, blank=True)
    outcome = models.TextField(blank=True, editable=False)  # sealed
    carried_from = OwnedKey("self", null=True, blank=True, related_name="carried_to")
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["discussion", "number"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "discussion", "number"], name="action_number"),
            models.UniqueConstraint(
                fields=["territory", "carried_from"],
                condition=Q(carried_from__isnull=False),
                name="carried_over_once",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(status="open"), name="actions_due")]

    @property
    def parties(self):
        return [*self.discussion.parties, self.agency]


class MinutesQuerySet(OwnedQuerySet):
    def for_user(self, user):
        """Agencies get them once they are issued, and of them only their own discussions."""
        mine = list(organisations_of(user))
        given = Q(issued_at__isnull=False, meeting__in=Meeting.objects.for_user(user))
        return self.filter(Q(meeting__organisation__in=mine) | given)


class Minutes(Owned):
    """One version of a meeting's minutes: what stood in the records when it was made, sealed and never changed."""

    meeting = OwnedKey(Meeting, related_name="minutes")
    number = models.PositiveSmallIntegerField()
    content = models.TextField(editable=False)  # sealed: meetings.minutes.Content
    digest = models.CharField(max_length=64, editable=False)
    reason = models.CharField("what changed", max_length=300, blank=True)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    issued_at = models.DateTimeField(null=True, blank=True)
    issue_by = models.DateField()

    objects = MinutesQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name_plural = "minutes"
        constraints = [
            models.UniqueConstraint(fields=["territory", "meeting", "number"], name="minutes_number"),
            models.CheckConstraint(
                condition=Q(issued_at=None) | Q(approved_at__isnull=False), name="issued_after_approval"
            ),
        ]

    @property
    def parties(self):
        return self.meeting.parties
