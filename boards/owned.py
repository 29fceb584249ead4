"""What every table that belongs to a territory has in common."""

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models import sql

from boards.scope import require_scope


class ScopedQuery(sql.Query):
    """Refuses to run without a scope. Building a query is free, so class attributes and forms may hold one."""

    def get_compiler(self, *args, **kwargs):
        require_scope()
        return super().get_compiler(*args, **kwargs)


class OwnedQuerySet(models.QuerySet):
    def __init__(self, model=None, query=None, using=None, hints=None):
        super().__init__(model, query or ScopedQuery(model), using, hints)

    def update(self, **values):
        require_scope()
        return super().update(**values)

    update.alters_data = True

    def delete(self):
        require_scope()
        return super().delete()

    delete.alters_data = True
    delete.queryset_only = True

    def for_user(self, user):
        """What this person may see: by ownership or by grant."""
        raise ImproperlyConfigured(f"{self.model.__name__} must say whose it is: write its for_user.")


class OwnedKey(models.ForeignKey):
    """A foreign key between owned tables: the database holds it as (territory_id, id), made by ``rls.owned`` (T5)."""

    def __init__(self, to, on_delete=models.PROTECT, **kwargs):
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)


class Owned(models.Model):
    """Belongs to one territory; PostgreSQL shows it only to scopes that name it (T1)."""

    territory = models.ForeignKey("boards.Territory", models.PROTECT, related_name="+", editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


class AboutOwned(Owned):
    """Owned by an area; a row about one borough opens only to that borough and to area seats."""

    about = models.ForeignKey(
        "boards.Territory",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )

    class Meta:
        abstract = True
        base_manager_name = "objects"

    @property
    def code(self) -> str:
        """Of the territory that references name: the borough it is about, else the owner."""
        return (self.about or self.territory).code
