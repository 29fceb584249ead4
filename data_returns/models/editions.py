"""The form of an area, as data."""

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from boards.access import areas_across
from boards.models import Organisation
from boards.owned import Owned, OwnedQuerySet
from data_returns.form import Form
from data_returns.models.rounds import Standing
from data_returns.years import in_words


class EditionQuerySet(OwnedQuerySet):
    def for_user(self, user):
        """Whoever looks across the area; nobody sees a draft that was deleted."""
        return self.filter(territory__in=areas_across(user), discarded_on__isnull=True)

    def published(self):
        return self.filter(published_on__isnull=False)


class Edition(Owned):
    """A form as data, kept by its area; published, the database refuses any change. A return keeps its own copy.

    ``from_year``: the first reporting year that an own form is asked from; those that ship have none.
    """

    slug = models.SlugField(max_length=60)
    content = models.JSONField()
    from_year = models.PositiveSmallIntegerField(null=True, blank=True)
    published_on = models.DateField(null=True, blank=True)
    discarded_on = models.DateField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = EditionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "slug"], name="edition_once"),
            models.CheckConstraint(
                condition=Q(discarded_on=None) | Q(published_on=None), name="edition_discarded_or_published"
            ),
        ]

    def __str__(self):
        return self.content["title"]

    @cached_property
    def form(self) -> Form:
        return Form.of(self.content)

    @cached_property
    def draft(self) -> Form:
        """As far as it has been built."""
        return Form.read(self.content)

    @cached_property
    def parties(self):
        return list(Organisation.objects.units_in(self.territory_id))

    @property
    def is_published(self) -> bool:
        return self.published_on is not None

    @property
    def is_open(self) -> bool:
        """A draft that can be changed."""
        return self.published_on is None and self.discarded_on is None

    @property
    def is_own(self) -> bool:
        """Not one that ships with the portal."""
        return not self.is_published or self.from_year is not None

    @property
    def state(self) -> str:
        return "Published" if self.is_published else "Draft"

    @property
    def since(self) -> str:
        return in_words(self.from_year) if self.from_year is not None else ""

    @cached_property
    def uses(self) -> int:
        """Returns that were opened on it."""
        return Standing.objects.filter(territory=self.territory_id, edition=self.slug).count()
