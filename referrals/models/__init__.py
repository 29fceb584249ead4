"""The person managed and the levels over time; what is found by blind index; how a case comes in."""

from referrals.models.addresses import Address
from referrals.models.attachments import ReferralAttachment
from referrals.models.cases import Case, LevelPeriod, Registered, RegisteredQuerySet, Token
from referrals.models.disclosures import Disclosure, DisclosureEntry, RecipientToken
from referrals.models.figures import ReferralRelease
from referrals.models.outside import OfUnit, OutOfAreaCheck, OutOfAreaGrant
from referrals.models.packs import Pack
from referrals.models.records import Guard, Keeping, ReasonToLook
from referrals.models.referrals import Referral, ReferralGrant, ReferralSection, Screening
from referrals.models.transfers import Receipt, Transfer, TransferGrant

__all__ = [
    "Address",
    "Case",
    "Disclosure",
    "DisclosureEntry",
    "Guard",
    "Keeping",
    "LevelPeriod",
    "OfUnit",
    "OutOfAreaCheck",
    "OutOfAreaGrant",
    "Pack",
    "ReasonToLook",
    "Receipt",
    "RecipientToken",
    "Referral",
    "ReferralAttachment",
    "ReferralGrant",
    "ReferralRelease",
    "ReferralSection",
    "Registered",
    "RegisteredQuerySet",
    "Screening",
    "Token",
    "Transfer",
    "TransferGrant",
]
