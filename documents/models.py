"""Documents as they were filed: each revision's bytes and digest, and who must sign.

Who may read one is for the room to say that owns the agreement or return.
"""

import secrets
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from boards.owned import AboutOwned, OwnedKey, OwnedQuerySet

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is misread on paper


def new_code(prefix: str) -> str:
    """As printed on the last page: LON-7KQ2-M4TX-9HVB-2CDP. The prefix is the owning territory."""
    groups = ["".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4)]
    return "-".join([prefix, *groups])


class Document(AboutOwned):
    """``signatories``: [{"field", "role", "organisation"}] in the order of the page."""

    class Kind(models.TextChoices):
        PROTOCOL = "protocol", "Protocol"
        DATA_RETURN = "data_return", "Data return"

    kind = models.CharField(max_length=11, choices=Kind)
    reference = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    marking = models.CharField(max_length=60)
    code = models.CharField(max_length=24)
    signatories = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "code"], name="document_code"),
            models.UniqueConstraint(
                fields=["territory", "kind", "reference", "version"],
                name="document_filed_once",
            ),
        ]

    def __str__(self):
        return f"{self.reference} version {self.version}"

    @property
    def filename(self) -> str:
        return f"{self.reference}-version-{self.version}.pdf"

    @property
    def latest(self) -> "Revision":
        return self.revisions.latest("number")

    def signatory(self, field: str) -> dict:
        return next(s for s in self.signatories if s["field"] == field)


class Revision(AboutOwned):
    """The file before (number 0) and after each signature; ``signed_at`` is the act, before the file."""

    document = OwnedKey(Document, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="documents/")
    field = models.CharField(max_length=40, blank=True)  # the signature that this revision added
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=120, blank=True)
    organisation = models.CharField(max_length=120, blank=True)
    signed_at = models.DateTimeField(null=True)
    stored_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "document", "number"], name="revision_number"),
            models.UniqueConstraint(
                fields=["territory", "document", "field"], condition=~Q(field=""), name="field_signed_once"
            ),
            models.CheckConstraint(
                condition=Q(field="") | Q(signed_at__isnull=False), name="signature_has_time"
            ),
        ]

    def __str__(self):
        return f"{self.document}, revision {self.number}"

    def read(self) -> bytes:
        with self.file.open("rb") as file:
            return file.read()


class PaperCopyQuerySet(OwnedQuerySet):
    def out(self):
        return self.filter(returned_on=None)

    def overdue(self, today: date):
        return self.out().filter(due_on__lt=today)


class PaperCopy(AboutOwned):
    """One print, with whom it is, and when it came back. Numbered by reference, on from version to version."""

    document = OwnedKey(Document, related_name="copies")
    reference = models.CharField(max_length=40)
    number = models.PositiveSmallIntegerField()
    holder = models.CharField(max_length=80)
    issued_on = models.DateField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    due_on = models.DateField()
    returned_on = models.DateField(null=True, blank=True)
    chased_on = models.DateField(null=True, blank=True)

    objects = PaperCopyQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        verbose_name_plural = "paper copies"
        constraints = [
            models.UniqueConstraint(fields=["territory", "reference", "number"], name="copy_number"),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("issued_on"))
                & (Q(returned_on=None) | Q(returned_on__gte=F("issued_on"))),
                name="copy_returns_after_issue",
            ),
        ]

    def __str__(self):
        return f"{self.document}, copy {self.number}"

    @property
    def is_out(self) -> bool:
        return self.returned_on is None

    def is_overdue(self, today: date) -> bool:
        return self.is_out and self.due_on < today

    @property
    def filename(self) -> str:
        return self.document.filename.replace(".pdf", f"-copy-{self.number}.pdf")
