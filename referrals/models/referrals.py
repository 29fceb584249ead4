"""A referral (MAPPA A): its state is plain, because figures need it; whatever it says of a person stands sealed."""

import json
from datetime import date, datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, TruncDate

from accounts.vault import seal, unseal
from boards.access import Grant, SharedQuerySet, seats_with
from boards.models import Organisation
from boards.owned import Owned, OwnedKey, OwnedQuerySet
from referrals.models.cases import Case
from referrals.referring.steps import STEPS


class WrittenQuerySet(SharedQuerySet):
    """Of what an ``organisation`` writes and a MAPPA ``unit`` reads from the moment ``sent`` on."""

    sent = ""

    def read_by(self, user):
        """Those whose page opens: of the organisations, and in the boroughs, for which the person refers or screens."""
        mine = Q(pk__in=[])
        parts = {"refer": ("organisation", {}), "screen_referral": ("unit", {f"{self.sent}__isnull": False})}
        for verb, (part, moment) in parts.items():
            for seating in seats_with(user, verb):
                there = {} if seating.only is None else {"territory__in": seating.only}
                mine |= Q(**{part: seating.organisation}, **moment, **there)
        return self.for_user(user).filter(mine)


class ReferralQuerySet(WrittenQuerySet):
    sent = "submitted_at"

    def listed(self):
        """With ``since``, the day from which it waits, and what the meetings know: ``on``, ``heard_on``."""
        from referrals import rooms

        waits = Coalesce("decided_at", "submitted_at", "started_at")
        return rooms.with_meetings(self.annotate(since=TruncDate(waits)))

    def overdue(self, today: date):
        """Of listed ones: the level was not set in time before a release, or no meeting has heard it in time."""
        undecided = Q(status__in=Referral.UNDECIDED, decide_by__lt=today)
        return self.filter(undecided | Q(status="accepted", heard_on=None, hear_by__lt=today))


class Referral(Owned):
    """``organisation`` writes it, ``agency`` refers; they differ when the MAPPA unit enters an agency's paper form."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        ENDORSED = "endorsed", "Endorsed"
        SUBMITTED = "submitted", "Sent"
        RETURNED = "returned", "More information wanted"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Outcome(models.TextChoices):
        LEVEL_2 = "level_2", "Accepted at Level 2"
        LEVEL_3 = "level_3", "Accepted at Level 3"
        LEVEL_1 = "level_1", "Level 1 is enough"
        MORE = "more", "More information wanted"
        DECLINED = "declined", "Declined"

    class Known(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        UNKNOWN = "unknown", "Not known"

    WRITABLE, UNDECIDED = tuple(STEPS["fill"]), tuple(STEPS["withdraw"])

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=20)
    form = models.CharField(max_length=20)
    edition = models.CharField(max_length=20)
    level_asked = models.PositiveSmallIntegerField(choices=[(2, "Level 2"), (3, "Level 3")])
    category = models.PositiveSmallIntegerField(choices=Case.Category, null=True, blank=True)
    under_18 = models.CharField(max_length=7, choices=Known, blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    reason = models.TextField(blank=True, editable=False)  # sealed: of the decision
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    endorsed_at = models.DateTimeField(null=True, blank=True)
    endorsed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    first_submitted_at = models.DateTimeField(null=True, blank=True, editable=False)  # by which figures count
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    decide_by = models.DateField("level to be set by", null=True, blank=True)
    hear_by = models.DateField("first meeting by", null=True, blank=True)
    case = OwnedKey(Case, null=True, blank=True, related_name="referrals")
    case_is_new = models.BooleanField(default=False)
    level_before = models.PositiveSmallIntegerField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "reference"], name="referral_reference"),
            models.CheckConstraint(
                condition=Q(status="accepted", case__isnull=False) | (~Q(status="accepted") & Q(case=None)),
                name="accepted_referral_has_case",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["accepted", "declined", "returned"]) | ~Q(reason=""),
                name="decision_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(endorsed_by=F("started_by")) | ~Q(agency=F("organisation")),
                name="endorsed_by_another_person",
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def parties(self):
        return [self.organisation]

    @property
    def is_on_paper(self) -> bool:
        """The MAPPA unit enters what an agency gave it on paper."""
        return self.agency_id != self.organisation_id

    @property
    def why(self) -> str:
        return unseal(self.reason) if self.reason else ""

    def days_waiting(self, today: date) -> int | None:
        """Of a listed one; None once it is decided."""
        return (today - self.since).days if self.status in self.UNDECIDED else None


class Screening:
    """The MAPPA unit's part of a referral, for rules: from when it is sent."""

    def __init__(self, referral: Referral):
        self.referral = referral
        self.parties = [referral.unit] if referral.submitted_at else []
        self.territory_id = referral.territory_id


class ReferralGrant(Grant):
    """Opens one referral to the borough's MAPPA unit; sending it writes the grant."""

    content_object = OwnedKey(Referral, on_delete=models.CASCADE, related_name="grants")


class OfReferralQuerySet(OwnedQuerySet):
    def for_user(self, user):
        return self.filter(referral__in=Referral.objects.for_user(user))


class ReferralSection(Owned):
    """The answers of one section of Form A, sealed; it is one person's at a time."""

    referral = OwnedKey(Referral, on_delete=models.CASCADE, related_name="sections")
    number = models.PositiveSmallIntegerField()
    content = models.TextField(blank=True, editable=False)  # sealed JSON
    is_done = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True)
    writers = ArrayField(
        models.BigIntegerField(), default=list, editable=False
    )  # of whom each changed something

    objects = OfReferralQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "referral", "number"], name="one_referral_section")
        ]

    @property
    def answers(self) -> dict:
        return json.loads(unseal(self.content)) if self.content else {}

    def keep(self, answers: dict, *, is_done: bool, by, at: datetime) -> list[str]:
        """Which answers changed; who saves what stood there has written nothing."""
        before = self.answers
        changed = sorted(key for key in {*before, *answers} if before.get(key) != answers.get(key))
        if changed and by:
            self.writers = sorted({*self.writers, by.pk})
        self.content, self.is_done, self.edited_at = seal(json.dumps(answers)), is_done, at
        self.revision += 1
        self.save()
        return changed
