"""Whose seats keep the mail of a unit."""

from django.core.exceptions import PermissionDenied

from boards.access import Seating, seats_with
from boards.models import Organisation


def mail_seats(user) -> list[Seating]:
    return [s for s in seats_with(user, "see_mail") if s.organisation.kind == Organisation.Kind.UNIT]


def require_mail(user) -> None:
    if not mail_seats(user):
        raise PermissionDenied(
            "Emails and jobs are looked after by administrators and co-ordinators of MAPPA units."
            " What became of an invitation stands on the page of the person’s appointment, for whoever appoints."
        )
