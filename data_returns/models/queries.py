"""The board's questions about a return."""

from django.conf import settings
from django.db import models

from boards.models import Organisation
from boards.owned import Owned, OwnedKey
from data_returns.models.returns import OfReturnQuerySet, Return


class Query(Owned):
    """The board's question about one answer, and what was said about it."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        ANSWERED = "answered", "Answered"
        CLOSED = "closed", "Closed"

    data_return = OwnedKey(Return, on_delete=models.CASCADE, related_name="queries")
    number = models.PositiveSmallIntegerField()
    question = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)

    objects = OfReturnQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "data_return", "number"], name="query_number")
        ]


class QueryMessage(Owned):
    query = OwnedKey(Query, on_delete=models.CASCADE, related_name="messages")
    text = models.TextField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["written_at", "pk"]
