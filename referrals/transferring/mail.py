"""Letters about transfers: reference and state, nothing of the person."""

from datetime import date

from boards.directory import in_post
from outbox import mail
from referrals.models import Transfer
from referrals.referring.mail import SCREENERS


def tell_receiver(transfer: Transfer, *, today: date) -> None:
    waits = transfer.status == Transfer.Status.OFFERED
    first = (
        f"{transfer.organisation} offers you the transfer of a case. Sign in to read the hand-over."
        if waits
        else f"{transfer.organisation} has withdrawn the transfer of a case: nothing is left to do."
    )
    for held in in_post([transfer.to_unit], today, transfer.to_unit.territory, SCREENERS):
        _send(transfer, held.user, first, str(transfer.to_unit))


def tell_sender(transfer: Transfer) -> None:
    if transfer.offered_by is None:
        return
    first = f"{transfer.to_unit} has answered your offer of a transfer. Sign in to read it."
    _send(transfer, transfer.offered_by, first, str(transfer.organisation))


def _send(transfer: Transfer, to, first: str, organisation: str) -> None:
    state = transfer.get_status_display()
    mail.send(
        "transfer",
        to,
        {"first": first, "transfer": transfer, "state": state, "organisation": organisation},
        key=f"transfer:{transfer.pk}:{transfer.status}:{to.pk}",
        subject=f"MAPPA transfer {transfer.reference}, {transfer.territory}: {state}",
        territory=transfer.territory,
    )
