"""A return of one borough and reporting year: its figures and answers, who signed it, and what the area sees of it."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from boards.access import Grant, SharedQuerySet, areas_across, organisations_of
from boards.models import Organisation
from boards.owned import AboutOwned, Owned, OwnedKey, OwnedQuerySet
from data_returns.content import Content
from data_returns.form import LARGEST, Form
from data_returns.years import dashed, in_words
from documents.models import Document


class Edition(Owned):
    """A form as data, kept by its area; published, it is never changed again. A return keeps its own copy."""

    slug = models.SlugField(max_length=60)
    content = models.JSONField()
    published_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["territory", "slug"], name="edition_once")]

    def __str__(self):
        return self.form.title

    @cached_property
    def form(self) -> Form:
        return Form.of(self.content)


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


class RoundQuerySet(OwnedQuerySet):
    def for_user(self, user):
        """Whoever looks across the area."""
        return self.filter(territory__in=areas_across(user))


class Round(Owned):
    """The returns of one year, opened for all boroughs of an area and due on the same day."""

    year = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    opened_at = models.DateTimeField()

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["territory", "year"], name="one_round")]

    def __str__(self):
        return f"{self.territory}, {self.label}"

    @cached_property
    def parties(self):
        return list(Organisation.objects.units_in(self.territory_id))

    @property
    def label(self) -> str:
        return in_words(self.year)

    @property
    def standings(self) -> "StandingQuerySet":
        return Standing.objects.filter(territory=self.territory_id, year=self.year)


class StandingQuerySet(OwnedQuerySet):
    def for_user(self, user):
        """Whoever has a seat in the area; the database closes a borough's row to other boroughs."""
        return self.filter(territory__in={o.territory.area for o in organisations_of(user).values()})

    def signed(self):
        """Of those that were corrected since, too."""
        return self.exclude(UNSIGNED)

    def unsigned(self):
        return self.filter(UNSIGNED)


class Standing(AboutOwned):
    """What the area sees of a borough's year before anything is released: the state and the days, no figure.

    It is planned until its job has opened the return; ``sent_on`` is when the board was given the first version,
    ``closed_on`` when it last accepted one.
    """

    PLANNED = "planned"

    year = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=20, blank=True)
    status = models.CharField(max_length=7, choices=[(PLANNED, "Being opened"), *Return.Status.choices])
    number = models.PositiveSmallIntegerField(default=1)
    questions = models.PositiveSmallIntegerField(default=0)
    completed = models.PositiveSmallIntegerField("questions completed", default=0)
    due_on = models.DateField()
    extended_to = models.DateField(null=True, blank=True)
    extension_reason = models.CharField(max_length=300, blank=True)
    extended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    extended_at = models.DateTimeField(null=True, blank=True)
    chased_on = models.DateField(null=True, blank=True)
    sent_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["territory", "about", "year"], name="standing_once")]
        indexes = [models.Index(fields=["territory", "year"], name="standings_of_year")]

    @cached_property
    def parties(self):
        """Who runs the round; a whole round's standings are given them at once."""
        return list(Organisation.objects.units_in(self.territory_id))

    @property
    def due(self):
        return self.extended_to or self.due_on

    @property
    def label(self) -> str:
        return in_words(self.year)

    @property
    def is_unsigned(self) -> bool:
        return self.sent_on is None and self.status in (self.PLANNED, *Return.OPEN)

    @property
    def is_opened(self) -> bool:
        return self.status != self.PLANNED

    def is_late(self, today: date) -> bool:
        """Not signed by the day; what is corrected later is no longer late."""
        return self.is_unsigned and self.due < today


UNSIGNED = Q(sent_on=None, status__in=[Standing.PLANNED, *Return.OPEN])


class RenditionQuerySet(StandingQuerySet):
    def released(self):
        return self.filter(released_at__isnull=False)

    def sums(self):
        return self.filter(about=None)

    def newest(self):
        """Of each borough and year, and of the sums of each year, the one that was released last."""
        place = ("territory_id", "year", "about_id")
        last = Rendition.objects.released().order_by(*place, "-number").distinct(*place)
        return self.filter(pk__in=last.values("pk"))


class Rendition(AboutOwned):
    """What everybody else reads of a return, or of the sums of the area (``about`` none): no small number.

    Asked for first, then worked out by a job, which releases it; from then on the database refuses any change (S3).
    """

    HIDDEN, NOT_KNOWN, NOT_APPLICABLE = "c", "x", "z"

    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()  # the version of the return; of the sums, how often
    reference = models.CharField(max_length=20, blank=True)
    edition = models.SlugField(max_length=60)
    cells = models.JSONField(default=dict)  # by key: a number or one of the three symbols
    revised = models.JSONField(default=list)  # keys that the version before said otherwise, hidden ones too
    answers = models.JSONField(default=dict)
    covers = models.JSONField(default=list)  # of sums: [borough, version] of each rendition in them
    threshold = models.PositiveSmallIntegerField(default=5)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)

    objects = RenditionQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "about", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "about", "year", "number"],
                name="rendition_once",
                nulls_distinct=False,
            )
        ]

    @property
    def label(self) -> str:
        return in_words(self.year)

    @property
    def years(self) -> str:
        return dashed(self.year)

    @property
    def slug(self) -> str:
        """Of its borough; the sums have none."""
        return self.about.slug if self.about else ""
