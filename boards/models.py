from datetime import date

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.postgres.functions import RandomUUID
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from boards.agencies import AGENCY_TYPES
from boards.owned import Owned, OwnedKey, OwnedQuerySet
from boards.roles import Seat


class Territory(models.Model):
    """The tenant: an area, a borough of it, or the portal itself, which owns sign-in events."""

    class Kind(models.TextChoices):
        PORTAL = "portal"
        AREA = "area"
        BOROUGH = "borough"

    kind = models.CharField(max_length=7, choices=Kind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    code = models.CharField(max_length=3, unique=True, validators=[RegexValidator(r"^[A-Z]{3}$")])
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    gss_code = models.CharField(max_length=9, blank=True)
    grid_row = models.PositiveSmallIntegerField(null=True, blank=True)
    grid_col = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "territories"
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="borough") | Q(parent__isnull=False),
                name="borough_has_area",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def area(self) -> "Territory":
        return self.parent if self.kind == self.Kind.BOROUGH else self


class OrganisationQuerySet(models.QuerySet):
    def units_in(self, territory: Territory | int):
        """Of an area: the executive office, in whose name it is set up."""
        return self.filter(territory=territory, kind=Organisation.Kind.UNIT)

    def unit_of(self, territory: Territory | int) -> "Organisation | None":
        return self.units_in(territory).first()


class Organisation(models.Model):
    """A board, agency or unit. ``name`` is the present one; ``names`` holds all with their dates."""

    class Kind(models.TextChoices):
        SMB = "smb", "Strategic Management Board"
        REGIONAL_BOARD = "regional_board", "Regional board"
        BOARD = "board", "Safeguarding board"
        AGENCY = "agency", "Agency"
        UNIT = "unit", "MAPPA unit"

    AREA_BOARDS = {Kind.SMB, Kind.REGIONAL_BOARD}

    territory = models.ForeignKey(Territory, models.PROTECT, related_name="organisations")
    kind = models.CharField(max_length=14, choices=Kind)
    agency_type = models.CharField(
        max_length=3, blank=True, choices=[(c, t.name) for c, t in AGENCY_TYPES.items()]
    )
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    group = models.OneToOneField(Group, models.PROTECT, related_name="organisation")
    boroughs = models.ManyToManyField(Territory, through="Coverage", related_name="covered_by")
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="agency", agency_type__gt="") | (~Q(kind="agency") & Q(agency_type="")),
                name="agency_has_type",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_area_seat(self) -> bool:
        """Its people look across the area's boroughs: SMB, regional boards, the executive office."""
        return self.kind in self.AREA_BOARDS or (
            self.kind == self.Kind.UNIT and self.territory.kind == Territory.Kind.AREA
        )

    @property
    def parties(self):
        """Who keeps its entry in the directory: the executive office of its area."""
        return Organisation.objects.units_in(self.territory.area)

    def name_on(self, day: date) -> str:
        """The name that held on a record's date."""
        for dated in self.names.all():
            if dated.holds_on(day):
                return dated.name
        return self.name


class OrganisationName(models.Model):
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="names")
    name = models.CharField(max_length=120)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(valid_to__isnull=True),
                name="one_present_name",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gte=models.F("valid_from")),
                name="name_ends_after_start",
            ),
        ]

    def holds_on(self, day: date) -> bool:
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)


class Coverage(models.Model):
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="coverage")
    borough = models.ForeignKey(Territory, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "borough"], name="covered_once")]


class AppointmentQuerySet(models.QuerySet):
    def current(self, on: date):
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)

    def overdue(self, on: date):
        """Current ones that nobody has confirmed in time."""
        return self.current(on).filter(confirm_by__lt=on)


class Appointment(models.Model):
    """A person's seat in an organisation, last day included. No boroughs named means all that it covers."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="appointments")
    seat = models.CharField(max_length=18, choices=Seat)
    reference = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    boroughs = models.ManyToManyField(Territory, blank=True, related_name="+")
    job_title = models.CharField(max_length=80, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    confirm_by = models.DateField(null=True, blank=True)
    confirmed_on = models.DateField(null=True, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "seat"],
                condition=Q(ends_on__isnull=True),
                name="seat_held_once",
                violation_error_message="This person already holds this seat.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="appointment_ends_after_start",
                violation_error_message="End date must be the same as or after the start date.",
            ),
        ]

    def __str__(self):
        return f"{self.user}, {self.get_seat_display()}, {self.organisation}"

    @property
    def parties(self):
        return self.organisation.parties

    @property
    def territory_id(self) -> int:
        return self.organisation.territory_id

    def has_ended(self, on: date) -> bool:
        return self.ends_on is not None and self.ends_on < on


class Reach(models.Model):
    """How many objects of a territory are shared with an organisation: the scope is computed from it (T1)."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="reaches")
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="+")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "territory"], name="one_reach")]


class AreaQuerySet(OwnedQuerySet):
    def for_user(self, user):
        from boards.access import areas_of

        return self.filter(territory__in=areas_of(user))


class AreaSettings(Owned):
    """How one area works. Every difference between areas is a value here, never a branch in code."""

    class Anchor(models.TextChoices):
        COMPLETED = "completed", "the day the last review was completed"
        DUE = "due", "the day the last review was due"

    class BoardTerm(models.TextChoices):
        LSCB = "LSCB", "LSCB (safeguarding children board)"
        LSCP = "LSCP", "LSCP (safeguarding children partnership)"

    class MappaSignatory(models.TextChoices):
        UNIT = "unit", "the MAPPA chair of the borough"
        SMB = "smb", "the chair of the Strategic Management Board"

    board_term = models.CharField(
        "name for safeguarding boards", max_length=4, choices=BoardTerm, default="LSCP"
    )
    mappa_signatory = models.CharField(
        "who signs for MAPPA", max_length=4, choices=MappaSignatory, default="unit"
    )
    marking = models.CharField("marking of new documents", max_length=60, default="OFFICIAL-SENSITIVE")
    first_review_months = models.PositiveSmallIntegerField(
        "first review after adoption, months",
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    review_months = models.PositiveSmallIntegerField(
        "later reviews, months",
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    review_anchor = models.CharField(
        "later reviews count from",
        max_length=9,
        choices=Anchor,
        default=Anchor.COMPLETED,
    )
    notice_days = models.PositiveSmallIntegerField(
        "notice of a meeting, days",
        default=14,
        validators=[
            MinValueValidator(1, "Notice must be between 1 and 60 days"),
            MaxValueValidator(60, "Notice must be between 1 and 60 days"),
        ],
    )
    level1_review_months = models.PositiveSmallIntegerField("level 1 review, months", default=4)
    level2_review_days = models.PositiveSmallIntegerField("level 2 review, days", default=112)
    level3_review_days = models.PositiveSmallIntegerField("level 3 review, days", default=56)
    level2_grade = models.PositiveSmallIntegerField(
        "lowest grade at level 2",
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(4)],
    )
    level3_grade = models.PositiveSmallIntegerField(
        "lowest grade at level 3",
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(4)],
    )
    escalation_days = models.JSONField("working days for each escalation step", default=list)
    suppression_threshold = models.PositiveSmallIntegerField(
        "smallest count shown in wider copies",
        default=5,
        validators=[MinValueValidator(5)],
    )
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = AreaQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["territory"], name="one_settings_per_area")]

    def __str__(self):
        return f"{self.territory} settings"

    @property
    def parties(self):
        return Organisation.objects.units_in(self.territory_id)


class ApprovingBody(Owned):
    """A body that approves every borough's copy before the chairs sign, in order of ``position``."""

    class Sees(models.TextChoices):
        WHOLE = "whole", "the whole text"
        SHARED = "shared", "only the text that all boroughs share"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    sees = models.CharField("approves", max_length=6, choices=Sees, default=Sees.WHOLE)

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "position"], name="one_body_per_position"),
            models.UniqueConstraint(fields=["territory", "organisation"], name="body_approves_once"),
        ]

    def __str__(self):
        return str(self.organisation)


class Counter(Owned):
    """The last number given out, by territory code, kind and year: references count within it (T5)."""

    code = models.CharField(max_length=3)
    kind = models.CharField(max_length=3)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "code", "kind", "year"], name="one_counter")
        ]


__all__ = [
    "Appointment",
    "ApprovingBody",
    "AreaSettings",
    "Counter",
    "Coverage",
    "Organisation",
    "OrganisationName",
    "Owned",
    "OwnedKey",
    "OwnedQuerySet",
    "Reach",
    "Seat",
    "Territory",
]
