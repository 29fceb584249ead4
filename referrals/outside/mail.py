"""Letters about out-of-area checks: reference and state, nothing of the person."""

from django.utils.timezone import localdate

from boards.directory import in_post
from boards.roles import Seat
from outbox import mail
from referrals.models import OutOfAreaCheck

MANAGERS = (Seat.SPOC, Seat.REPRESENTATIVE)
SCREENERS = (Seat.ADMINISTRATOR, Seat.CO_ORDINATOR)


def tell_managers(check: OutOfAreaCheck, at) -> None:
    held = in_post([check.organisation], localdate(at), check.territory, MANAGERS)
    for to in {each.user for each in held} - {check.asked_by}:
        _send(check, to, "An out-of-area check waits for your endorsement.", str(check.organisation))


def tell_unit(check: OutOfAreaCheck, at) -> None:
    for each in in_post([check.unit], localdate(at), check.territory, SCREENERS):
        _send(check, each.user, "An out-of-area check waits for your decision.", str(check.unit))


def tell_asker(check: OutOfAreaCheck) -> None:
    first = "There is news of your out-of-area check. Sign in to read it."
    _send(check, check.asked_by, first, str(check.organisation))


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
