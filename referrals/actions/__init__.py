"""The verbs of the room, by noun."""

from referrals.actions.cases import add_case, case_called, edit_case, look, withdraw
from referrals.actions.disclosures import add_entry, look_at, open_disclosure
from referrals.actions.endings import end, recall, take_back
from referrals.actions.levels import change_level, correct_level
from referrals.actions.tokens import write_tokens

__all__ = [
    "add_case",
    "add_entry",
    "case_called",
    "change_level",
    "correct_level",
    "edit_case",
    "end",
    "look",
    "look_at",
    "open_disclosure",
    "recall",
    "take_back",
    "withdraw",
    "write_tokens",
]
