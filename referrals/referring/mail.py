"""Letters about referrals: reference and state, nothing of the person."""

from datetime import date

from django.utils.timezone import localdate

from boards.models import Appointment
from outbox import mail
from referrals.mail import readers
from referrals.models import Referral


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
    for held in _writers(referral, localdate(referral.decided_at)):
        _send(referral, held.user, first, "", str(referral.organisation))


def remind(referral: Referral, first: str, *, key: str, today: date) -> None:
    """To the referrer, and to the MAPPA unit from when it was sent."""
    told = {held.user_id: held for held in _writers(referral, today)}
    if referral.submitted_at:
        told |= {held.user_id: held for held in _screeners(referral, today)}
    for held in told.values():
        _send(referral, held.user, first, "", str(held.organisation), key=key)


def _screeners(referral: Referral, today: date) -> list[Appointment]:
    return readers(referral.unit, referral.territory, today)


def _writers(referral: Referral, today: date) -> list[Appointment]:
    return readers(referral.organisation, referral.territory, today, referral.started_by)


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
