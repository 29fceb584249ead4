"""Letters about referrals: reference and state, nothing of the person."""

from datetime import date

from boards.directory import in_post
from boards.roles import Seat
from outbox import mail
from referrals.models import Referral

SCREENERS = (Seat.ADMINISTRATOR, Seat.CO_ORDINATOR)


def tell_unit(referral: Referral, *, today: date) -> None:
    waits = referral.status == Referral.Status.SUBMITTED
    first = (
        "A referral waits for your decision." if waits else "A referral was withdrawn: nothing is left to do."
    )
    for held in in_post([referral.unit], today, referral.territory, SCREENERS):
        _send(referral, held.user, first, "screen/" if waits else "", str(referral.unit))


def tell_referrer(referral: Referral) -> None:
    first = "The MAPPA unit has decided on your referral. Sign in to read why."
    if referral.status == Referral.Status.RETURNED:
        first = "The MAPPA unit wants more information. Sign in, add it and send the referral again."
    _send(referral, referral.started_by, first, "", str(referral.organisation))


def _send(referral: Referral, to, first: str, page: str, organisation: str) -> None:
    state = referral.get_outcome_display() or referral.get_status_display()
    mail.send(
        "referral",
        to,
        {"first": first, "referral": referral, "state": state, "page": page, "organisation": organisation},
        key=f"referral:{referral.pk}:{referral.revision}:{to.pk}",
        subject=f"MAPPA referral {referral.reference}, {referral.territory}: {state}",
        territory=referral.territory,
    )
