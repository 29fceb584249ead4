"""A pack: what is held about a person at one moment, and what is withheld of it; frozen as a PDF once finished."""

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.vault import seal, unseal
from boards.access import organisations_of
from boards.models import Organisation
from boards.owned import Owned, OwnedKey, OwnedQuerySet
from mappa_portal.words import short_date
from referrals.models.cases import Case


class PackQuerySet(OwnedQuerySet):
    def for_user(self, user):
        return self.filter(organisation__in=list(organisations_of(user)))

    def open(self):
        return self.exclude(status=Pack.Status.RELEASED).filter(case__erased_at=None)

    def warnings(self, cases: Iterable[int]) -> dict[int, str]:
        """By case, for those of them with a request that is not answered yet: erasing would leave it without one."""
        found = self.open().filter(case__in=list(cases)).order_by("-due_on")
        said = found.values_list("case", "number", "due_on")
        return {
            case: f"Pack {number} is not released yet, due {short_date(due_on)}"
            for case, number, due_on in said
        }


class Pack(Owned):
    class Kind(models.TextChoices):
        SUBJECT = "subject", "Subject access request"
        INSPECTION = "inspection", "Inspection"

    class Status(models.TextChoices):
        REVIEW = "review", "Being reviewed"
        FINISHED = "finished", "Ready to release"
        RELEASED = "released", "Released"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    case = OwnedKey(Case, on_delete=models.CASCADE, related_name="packs")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=8, choices=Status, default=Status.REVIEW)
    parts = ArrayField(models.CharField(max_length=20))
    requested_on = models.DateField()
    due_on = models.DateField()
    content = models.TextField(editable=False)  # sealed: the blocks as they stood
    marks = models.TextField(blank=True, editable=False)  # sealed: what is withheld, and why
    document = models.TextField(blank=True, editable=False)  # sealed: the PDF
    digest = models.CharField(max_length=64, blank=True, editable=False)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    recipient = models.TextField(blank=True, editable=False)  # sealed
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = PackQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "case", "number"], name="pack_number"),
            models.CheckConstraint(
                condition=models.Q(status="review") | ~models.Q(digest=""), name="finished_pack_has_document"
            ),
        ]

    def __str__(self):
        return f"Pack {self.number} of {self.case.reference}"

    @property
    def parties(self):
        return [self.organisation]

    @property
    def said(self) -> dict:
        return json.loads(unseal(self.content)) if self.content else {}

    def say(self, said: dict) -> None:
        self.content = seal(json.dumps(said))

    @property
    def withheld(self) -> dict:
        """By part the sentences and reasons, under "words" what is blacked out wherever it stands."""
        return json.loads(unseal(self.marks)) if self.marks else {}

    def withhold(self, marks: dict) -> None:
        self.marks = seal(json.dumps(marks))

    def freeze(self, pdf: bytes) -> None:
        self.document = seal(base64.b64encode(zlib.compress(pdf)).decode())
        self.digest = hashlib.sha256(pdf).hexdigest()

    @property
    def pdf(self) -> bytes:
        return zlib.decompress(base64.b64decode(unseal(self.document)))

    def is_late(self, today: date) -> bool:
        return self.status != self.Status.RELEASED and self.due_on < today
