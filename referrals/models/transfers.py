"""A case handed to another borough: what is handed over stands sealed as it was on the day of the offer."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.vault import unseal
from boards.access import Grant, SharedQuerySet
from boards.models import Organisation
from boards.owned import Owned, OwnedKey
from referrals.models.cases import Case


class Transfer(Owned):
    """Owned by the borough that hands over, opened to the MAPPA unit that it is offered to."""

    class Status(models.TextChoices):
        OFFERED = "offered", "Offered"
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    outside = models.CharField(
        max_length=120, blank=True
    )  # the area or borough, where it is not on the portal
    case = OwnedKey(Case, related_name="transfers")
    reference = models.CharField(max_length=20)
    status = models.CharField(max_length=9, choices=Status, default=Status.OFFERED)
    reason = models.TextField(editable=False)  # sealed
    hand_over = models.TextField(editable=False)  # sealed: referrals.transferring.hand_over.HandOver
    answer = models.TextField(blank=True, editable=False)  # sealed: why not; of another area who accepted
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_on = models.DateField(null=True, blank=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        ordering = ["-offered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "reference"], name="transfer_reference"),
            models.UniqueConstraint(
                fields=["territory", "case"], condition=Q(status="offered"), name="one_offer_of_a_case"
            ),
            models.CheckConstraint(
                condition=Q(to_unit=None) ^ Q(outside=""), name="transfer_goes_to_one_place"
            ),
            models.CheckConstraint(
                condition=Q(status="offered", answered_at=None)
                | (~Q(status="offered") & Q(answered_at__isnull=False)),
                name="answered_transfer_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["refused", "withdrawn"]) | ~Q(answer=""),
                name="transfer_not_made_says_why",
            ),
            models.CheckConstraint(
                condition=Q(status="accepted", accepted_on__isnull=False)
                | (~Q(status="accepted") & Q(accepted_on=None)),
                name="accepted_transfer_has_day",
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def parties(self):
        return [self.organisation]

    @property
    def to(self) -> str:
        return str(self.to_unit.territory) if self.to_unit else self.outside

    @property
    def why(self) -> str:
        return unseal(self.reason)

    @property
    def answered(self) -> str:
        return unseal(self.answer) if self.answer else ""


class Receipt:
    """The receiving MAPPA unit's part of a transfer, for rules."""

    def __init__(self, transfer: Transfer):
        self.transfer = transfer
        self.parties = [transfer.to_unit] if transfer.to_unit else []
        self.territory_id = transfer.to_unit and transfer.to_unit.territory_id


class TransferGrant(Grant):
    """Opens one transfer to the MAPPA unit that it is offered to."""

    content_object = OwnedKey(Transfer, on_delete=models.CASCADE, related_name="grants")
