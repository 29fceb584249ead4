"""What guards a case's record: who may not look without saying why, and what may not be erased."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.vault import unseal
from boards.access import organisations_of
from boards.models import Organisation
from boards.owned import Owned, OwnedKey, OwnedQuerySet
from referrals.models.cases import Case, OfCaseQuerySet


class GuardQuerySet(OfCaseQuerySet):
    def standing(self):
        return self.filter(ended_at=None)


class Guard(Owned):
    """A restriction or a legal hold, from when to when, each with its reason. ``Case`` says which stand."""

    class Kind(models.TextChoices):
        RESTRICTION = "restriction", "Restricted"
        HOLD = "hold", "Legal hold"

    case = OwnedKey(Case, on_delete=models.CASCADE, related_name="guards")
    kind = models.CharField(max_length=11, choices=Kind)
    reason = models.TextField(editable=False)  # sealed
    began_at = models.DateTimeField()
    began_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    end_reason = models.TextField(blank=True, editable=False)  # sealed
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = GuardQuerySet.as_manager()

    class Meta:
        ordering = ["-began_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "case", "kind"], condition=Q(ended_at=None), name="one_standing_guard"
            )
        ]

    @property
    def why(self) -> str:
        return unseal(self.reason) if self.reason else ""

    @property
    def why_ended(self) -> str:
        return unseal(self.end_reason) if self.end_reason else ""


class ReasonToLook(Owned):
    """Why somebody opened a restricted case; the looks that follow name the usual reason, this the person's words."""

    case = OwnedKey(Case, on_delete=models.CASCADE, related_name="reasons_to_look")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    code = models.CharField(max_length=8)
    text = models.TextField(blank=True, editable=False)  # sealed
    given_at = models.DateTimeField()

    objects = OfCaseQuerySet.as_manager()

    @property
    def said(self) -> str:
        return unseal(self.text) if self.text else ""


class KeepingQuerySet(OwnedQuerySet):
    def for_user(self, user):
        return self.filter(organisation__in=list(organisations_of(user)))

    def proposed(self):
        return self.filter(outcome=Keeping.Outcome.ERASE, erased_at=None, refused_at=None)


class Keeping(Owned):
    """What was decided when a record was due for review: kept until a day, or erased. Erasing takes two people."""

    class Outcome(models.TextChoices):
        KEEP = "keep", "Keep"
        ERASE = "erase", "Erase"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    subject_id = models.BigIntegerField()
    reference = models.CharField(max_length=40)
    case = OwnedKey(Case, null=True, on_delete=models.CASCADE, related_name="keepings")
    outcome = models.CharField(max_length=5, choices=Outcome)
    keep_until = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True, editable=False)  # sealed
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = KeepingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "kind", "subject_id"],
                condition=Q(outcome="erase", erased_at=None, refused_at=None),
                name="one_proposal_to_erase",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("decided_by")), name="erased_by_two_people"
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(confirmed_by__isnull=False), name="erased_after_confirmation"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="keep") | Q(keep_until__isnull=False), name="kept_until_a_day"
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def parties(self):
        return [self.organisation]

    @property
    def why(self) -> str:
        return unseal(self.reason) if self.reason else ""
