"""The verbs of the room, by noun."""

from referrals.actions.tokens import write_tokens

__all__ = ["write_tokens"]
