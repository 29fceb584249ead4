"""What a borough counted, day by day, and which of its days have to be counted anew."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from boards.owned import AboutOwned, Owned, OwnedQuerySet


class Recount(Owned):
    """The days of a borough whose stored figures a change has touched; none while the job has counted everything."""

    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    number = models.PositiveIntegerField(default=0)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory"], name="one_recount_per_borough"),
            models.CheckConstraint(
                condition=Q(first_day=None, last_day=None) | Q(first_day__lte=models.F("last_day")),
                name="recount_from_day_to_day",
            ),
        ]


class DayFigures(AboutOwned):
    """What one borough counted on one day at one level: whole numbers that add up over any period (C2).

    The three arrays run in parallel: agency, discussions it was required in, discussions it attended (KPI 6).
    """

    held_on = models.DateField()
    level = models.PositiveSmallIntegerField()
    counted_at = models.DateTimeField()
    discussions = models.PositiveIntegerField()
    recorded = models.PositiveIntegerField()
    missing_birth_dates = models.PositiveIntegerField()
    under_18 = models.PositiveIntegerField()
    yot = models.PositiveIntegerField()
    csc = models.PositiveIntegerField()
    joint = models.PositiveIntegerField()
    not_invited = models.PositiveIntegerField()
    organisations = ArrayField(models.BigIntegerField())
    required = ArrayField(models.IntegerField())
    attended = ArrayField(models.IntegerField())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "about", "held_on", "level"], name="one_row_per_day")
        ]
