"""When a protocol is looked at again."""

from django.db import models
from django.db.models import Q

from boards.owned import AboutOwned, OwnedKey, OwnedQuerySet
from protocols.models.protocols import Protocol


class ReviewQuerySet(OwnedQuerySet):
    def for_user(self, user):
        return self.filter(protocol__in=Protocol.objects.for_user(user))

    def open(self):
        going_on = {"protocol__withdrawn_on": None, "protocol__replaced_on": None}
        return self.filter(completed_on=None, **going_on)


class Review(AboutOwned):
    """One look at a protocol: the first within the area's interval of adoption, then regular, or early for a reason."""

    class Kind(models.TextChoices):
        FIRST = "first", "First review"
        REGULAR = "regular", "Regular review"
        EARLY = "early", "Early review"

    protocol = OwnedKey(Protocol, related_name="reviews")
    kind = models.CharField(max_length=7, choices=Kind)
    due_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    started_on = models.DateField(null=True, blank=True)
    completed_on = models.DateField(null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["due_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "protocol"],
                condition=Q(completed_on__isnull=True) & ~Q(kind="early"),
                name="one_regular_review_open",
            ),
            models.CheckConstraint(
                condition=~Q(kind="early") | ~Q(reason=""),
                name="early_review_has_reason",
                violation_error_message="Enter why the review comes early.",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.completed_on is None and not self.protocol.has_ended

    @property
    def parties(self):
        return self.protocol.parties
