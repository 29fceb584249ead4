"""Who may do what to a transfer: the borough that hands over, and the one that it is offered to."""

from boards.rules import Rule, RuleBook
from mappa_portal.words import clock, lower_first
from referrals.models import Receipt, Transfer


def _is_open(transfer: Transfer) -> bool:
    return transfer.status == Transfer.Status.OFFERED


def _answered(transfer: Transfer) -> str:
    who = transfer.answered_by.name if transfer.answered_by else "The portal"
    state = lower_first(transfer.get_status_display())
    return f"{who} answered at {clock(transfer.answered_at)}: this transfer is {state}."


def _received(receipt: Receipt) -> str:
    return _answered(receipt.transfer)


def _waits(receipt: Receipt) -> bool:
    return _is_open(receipt.transfer)


TRANSFER_RULES = RuleBook(
    see=Rule("record_meeting"),
    withdraw=Rule("record_meeting", _is_open, _answered),
)
RECEIPT_RULES = RuleBook(
    see=Rule("record_meeting"),
    accept=Rule("record_meeting", _waits, _received),
    refuse=Rule("record_meeting", _waits, _received),
)


def allowed(user, transfer: Transfer) -> set[str]:
    """From both sides; ``see`` is in it for whoever may read it."""
    return TRANSFER_RULES.allowed(user, transfer) | RECEIPT_RULES.allowed(user, Receipt(transfer))
