"""How an area works, and what it counts."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from boards.models.directory import Organisation
from boards.owned import Owned, OwnedQuerySet
from mappa_portal.words import OFFICIAL_SENSITIVE

GRADE_OF = {2: "level2_grade", 3: "level3_grade"}  # by level: the lowest that counts, of an area or an agency


def _number(words: str, default: int, *, most: int, least: int = 1) -> models.PositiveSmallIntegerField:
    """Also for areas that were there before the setting."""
    limits = [MinValueValidator(least), MaxValueValidator(most)]
    return models.PositiveSmallIntegerField(words, default=default, db_default=default, validators=limits)


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
    marking = models.CharField("marking of new documents", max_length=60, default=OFFICIAL_SENSITIVE)
    first_review_months = models.PositiveSmallIntegerField(
        "months from adoption to the first review",
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    review_months = models.PositiveSmallIntegerField(
        "months between later reviews",
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
        "days of notice",
        default=14,
        validators=[
            MinValueValidator(1, "Notice must be between 1 and 60 days"),
            MaxValueValidator(60, "Notice must be between 1 and 60 days"),
        ],
    )
    circulation_days = models.PositiveSmallIntegerField(
        "working days until minutes are sent out",
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    contact_months = models.PositiveSmallIntegerField(
        "months until a contact confirms its details again",
        default=6,
        validators=[MinValueValidator(1), MaxValueValidator(24)],
    )
    level1_review_months = models.PositiveSmallIntegerField("months between reviews at Level 1", default=4)
    level2_review_days = models.PositiveSmallIntegerField("days between reviews at Level 2", default=112)
    level3_review_days = models.PositiveSmallIntegerField("days between reviews at Level 3", default=56)
    first_meeting_days = _number("working days from accepting a referral to its first meeting", 20, most=60)
    level_setting_months = _number("months before release by which the level is set", 6, most=24)
    keep_case_years = _number("years until a case that has ended is reviewed", 25, most=100)
    keep_minutes_years = _number("years until minutes are reviewed", 25, most=100)
    keep_referral_years = _number("years until a referral that came to nothing is reviewed", 10, most=100)
    keep_disclosure_years = _number("years until a disclosure is reviewed", 25, most=100)
    level2_grade = models.PositiveSmallIntegerField(
        "lowest grade that counts at Level 2",
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(4)],
    )
    level3_grade = models.PositiveSmallIntegerField(
        "lowest grade that counts at Level 3",
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(4)],
    )
    escalation_days = models.JSONField("working days for each escalation step", default=list)
    suppression_threshold = models.PositiveSmallIntegerField(
        "smallest count shown",
        default=5,
        validators=[MinValueValidator(5)],
    )
    first_reminder_days = _number("days before a return is due of the first reminder", 14, most=60)
    last_reminder_days = _number("days before a return is due of the last reminder", 2, most=60)
    copy_days = _number("days until a paper copy is due back", 30, most=365)
    copy_reminder_days = _number("days between reminders of an overdue paper copy", 7, most=60)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = AreaQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["territory"], name="one_settings_per_area")]

    def __str__(self):
        return f"{self.territory} settings"

    @property
    def parties(self):
        return Organisation.objects.units_in(self.territory_id)

    def lowest_grade(self, agency: Organisation, level: int) -> int:
        """What counts as its attendance at Level 2 or 3: the agency's own rule, else the area's."""
        return getattr(agency, GRADE_OF[level]) or getattr(self, GRADE_OF[level])


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
