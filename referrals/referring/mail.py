"""Letters about referrals: reference and state, nothing of the person."""

from datetime import date

from boards.directory import in_post
from boards.models import Appointment
from boards.roles import Seat
from outbox import mail
from referrals.models import Referral

SCREENERS = (Seat.ADMINISTRATOR, Seat.CO_ORDINATOR)
MANAGERS = (Seat.SPOC, Seat.REPRESENTATIVE)


def tell_unit(referral: Referral, *, today: date) -> None:
    waits = referral.status == Referral.Status.SUBMITTED
    first = (
        "A referral waits for your decision." if waits else "A referral was withdrawn: nothing is left to do."
    )
    for held in _screeners(referral, today):
        _send(referral, held.user, first, "screen/" if waits else "", str(referral.unit))


def tell_referrer(referral: Referral) -> None:
    first = "The MAPPA unit has decided on your referral. Sign in to read why."
    if referral.status == Referral.Status.RETURNED:
        first = "The MAPPA unit wants more information. Sign in, add it and send the referral again."
    _send(referral, referral.started_by, first, "", str(referral.organisation))


def remind(referral: Referral, first: str, *, key: str, today: date) -> None:
    """To the referrer, and to the MAPPA unit from when it was sent."""
    told = {held.user_id: held for held in _writers(referral, today)}
    if referral.submitted_at:
        told |= {held.user_id: held for held in _screeners(referral, today)}
    for held in told.values():
        _send(referral, held.user, first, "", str(held.organisation), key=key)


def _screeners(referral: Referral, today: date) -> list[Appointment]:
    return list(in_post([referral.unit], today, referral.territory, SCREENERS))


def _writers(referral: Referral, today: date) -> list[Appointment]:
    """Whoever started it, or the managers of the agency if that person has left."""
    held = list(in_post([referral.organisation], today, referral.territory))
    own = [each for each in held if each.user_id == referral.started_by_id]
    return own or [each for each in held if each.seat in MANAGERS]


def _send(referral: Referral, to, first: str, page: str, organisation: str, *, key: str = "") -> None:
    state = referral.get_outcome_display() or referral.get_status_display()
    mail.send(
        "referral",
        to,
        {"first": first, "referral": referral, "state": state, "page": page, "organisation": organisation},
        key=f"referral:{referral.pk}:{key or referral.revision}:{to.pk}",
        subject=f"MAPPA referral {referral.reference}, {referral.territory}: {state}",
        territory=referral.territory,
    )
