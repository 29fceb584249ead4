"""Whose seats keep the mail of a unit."""

from django.core.exceptions import PermissionDenied

from boards.access import seats_of
from boards.models import Organisation
from boards.roles import SEATS


def keeps_mail(user) -> bool:
    return any(
        "see_mail" in SEATS[s.seat] and s.organisation.kind == Organisation.Kind.UNIT for s in seats_of(user)
    )


def require_mail(user) -> None:
    if not keeps_mail(user):
        raise PermissionDenied(
            "Emails and jobs are looked after by administrators and co-ordinators of MAPPA units."
        )
