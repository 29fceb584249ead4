"""A disclosure is opened once and never edited: what happened to it stands in entries that only ever grow in number."""

import hashlib
import json
import secrets
from datetime import date
from functools import cached_property

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from accounts.vault import seal, unseal
from boards.models import Organisation
from boards.owned import Owned, OwnedKey, OwnedQuerySet
from referrals.disclosing import ledger
from referrals.disclosing.terms import BASES, SCHEMES
from referrals.models.cases import Case, Registered, RegisteredQuerySet


class DisclosureQuerySet(RegisteredQuerySet):
    def review_due(self, today: date):
        return self.filter(review_on__lte=today)


class Disclosure(Registered):
    """Whether somebody was told about a case. What lists show and filter is kept beside the entries, by the fold."""

    class Status(models.TextChoices):
        REQUESTED = "requested", "Requested"
        PROPOSED = "proposed", "Awaiting decision"
        UNRATIFIED = "unratified", "Awaiting ratification"
        DECIDED = "decided", "To be carried out"
        REFUSED = "refused", "Not disclosed"
        REJECTED = "rejected", "Not ratified"
        TOLD = "told", "Carried out"
        OUTSIDE = "outside", "Made outside a meeting"
        SCHEME = "scheme", "With the police scheme"
        CLOSED = "closed", "Closed"

    case = OwnedKey(Case, related_name="disclosures")
    opened_on = models.DateField()
    status = models.CharField(max_length=10, choices=Status)
    scheme = models.CharField(max_length=5, choices=list(SCHEMES.items()), blank=True)
    circumstances = ArrayField(models.CharField(max_length=7), default=list)
    bases = ArrayField(models.CharField(max_length=8), default=list)
    roles = ArrayField(models.CharField(max_length=13), default=list)
    due_on = models.DateField(null=True, blank=True)  # the scheme's next step
    review_on = models.DateField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = DisclosureQuerySet.as_manager()

    class Meta(Registered.Meta):
        indexes = [models.Index(fields=["territory", "-opened_on", "-id"], name="disclosures_by_day")]

    @cached_property
    def recorded(self) -> list["DisclosureEntry"]:
        """Its entries in order, read once."""
        return list(self.entries.all())

    @cached_property
    def lines(self) -> list[ledger.Entry]:
        return [entry.line for entry in self.recorded]

    @cached_property
    def state(self) -> ledger.State:
        return ledger.fold(self.lines)

    def cache(self) -> None:
        """What lists show, from the entries as they stand."""
        for name in ("recorded", "lines", "state"):
            self.__dict__.pop(name, None)
        state = self.state
        source = state.proposal or state.opened
        self.status, self.scheme, self.review_on = state.status, state.scheme, state.review_on
        self.circumstances = list(state.opened.said.get("circumstances", ()))
        self.bases = [code for code in source.said.get("bases", ()) if code in BASES]
        self.roles = sorted({each["role"] for each in source.said.get("recipients", ())})
        self.due_on = state.next_clock.due_on if state.next_clock else None


class OfDisclosureQuerySet(OwnedQuerySet):
    def for_user(self, user):
        return self.filter(disclosure__in=Disclosure.objects.for_user(user))


class Changed(Exception):
    """The content of an entry is not what was recorded."""


class DisclosureEntry(Owned):
    """One thing that happened. The database refuses to change or delete it; only its seal may be made anew.

    ``digest`` is that of the content with a salt inside, and stands in the audit trail too.
    """

    KINDS = [
        ("request", "Request"),
        ("outside", "Disclosure made outside a meeting"),
        ("scheme", "Application under a police scheme"),
        ("proposal", "Proposal"),
        ("view", "View of an agency"),
        ("decision", "Decision"),
        ("ratification", "Answer of the panel to an emergency decision"),
        ("carried_out", "Carried out"),
        ("offender", "Whether the person was told"),
        ("outcome", "Outcome"),
        ("review", "Review"),
        ("step", "Step of the scheme"),
        ("heard", "What the panel said"),
        ("correction", "Correction"),
    ]

    disclosure = OwnedKey(Disclosure, related_name="entries")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=KINDS)
    happened_on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    content = models.TextField(editable=False)  # sealed
    digest = models.CharField(max_length=64, editable=False)

    objects = OfDisclosureQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "disclosure", "number"], name="disclosure_entry_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind="carried_out") | Q(organisation__isnull=False),
                name="told_by_an_organisation",
            ),
        ]

    @cached_property
    def said(self) -> dict:
        text = unseal(self.content)
        if hashlib.sha256(text.encode()).hexdigest() != self.digest:
            raise Changed(f"Entry {self.number} of a disclosure is not what was recorded")
        return json.loads(text)["said"]

    def say(self, said: dict) -> None:
        text = json.dumps(
            {"said": said, "salt": secrets.token_hex(16)}, sort_keys=True, cls=DjangoJSONEncoder
        )
        self.content, self.digest = seal(text), hashlib.sha256(text.encode()).hexdigest()

    @property
    def line(self) -> ledger.Entry:
        return ledger.Entry(self.number, self.kind, self.happened_on, self.by_id, self.said)


class RecipientToken(Owned):
    """One keyed word of a recipient's name; rotation of the key rebuilds them all (H4)."""

    entry = OwnedKey(DisclosureEntry, on_delete=models.CASCADE, related_name="tokens")
    token = models.CharField(max_length=64)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "token", "entry"], name="one_token_per_recipient")
        ]
