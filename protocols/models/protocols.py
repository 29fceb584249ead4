"""The agreement of one borough: protocol → version → its clauses, and who is given it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from boards.access import Grant, SharedQuerySet
from boards.models import Organisation
from boards.owned import AboutOwned, OwnedKey, OwnedQuerySet
from documents.models import Document
from protocols.models.templates import Clause, ClauseFields, Template, TemplateVersion


class ProtocolQuerySet(SharedQuerySet):
    def standing(self):
        return self.filter(withdrawn_on__isnull=True)

    def with_current(self):
        """Each with the status, number and id of its newest version, for lists."""
        newest = Version.objects.filter(
            territory_id=models.OuterRef("territory_id"),
            protocol_id=models.OuterRef("pk"),
        ).order_by("-number")
        in_force = newest.filter(status=Version.Status.IN_FORCE)
        return self.annotate(
            status=models.Subquery(newest.values("status")[:1]),
            version_number=models.Subquery(newest.values("number")[:1]),
            version_id=models.Subquery(newest.values("pk")[:1]),
            adopted_on=models.Subquery(in_force.values("adopted_on")[:1]),
            changes_wanted=models.Exists(newest.filter(status="consultation", approvals__decision="changes")),
        )

    def in_force(self):
        return self.filter(pk__in=Version.objects.in_force().values("protocol"))

    def beside(self, protocol):
        """The other protocols of this borough with this board."""
        same = {"territory": protocol.territory_id, "about": protocol.about_id, "board": protocol.board_id}
        return self.filter(**same).exclude(pk=protocol.pk).order_by("pk")


class Protocol(AboutOwned):
    """The agreement of one borough. The area owns it; the borough's MAPPA unit drafts it; its parties are given it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    board = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    template = OwnedKey(Template, related_name="protocols")
    reference = models.CharField(max_length=20)
    review_due = models.DateField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    replaced_by = OwnedKey("self", null=True, blank=True, related_name="replaces")
    replaced_on = models.DateField(null=True, blank=True)

    objects = ProtocolQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "reference"], name="protocol_reference"),
            models.UniqueConstraint(
                fields=["territory", "template", "about"],
                condition=Q(withdrawn_on__isnull=True),
                name="one_copy_per_borough",
            ),
            models.CheckConstraint(
                condition=Q(replaced_by=None, replaced_on=None)
                | Q(replaced_by__isnull=False, replaced_on__isnull=False, review_due=None),
                name="replaced_by_one_on_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["reference", "id"], name="protocols_by_reference")
        ]  # the list's order

    def __str__(self):
        return f"{self.reference}: {self.about}"

    @property
    def has_ended(self) -> bool:
        return self.withdrawn_on is not None or self.replaced_on is not None

    @property
    def parties(self):
        """Who drafts it and keeps its reviews: the borough's unit and the area's executive office."""
        return [self.organisation, self.template.organisation]


class ProtocolGrant(Grant):
    """Opens one protocol to one party. The about column keeps the grant as closed as the protocol itself."""

    about = models.ForeignKey("boards.Territory", models.PROTECT, null=True, related_name="+", editable=False)
    content_object = OwnedKey(Protocol, on_delete=models.CASCADE, related_name="grants")


class VersionQuerySet(OwnedQuerySet):
    def for_user(self, user):
        return self.filter(protocol__in=Protocol.objects.for_user(user))

    def in_force(self):
        return self.filter(status=Version.Status.IN_FORCE)

    def live(self):
        """Under way or in force."""
        return self.filter(status__in=Version.LIVE)


class Version(AboutOwned):
    """One wording of a protocol. Its text is fixed once submitted: what changes later is the next version."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        CONSULTATION = "consultation", "With the approving bodies"
        APPROVED = "approved", "Waiting for signatures"
        IN_FORCE = "in_force", "In force"
        REPLACED = "replaced", "Replaced before it came into force"
        SUPERSEDED = "superseded", "Superseded"
        WITHDRAWN = "withdrawn", "Withdrawn"

    UNDER_WAY = (Status.DRAFT, Status.CONSULTATION, Status.APPROVED)
    LIVE = (*UNDER_WAY, Status.IN_FORCE)

    protocol = OwnedKey(Protocol, related_name="versions")
    number = models.PositiveSmallIntegerField()
    template_version = OwnedKey(TemplateVersion, related_name="+")
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    content_hash = models.CharField(max_length=64, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    adopted_on = models.DateField(null=True, blank=True)
    document = OwnedKey(Document, null=True, blank=True, related_name="+")

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "protocol", "number"], name="version_number"),
            models.UniqueConstraint(
                fields=["territory", "protocol"],
                condition=Q(status="in_force"),
                name="one_in_force",
            ),
            models.UniqueConstraint(
                fields=["territory", "protocol"],
                condition=Q(status__in=["draft", "consultation", "approved"]),
                name="one_version_under_way",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn", "replaced"]) | ~Q(content_hash=""),
                name="submitted_text_has_hash",
            ),
            models.CheckConstraint(
                condition=~Q(status="in_force") | Q(adopted_on__isnull=False),
                name="in_force_since_a_day",
            ),
        ]

    def __str__(self):
        return f"{self.protocol.reference}, version {self.number}"

    @property
    def reference(self) -> str:
        return f"{self.protocol.reference} version {self.number}"

    @property
    def parties(self):
        return self.protocol.parties

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT


class VersionChildQuerySet(OwnedQuerySet):
    def for_user(self, user):
        return self.filter(version__in=Version.objects.for_user(user))


class VersionClause(AboutOwned, ClauseFields):
    """Of a borough's version. ``clause`` is the template's one that it started from, None for a local addition."""

    NOUN = "protocol_clause"

    version = OwnedKey(Version, on_delete=models.CASCADE, related_name="clauses")
    clause = OwnedKey(Clause, null=True, blank=True, related_name="+")
    template_hash = models.CharField(max_length=64, blank=True)  # of the template's text for this borough
    to_check = models.BooleanField(default=False)  # the area changed it too when a newer template came

    objects = VersionChildQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "version", "position"],
                name="version_clause_position",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    @property
    def parties(self):
        return self.version.parties

    @property
    def is_changed(self) -> bool:
        """Differs from the template's text for this borough."""
        return self.hash != self.template_hash
