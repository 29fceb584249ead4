"""What was released of a return, or of the sums of the area."""

from django.conf import settings
from django.db import models

from boards.owned import AboutOwned
from data_returns.models.rounds import StandingQuerySet
from data_returns.years import dashed, in_words


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
