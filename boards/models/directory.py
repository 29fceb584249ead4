"""The directory: territories, the organisations in them, what they cover, and the grants that they were given."""

from datetime import date

from django.contrib.auth.models import Group
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from boards.agencies import AGENCY_TYPES


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
    level2_grade = models.PositiveSmallIntegerField(
        "lowest grade that counts at Level 2",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(4)],
    )
    level3_grade = models.PositiveSmallIntegerField(
        "lowest grade that counts at Level 3",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(4)],
    )
    phone = models.CharField("telephone number", max_length=40, blank=True, default="", db_default="")
    email = models.EmailField("email address", blank=True, default="", db_default="")
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="agency", agency_type__gt="") | (~Q(kind="agency") & Q(agency_type="")),
                name="agency_has_type",
            ),
            models.CheckConstraint(
                condition=Q(kind="agency") | Q(level2_grade=None, level3_grade=None),
                name="grades_are_of_agencies",
            ),
            models.CheckConstraint(
                condition=Q(kind="unit") | Q(phone="", email=""),
                name="reached_as_unit",
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

    @property
    def reached_at(self) -> str:
        """In letters: "020 7946 0123, mappa@camden.example"."""
        return ", ".join(filter(None, [self.phone, self.email]))

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


class Reach(models.Model):
    """How many objects of a territory are shared with an organisation: the scope is computed from it (T1)."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="reaches")
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="+")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "territory"], name="one_reach")]
