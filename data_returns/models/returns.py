"""A return of one borough and reporting year, and the board's part of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from boards.access import Grant, SharedQuerySet
from boards.models import Organisation
from boards.owned import Owned, OwnedKey, OwnedQuerySet
from data_returns.content import Content
from data_returns.form import Form
from data_returns.years import dashed, in_words
from documents.models import Document


class ReturnQuerySet(SharedQuerySet):
    def newest(self):
        """Of each borough and year the version that stands."""
        later = Return.objects.filter(
            territory=models.OuterRef("territory"),
            year=models.OuterRef("year"),
            number__gt=models.OuterRef("number"),
        )
        return self.filter(~models.Exists(later))

    def signed(self):
        return self.filter(signed_at__isnull=False)


class Return(Owned):
    """``year`` is the one in which the reporting year begins; a correction is the next ``number`` of the same year.

    The borough owns it, its MAPPA unit fills it in, the board is given it when it is sent.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        CHECKED = "checked", "Ready to sign"
        SIGNED = "signed", "Signed"
        SENT = "sent", "With the board"
        TABLED = "tabled", "Tabled"
        CLOSED = "closed", "Accepted"

    OPEN = (Status.DRAFT, Status.CHECKED)
    WITH_BOARD = (Status.SENT, Status.TABLED)

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    board = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(default=1)
    edition = models.SlugField(max_length=60)
    content = models.JSONField()  # the edition's form as it was when the return was opened
    status = models.CharField(max_length=7, choices=Status, default=Status.DRAFT)
    reason = models.CharField("what is corrected, and why", max_length=300, blank=True)
    opened_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    content_hash = models.CharField(max_length=64, blank=True)
    evidence = models.JSONField(default=dict, blank=True)  # what the figures stood on when it was signed
    tabled_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    document = OwnedKey(Document, null=True, blank=True, related_name="+")
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "year", "number"], name="return_version"),
            models.UniqueConstraint(
                fields=["territory", "year"],
                condition=Q(status__in=["draft", "checked"]),
                name="one_open_return",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "checked"], signed_at=None)
                | (~Q(status__in=["draft", "checked"]) & Q(signed_at__isnull=False) & ~Q(content_hash="")),
                name="signed_from_then_on",
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def parties(self):
        """Who fills it in and signs it; what the board does with it is its ``scrutiny``."""
        return [self.organisation]

    @property
    def scrutiny(self) -> "Scrutiny":
        return Scrutiny(self)

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @cached_property
    def is_superseded(self) -> bool:
        """A later version was started: this one is history, whatever its status."""
        later = Return.objects.filter(territory=self.territory_id, year=self.year, number__gt=self.number)
        return later.exists()

    @property
    def years(self) -> str:
        """2025-26, as addresses name it."""
        return dashed(self.year)

    @property
    def label(self) -> str:
        """2025 to 2026, as people read it."""
        return in_words(self.year)

    @cached_property
    def form(self) -> Form:
        return Form.of(self.content)

    def said(self) -> Content:
        answers, figures = list(self.answers.all()), list(self.figures.all())
        return Content(
            {f.key: f.value for f in figures if f.value is not None},
            {a.key: a.text for a in answers if a.text},
            {a.key: a.choice for a in answers if a.choice},
            {f.key: f.blank for f in figures if f.blank},
            {f.key: f.explained for f in figures if f.reason},
        )


class Scrutiny:
    """The board's part of a return, for rules: what its people may do."""

    def __init__(self, data_return: Return):
        self.data_return = data_return
        self.parties = [data_return.board]
        self.territory_id = data_return.territory_id
        self.is_with_board = data_return.status in Return.WITH_BOARD and not data_return.is_superseded


class ReturnGrant(Grant):
    """Opens one return to its board; sending it writes the grant."""

    content_object = OwnedKey(Return, on_delete=models.CASCADE, related_name="grants")


class OfReturnQuerySet(OwnedQuerySet):
    def for_user(self, user):
        return self.filter(data_return__in=Return.objects.for_user(user))
