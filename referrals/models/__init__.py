"""The person managed and the levels over time; what is found by blind index."""

from referrals.models.cases import Case, LevelPeriod, Registered, RegisteredQuerySet, Token

__all__ = ["Case", "LevelPeriod", "Registered", "RegisteredQuerySet", "Token"]
