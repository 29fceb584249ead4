"""What bodies and parties say to a version: approvals and signatures."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Greatest
from django.utils.timezone import localdate

from boards.models import ApprovingBody, Organisation
from boards.owned import AboutOwned, OwnedKey
from protocols.models.protocols import Version, VersionChildQuerySet


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

    def waiting_since(self):
        """Since the body before it decided, or the text was submitted, whichever came later."""
        before = Approval.objects.filter(
            territory_id=models.OuterRef("territory_id"),
            version_id=models.OuterRef("version_id"),
            position__lt=models.OuterRef("position"),
        ).order_by("-recorded_at")
        recorded = models.Subquery(before.values("recorded_at")[:1])
        return self.annotate(since=Greatest("version__submitted_at", recorded))


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

    @property
    def is_decided(self) -> bool:
        return self.decision != self.Decision.OPEN

    @property
    def is_correctable(self) -> bool:
        """Its date, until every body has approved and the PDF is made with it."""
        consulted = self.version.status == Version.Status.CONSULTATION
        return consulted and self.is_decided and self.carried_from_id is None

    @property
    def is_before_submission(self) -> bool:
        """Bodies decide on paper first; what was carried over belongs to an earlier version."""
        if not self.decided_on or self.carried_from_id:
            return False
        return self.decided_on < localdate(self.version.submitted_at)

    def before(self) -> "ApprovalQuerySet":
        """Of the bodies that decide before this one, the last of them first."""
        found = self.version.approvals.filter(position__lt=self.position)
        return found.select_related("organisation").order_by("-position")

    def after(self) -> "ApprovalQuerySet":
        """Decisions on this very version by bodies that decide after this one, the next of them first."""
        found = self.version.approvals.filter(position__gt=self.position, carried_from=None)
        return found.exclude(decision=self.Decision.OPEN).select_related("organisation").order_by("position")


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
