"""What a return says: figures, answers, and how far each question is."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from boards.owned import Owned, OwnedKey
from data_returns.form import LARGEST
from data_returns.models.returns import OfReturnQuerySet, Return


class Figure(Owned):
    """One cell. Not filled in, zero, not known and not applicable are four things; the last two have no value."""

    class Blank(models.TextChoices):
        NOT_KNOWN = "not_known", "Not known"
        NOT_APPLICABLE = "not_applicable", "Not applicable"

    data_return = OwnedKey(Return, on_delete=models.CASCADE, related_name="figures")
    key = models.CharField(max_length=40)
    value = models.PositiveIntegerField(null=True, blank=True)
    blank = models.CharField(max_length=14, choices=Blank, blank=True)
    register = models.PositiveIntegerField(
        null=True, blank=True
    )  # what the register counted when it was entered
    reason = models.CharField("why it differs from the register", max_length=300, blank=True)

    objects = OfReturnQuerySet.as_manager()

    @property
    def explained(self) -> str:
        """Why it differs, after what the register counted; it may not have been able to say."""
        counted = "" if self.register is None else f"The register counted {self.register:,}. "
        return f"{counted}{self.reason}" if self.reason else ""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "data_return", "key"], name="figure_once"),
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__lte=LARGEST, blank=""), name="figure_or_blank"
            ),
        ]


class Answer(Owned):
    """A comment, or a choice, or both; ``cleared`` are the words of it that somebody said identify nobody (H8)."""

    data_return = OwnedKey(Return, on_delete=models.CASCADE, related_name="answers")
    key = models.CharField(max_length=40)
    text = models.TextField(blank=True)
    choice = models.CharField(max_length=20, blank=True)
    cleared = models.JSONField(default=list, blank=True)

    objects = OfReturnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "data_return", "key"], name="answer_once")
        ]


class Section(Owned):
    """How far one question is: done or not, and the revision that keeps two editors apart."""

    data_return = OwnedKey(Return, on_delete=models.CASCADE, related_name="sections")
    question = models.PositiveSmallIntegerField()
    is_done = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    edited_at = models.DateTimeField()
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = OfReturnQuerySet.as_manager()

    class Meta:
        ordering = ["question"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "data_return", "question"], name="section_once")
        ]
