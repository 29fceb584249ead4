"""A file that belongs to a referral: its content, its name and what it is lie sealed; kind and size are plain."""

import json
from functools import cached_property

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from accounts.vault import unseal, unseal_bytes
from boards.owned import Owned, OwnedKey
from referrals.models.referrals import OfReferralQuerySet, Referral


class AttachmentQuerySet(OfReferralQuerySet):
    def listed(self):
        """Without the content, which may be large."""
        return self.defer("content").select_related("added_by").order_by("added_at", "pk")


class ReferralAttachment(Owned):
    """Taken off again it is gone, with every byte; the event that it was there stays."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        PNG = "png", "PNG"
        JPEG = "jpeg", "JPEG"
        DOCX = "docx", "Word (.docx)"

    referral = OwnedKey(Referral, on_delete=models.CASCADE, related_name="attachments")
    key = models.UUIDField(db_default=RandomUUID(), editable=False)
    kind = models.CharField(max_length=4, choices=Kind)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, editable=False)  # keyed: the same file twice is one
    said = models.TextField(editable=False)  # sealed: its name, and what it is
    content = models.TextField(editable=False)  # sealed
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "key"], name="referral_attachment_key"),
            models.UniqueConstraint(
                fields=["territory", "referral", "digest"], name="referral_attachment_once"
            ),
        ]

    @cached_property
    def words(self) -> dict:
        return json.loads(unseal(self.said))

    @property
    def name(self) -> str:
        return self.words["name"]

    @property
    def what(self) -> str:
        return self.words["what"]

    def opened(self) -> bytes:
        return unseal_bytes(self.content)
