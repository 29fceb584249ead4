"""Out-of-area check: Children's Services ask whether a person is managed in another area, through the MAPPA unit."""

import json

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.vault import seal, unseal
from boards.access import Grant
from boards.models import Organisation
from boards.owned import Owned, OwnedKey
from referrals.models.referrals import WrittenQuerySet

CONDITIONS = [
    ("police_check", "A police check that suggests MAPPA"),
    ("child_at_risk", "Grounds to think that a child is at risk"),
    ("family_work", "Current work with a family in contact"),
]


class CheckQuerySet(WrittenQuerySet):
    sent = "endorsed_at"


class OutOfAreaCheck(Owned):
    """Who is asked about and why stands sealed; state, place and days are plain. ``organisation`` asks."""

    class Status(models.TextChoices):
        ASKED = "asked", "Waits for the manager"
        ENDORSED = "endorsed", "With the MAPPA unit"
        PASSED_ON = "passed_on", "Passed on"
        REFUSED = "refused", "Refused"
        ANSWERED = "answered", "Answered"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Answer(models.TextChoices):
        MANAGED = "managed", "Managed there"
        NOT_KNOWN = "not_known", "Not known there"
        NONE = "none", "No answer"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=20)
    place = models.CharField("area or borough to ask", max_length=120)
    status = models.CharField(max_length=9, choices=Status, default=Status.ASKED)
    missing = models.CharField("condition that is missing", max_length=13, choices=CONDITIONS, blank=True)
    answer = models.CharField(max_length=9, choices=Answer, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    endorsed_at = models.DateTimeField(null=True, blank=True)
    endorsed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    content = models.TextField(
        editable=False
    )  # sealed: the person, the conditions, what was said of each step

    objects = CheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "reference"], name="out_of_area_reference"),
            models.CheckConstraint(
                condition=Q(endorsed_by=None) | ~Q(endorsed_by=F("asked_by")),
                name="out_of_area_endorsed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["asked", "withdrawn"]) | Q(endorsed_at__isnull=False),
                name="out_of_area_needs_manager",
            ),
        ]
        indexes = [models.Index(fields=["territory", "-asked_at", "-id"], name="out_of_area_by_day")]

    def __str__(self):
        return self.reference

    @property
    def parties(self):
        return [self.organisation]

    @property
    def said(self) -> dict[str, str]:
        return json.loads(unseal(self.content))

    def say(self, **more: str) -> None:
        self.content = seal(json.dumps({**(self.said if self.content else {}), **more}))


class OfUnit:
    """The MAPPA unit's part of it, for rules: from when the manager has endorsed it."""

    def __init__(self, check: OutOfAreaCheck):
        self.check = check
        self.parties = [check.unit] if check.endorsed_at else []
        self.territory_id = check.territory_id


class OutOfAreaGrant(Grant):
    """Opens one check to the borough's MAPPA unit; endorsing writes the grant."""

    content_object = OwnedKey(OutOfAreaCheck, on_delete=models.CASCADE, related_name="grants")
