"""What an area offers its boroughs: template → version → clauses."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from boards.access import organisations_of
from boards.models import Organisation
from boards.owned import Owned, OwnedKey, OwnedQuerySet
from protocols import text


class TemplateQuerySet(OwnedQuerySet):
    def for_user(self, user):
        return self.filter(organisation__in=organisations_of(user))


class Template(Owned):
    """The text that a region offers its boroughs; it belongs to the area's executive office."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=20)
    name = models.CharField(max_length=160)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "reference"], name="template_reference"),
            models.UniqueConstraint("territory", Lower("name"), name="template_name"),
        ]

    def __str__(self):
        return self.name

    @property
    def parties(self):
        return [self.organisation]


class TemplateVersionQuerySet(OwnedQuerySet):
    def for_user(self, user):
        return self.filter(template__in=Template.objects.for_user(user))

    def published(self):
        return self.filter(status=TemplateVersion.Status.PUBLISHED)


class TemplateVersion(Owned):
    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        REPLACED = "replaced", "Replaced"

    template = OwnedKey(Template, related_name="versions")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT)
    source_name = models.CharField(max_length=200, blank=True)
    left_out = models.JSONField(
        default=list
    )  # cover lines and contents tables, kept for whoever corrects the import
    warnings = models.JSONField(default=list)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = TemplateVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "template", "number"],
                name="template_version_number",
            ),
            models.UniqueConstraint(
                fields=["territory", "template"],
                condition=Q(status="draft"),
                name="one_template_draft",
            ),
        ]

    def __str__(self):
        return f"{self.template}, version {self.number}"

    @property
    def reference(self) -> str:
        return f"{self.template.reference} version {self.number}"

    @property
    def parties(self):
        return self.template.parties

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT


class ClauseFields(models.Model):
    """A heading and its text, limited Markdown. ``depth`` 1 is a chapter; ``number`` follows from place and depth."""

    position = models.PositiveSmallIntegerField()
    depth = models.PositiveSmallIntegerField(default=1)
    heading = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    locked = models.BooleanField("the same in every borough", default=False)
    revision = models.PositiveIntegerField(default=1)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self):
        return self.heading

    @property
    def hash(self) -> str:
        return text.clause_hash(self.heading, self.body)


class ClauseQuerySet(OwnedQuerySet):
    def for_user(self, user):
        return self.filter(template_version__in=TemplateVersion.objects.for_user(user))


class Clause(Owned, ClauseFields):
    """Of a template version."""

    NOUN = "clause"  # in the audit trail

    template_version = OwnedKey(TemplateVersion, on_delete=models.CASCADE, related_name="clauses")

    objects = ClauseQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "template_version", "position"],
                name="clause_position",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    @property
    def parties(self):
        return self.template_version.parties
