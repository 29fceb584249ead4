"""To whom letters of the room go."""

from datetime import date

from boards.directory import in_post
from boards.models import Appointment, Organisation, Territory
from boards.roles import Seat

SCREENERS = (Seat.ADMINISTRATOR, Seat.CO_ORDINATOR)
MANAGERS = (Seat.SPOC, Seat.REPRESENTATIVE)


def readers(organisation: Organisation, borough: Territory, on: date, first=None) -> list[Appointment]:
    """``first`` who holds a seat there still, else a MAPPA unit's screeners or an agency's managers."""
    held = list(in_post([organisation], on, borough))
    own = [each for each in held if first and each.user_id == first.pk]
    seats = SCREENERS if organisation.kind == Organisation.Kind.UNIT else MANAGERS
    return own[:1] or [each for each in held if each.seat in seats]
