"""Where the person of a case lives and lived; which borough that is decides whose case it is."""

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import F, Q

from accounts.vault import seal, unseal
from boards.models import Territory
from boards.owned import Owned, OwnedKey
from referrals.models.cases import Case, OfCaseQuerySet


class Address(Owned):
    """One address at a time, last day included. Without a first day it held since before anybody wrote it down."""

    class Kind(models.TextChoices):
        HOME = "home", "Home"
        APPROVED = "approved", "Approved premises"
        PLACEMENT = "placement", "Placement of a looked-after young person"
        LINKS = "links", "No fixed abode: closest links"
        HOSPITAL = "hospital", "Hospital"
        CUSTODY = "custody", "Custody"

    AWAY = (Kind.HOSPITAL, Kind.CUSTODY)  # decide no borough

    case = OwnedKey(Case, on_delete=models.CASCADE, related_name="addresses")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=9, choices=Kind)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    borough = models.ForeignKey(Territory, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(blank=True)  # sealed
    elsewhere = models.TextField(blank=True)  # sealed: the place, where it is not on the portal

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = [F("starts_on").desc(nulls_last=True), "-number"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "case", "number"], name="one_address_of_number"),
            models.UniqueConstraint(
                fields=["territory", "case"], condition=Q(ends_on=None), name="one_present_address"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="address_ends_after_start",
            ),
        ]

    @property
    def first(self) -> date:
        return self.starts_on or date.min

    @property
    def last(self) -> date:
        return self.ends_on or date.max

    @property
    def lines(self) -> str:
        return unseal(self.text) if self.text else ""

    @property
    def place(self) -> str:
        """The borough, or where else."""
        return self.borough.name if self.borough else unseal(self.elsewhere) if self.elsewhere else ""

    def say(self, text: str, elsewhere: str) -> None:
        self.text, self.elsewhere = (seal(said) if said else "" for said in (text, elsewhere))

    @property
    def leads_away(self) -> bool:
        """Lived at, and in another borough than that which keeps the case."""
        elsewhere = self.elsewhere or self.borough_id not in (None, self.territory_id)
        return bool(elsewhere) and self.kind not in self.AWAY


def present(addresses: Iterable[Address], today: date) -> Address | None:
    return next((a for a in addresses if a.first <= today <= a.last), None)
