"""The verbs of the room, by noun."""

from referrals.actions.cases import add_case, edit_case, look
from referrals.actions.levels import change_level, correct_level
from referrals.actions.tokens import write_tokens

__all__ = ["add_case", "change_level", "correct_level", "edit_case", "look", "write_tokens"]
