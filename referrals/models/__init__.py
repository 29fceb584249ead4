"""The person managed and the levels over time; what is found by blind index."""

from referrals.models.cases import Case, LevelPeriod, Registered, RegisteredQuerySet, Token
from referrals.models.disclosures import Disclosure, DisclosureEntry, RecipientToken

__all__ = [
    "Case",
    "Disclosure",
    "DisclosureEntry",
    "LevelPeriod",
    "RecipientToken",
    "Registered",
    "RegisteredQuerySet",
    "Token",
]
