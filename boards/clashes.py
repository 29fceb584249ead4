"""Seats whose holders sign, and what an appointment to one would run into."""

from datetime import date

from django.db.models import QuerySet

from boards.directory import appointments_in
from boards.models import Appointment, AreaSettings, Organisation
from boards.roles import SEATS

Kind = Organisation.Kind
SIGNING = [seat for seat, verbs in SEATS.items() if "sign_protocol" in verbs]


def others_who_sign(organisation: Organisation, *, seat: str, email: str, starts_on: date) -> QuerySet:
    """Other people in the same signing seat on that day or later."""
    if seat not in SIGNING:
        return Appointment.objects.none()
    held = organisation.appointments.filter(seat=seat, user__is_active=True).exclude(ends_on__lt=starts_on)
    return held.exclude(user__email__iexact=email.strip()).select_related("user")


def other_party_of(
    organisation: Organisation, settings: AreaSettings, *, seat: str, email: str, starts_on: date
) -> Appointment | None:
    """The person's seat for the other party of a borough's protocol: one person signs for one of them."""
    mappa = Kind.SMB if settings.mappa_signatory == AreaSettings.MappaSignatory.SMB else Kind.UNIT
    other = {mappa: Kind.BOARD, Kind.BOARD: mappa}.get(Kind(organisation.kind))
    if other is None or seat not in SIGNING:
        return None
    held = appointments_in(settings.territory).filter(seat=seat, organisation__kind=other)
    if mappa == Kind.UNIT:
        held = held.filter(organisation__coverage__borough__in=organisation.boroughs.all())
    return held.filter(user__email__iexact=email.strip()).exclude(ends_on__lt=starts_on).first()
