"""The yearly round of an area, and what it sees of each borough's year."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from boards.access import areas_across, organisations_of
from boards.models import Organisation
from boards.owned import AboutOwned, Owned, OwnedQuerySet
from data_returns.models.returns import Return
from data_returns.years import in_words


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
    edition = models.SlugField(max_length=60, blank=True)  # of the form that it is filled in on
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
