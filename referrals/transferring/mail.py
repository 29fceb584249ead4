"""Letters about transfers: reference and state, nothing of the person."""

from datetime import date

from django.utils.timezone import localdate

from outbox import mail
from referrals.mail import readers
from referrals.models import Transfer


def tell_receiver(transfer: Transfer, *, today: date) -> None:
    waits = transfer.status == Transfer.Status.OFFERED
    first = (
        f"{transfer.organisation} offers you the transfer of a case. Sign in to read the hand-over."
        if waits
        else f"{transfer.organisation} has withdrawn the transfer of a case: nothing is left to do."
    )
    for held in readers(transfer.to_unit, transfer.to_unit.territory, today):
        _send(transfer, held.user, first, str(transfer.to_unit))


def tell_sender(transfer: Transfer) -> None:
    first = f"{transfer.to_unit} has answered your offer of a transfer. Sign in to read it."
    on = localdate(transfer.answered_at)
    for held in readers(transfer.organisation, transfer.territory, on, transfer.offered_by):
        _send(transfer, held.user, first, str(transfer.organisation))


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
