"""The verbs of the room, by noun."""

from referrals.actions.cases import add_case, case_called, edit_case, look, withdraw
from referrals.actions.levels import change_level, correct_level
from referrals.actions.tokens import write_tokens

__all__ = [
    "add_case",
    "case_called",
    "change_level",
    "correct_level",
    "edit_case",
    "look",
    "withdraw",
    "write_tokens",
]
