"""Referrals of a borough and reporting year as everybody in the area may read them."""

from django.db import models

from boards.access import areas_of
from boards.owned import AboutOwned, OwnedQuerySet


class ReferralReleaseQuerySet(OwnedQuerySet):
    def for_user(self, user):
        """Whoever has a seat in the area; the database closes a borough's row to other boroughs."""
        return self.filter(territory__in=areas_of(user))


class ReferralRelease(AboutOwned):
    """Worked out once, with small numbers hidden; the database refuses any change (S3). No exact number is kept."""

    year = models.PositiveSmallIntegerField()
    lines = models.JSONField()  # [by, of, label, number or symbol] of each
    threshold = models.PositiveSmallIntegerField()
    released_at = models.DateTimeField()

    objects = ReferralReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "about"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "about", "year"], name="referral_release_once"),
            models.CheckConstraint(
                condition=models.Q(about__isnull=False), name="referral_release_of_borough"
            ),
        ]

    @property
    def label(self) -> str:
        return f"{self.year} to {self.year + 1}"
