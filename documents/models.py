"""Documents as they were filed: each revision's bytes and digest, and who was expected to sign."""

import secrets
import uuid

from django.db import models

from boards.owned import AboutOwned, OwnedKey

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is misread on paper


def new_code(prefix: str) -> str:
    """As printed on the last page: LON-7KQ2-M4TX-9HVB-2CDP. The prefix is the territory that holds the document."""
    groups = ["".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4)]
    return "-".join([prefix, *groups])


def private_path(revision: "Revision", filename: str) -> str:
    return f"documents/{uuid.uuid4().hex}.pdf"


class Document(AboutOwned):
    class Kind(models.TextChoices):
        PROTOCOL = "protocol", "Protocol"
        DATA_RETURN = "data_return", "Data return"

    kind = models.CharField(max_length=11, choices=Kind)
    reference = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    marking = models.CharField(max_length=60)
    code = models.CharField(max_length=24)
    signatories = models.JSONField(
        default=list
    )  # [{"field", "role", "organisation"}] in the order of the page
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


class Revision(AboutOwned):
    """The file before (number 0) and after each signature."""

    document = OwnedKey(Document, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=private_path)
    field = models.CharField(
        max_length=40, blank=True
    )  # the signature that this revision added
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=40, blank=True)
    organisation = models.CharField(max_length=120, blank=True)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "document", "number"], name="revision_number"
            )
        ]
        indexes = [
            models.Index(fields=["territory", "sha256"], name="revision_by_digest")
        ]
