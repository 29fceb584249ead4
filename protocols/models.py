"""Template → clause; protocol → version → its clauses; approvals, signatures, reviews."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from boards.access import Grant, SharedQuerySet
from boards.models import ApprovingBody, Organisation
from boards.owned import AboutOwned, Owned, OwnedKey, OwnedQuerySet
from documents.models import Document
from protocols import text


class TemplateQuerySet(OwnedQuerySet):
    def for_user(self, user):
        from boards.access import organisations_of

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


class ProtocolQuerySet(SharedQuerySet):
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
        )


class Protocol(AboutOwned):
    """The agreement of one borough. The area owns it; the borough's MAPPA unit drafts it; its parties are given it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    board = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    template = OwnedKey(Template, related_name="protocols")
    reference = models.CharField(max_length=20)
    review_due = models.DateField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)

    objects = ProtocolQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "reference"], name="protocol_reference"),
            models.UniqueConstraint(
                fields=["territory", "template", "about"],
                condition=Q(withdrawn_on__isnull=True),
                name="one_copy_per_borough",
            ),
        ]
        indexes = [
            models.Index(fields=["reference", "id"], name="protocols_by_reference")
        ]  # the list's order

    def __str__(self):
        return f"{self.reference}: {self.about}"

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
                condition=Q(status__in=["draft", "withdrawn"]) | ~Q(content_hash=""),
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


class ApprovalQuerySet(VersionChildQuerySet):
    def open(self):
        return self.filter(decision=Approval.Decision.OPEN, version__status=Version.Status.CONSULTATION)

    def next_in_line(self):
        """Open, and approved by every body before it."""
        earlier = Approval.objects.filter(
            territory_id=models.OuterRef("territory_id"),
            version_id=models.OuterRef("version_id"),
            position__lt=models.OuterRef("position"),
        ).exclude(decision=Approval.Decision.APPROVED)
        return self.open().filter(~models.Exists(earlier))


class Approval(AboutOwned):
    """One body's decision on a version, on the day that the body took it; bound to the text it saw."""

    class Decision(models.TextChoices):
        OPEN = "open", "Not decided yet"
        APPROVED = "approved", "Approved"
        CHANGES = "changes", "Changes wanted"

    version = OwnedKey(Version, on_delete=models.CASCADE, related_name="approvals")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    sees = models.CharField(max_length=6, choices=ApprovingBody.Sees)
    decision = models.CharField(max_length=8, choices=Decision, default=Decision.OPEN)
    decided_on = models.DateField(null=True, blank=True)
    comment = models.TextField(blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    recorded_at = models.DateTimeField(null=True, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)  # of what the body saw
    carried_from = OwnedKey("self", null=True, blank=True, related_name="+")

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "version", "position"], name="approval_position"),
            models.CheckConstraint(
                condition=Q(decision="open")
                | Q(
                    decided_on__isnull=False,
                    content_hash__gt="",
                    recorded_by__isnull=False,
                ),
                name="decision_has_day_and_text",
            ),
        ]

    @property
    def parties(self):
        return [self.organisation]

    @property
    def is_next(self) -> bool:
        return Approval.objects.next_in_line().filter(pk=self.pk).exists()


class SignatureQuerySet(VersionChildQuerySet):
    def open(self):
        return self.filter(signed_at__isnull=True, version__status=Version.Status.APPROVED)


class Signature(AboutOwned):
    """One party's signature. The act counts from ``signed_at``; a job puts it into the file and confirms the time."""

    version = OwnedKey(Version, on_delete=models.CASCADE, related_name="signatures")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)  # as printed: MAPPA Chair, LSCB Chair
    position = models.PositiveSmallIntegerField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "version", "position"], name="signature_position"),
            models.UniqueConstraint(
                fields=["territory", "version", "signed_by"],
                name="two_different_people",
                violation_error_message="You have signed this version for the other party. Another person must sign.",
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True) | Q(signed_by__isnull=False, content_hash__gt=""),
                name="signature_is_of_a_text",
            ),
        ]

    @property
    def parties(self):
        return [self.organisation]

    @property
    def field(self) -> str:
        """Name of its prepared field in the PDF."""
        return f"signature-{self.position}"

    @property
    def is_open(self) -> bool:
        return self.signed_at is None and self.version.status == Version.Status.APPROVED

    @property
    def awaits_time(self) -> bool:
        return self.signed_at is not None and self.sealed_at is None


class ReviewQuerySet(OwnedQuerySet):
    def for_user(self, user):
        return self.filter(protocol__in=Protocol.objects.for_user(user))

    def open(self):
        return self.filter(completed_on__isnull=True, protocol__withdrawn_on__isnull=True)


class Review(AboutOwned):
    """One look at a protocol: the first within the area's interval of adoption, then regular, or early for a reason."""

    class Kind(models.TextChoices):
        FIRST = "first", "First review"
        REGULAR = "regular", "Regular review"
        EARLY = "early", "Early review"

    protocol = OwnedKey(Protocol, related_name="reviews")
    kind = models.CharField(max_length=7, choices=Kind)
    due_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    started_on = models.DateField(null=True, blank=True)
    completed_on = models.DateField(null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["due_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "protocol"],
                condition=Q(completed_on__isnull=True) & ~Q(kind="early"),
                name="one_regular_review_open",
            ),
            models.CheckConstraint(
                condition=~Q(kind="early") | ~Q(reason=""),
                name="early_review_has_reason",
                violation_error_message="Enter why the review comes early.",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.completed_on is None and self.protocol.withdrawn_on is None

    @property
    def parties(self):
        return self.protocol.parties
