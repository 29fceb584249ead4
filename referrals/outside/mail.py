"""Letters about out-of-area checks: reference and state, nothing of the person."""

from django.utils.timezone import localdate

from outbox import mail
from referrals.mail import readers
from referrals.models import OutOfAreaCheck


def tell_managers(check: OutOfAreaCheck, at) -> None:
    held = readers(check.organisation, check.territory, localdate(at))
    for to in {each.user for each in held} - {check.asked_by}:
        _send(check, to, "An out-of-area check waits for your endorsement.", str(check.organisation))


def tell_unit(check: OutOfAreaCheck, at) -> None:
    waits = check.status == OutOfAreaCheck.Status.ENDORSED
    first = "waits for your decision." if waits else "was withdrawn: nothing is left to do."
    for held in readers(check.unit, check.territory, localdate(at)):
        _send(check, held.user, f"An out-of-area check {first}", str(check.unit))


def tell_asker(check: OutOfAreaCheck, at) -> None:
    first = "There is news of your out-of-area check. Sign in to read it."
    for held in readers(check.organisation, check.territory, localdate(at), check.asked_by):
        _send(check, held.user, first, str(check.organisation))


def _send(check: OutOfAreaCheck, to, first: str, organisation: str) -> None:
    state = check.get_status_display()
    mail.send(
        "out_of_area",
        to,
        {"first": first, "check": check, "state": state, "organisation": organisation},
        key=f"out_of_area:{check.pk}:{check.status}:{to.pk}",
        subject=f"Out-of-area check {check.reference}, {check.territory}: {state}",
        territory=check.territory,
    )
