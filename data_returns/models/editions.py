"""The form of an area, as data."""

from django.db import models
from django.utils.functional import cached_property

from boards.owned import Owned
from data_returns.form import Form


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
