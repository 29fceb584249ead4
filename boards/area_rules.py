"""Who may see and change how an area works, and which seats an organisation has."""

from django.utils.timezone import localdate

from boards.models import Organisation
from boards.roles import Seat
from boards.rules import Rule, RuleBook

ENDED = "This appointment has ended."

AREA_RULES = RuleBook(
    see=Rule("read_audit"),
    set_up=Rule("set_up_area"),
)

ORGANISATION_RULES = RuleBook(
    rename=Rule("set_up_area"),
    cover=Rule(
        "set_up_area",
        lambda o: o.kind not in Organisation.AREA_BOARDS,
        "This board looks across the area and covers no borough of its own.",
    ),
    appoint=Rule("set_up_area"),
    set_grades=Rule(
        "set_up_area",
        lambda o: o.kind == Organisation.Kind.AGENCY,
        "Lowest grades are set for agencies only.",
    ),
    set_reach=Rule(
        "set_up_area",
        lambda o: o.kind == Organisation.Kind.UNIT,
        "Telephone number and email address are those of a MAPPA unit.",
    ),
)

APPOINTMENT_RULES = RuleBook(
    change=Rule("set_up_area", lambda a: not a.has_ended(localdate()), ENDED),
    end=Rule("set_up_area", lambda a: not a.has_ended(localdate()), ENDED),
    withdraw=Rule(
        "set_up_area",
        lambda a: a.starts_on >= localdate(),
        "This appointment has begun on an earlier day. Give it a last day instead.",
    ),
    confirm=Rule("set_up_area", lambda a: not a.has_ended(localdate()), ENDED),
)

_BOARD = (Seat.CHAIR, Seat.BUSINESS_MANAGER, Seat.MEMBER)
_AREA_UNIT = (
    Seat.CO_ORDINATOR,
    Seat.ADMINISTRATOR,
    Seat.BUSINESS_MANAGER,
    Seat.AREA_ADMINISTRATOR,
    Seat.AUDITOR,
)
_SEATS = {
    Organisation.Kind.SMB: (*_BOARD, Seat.CO_ORDINATOR),
    Organisation.Kind.REGIONAL_BOARD: (*_BOARD, Seat.REPRESENTATIVE, Seat.SUBSTITUTE),
    Organisation.Kind.BOARD: (*_BOARD, Seat.REPRESENTATIVE, Seat.SUBSTITUTE),
    Organisation.Kind.AGENCY: (Seat.SPOC, Seat.REPRESENTATIVE, Seat.SUBSTITUTE, Seat.REFERRER),
    Organisation.Kind.UNIT: (Seat.CHAIR, Seat.CO_ORDINATOR, Seat.ADMINISTRATOR, Seat.AUDITOR),
}


def seats_in(organisation: Organisation) -> tuple[str, ...]:
    """Whoever sets up areas sits in an executive office, never in a borough's unit."""
    is_office = organisation.kind == Organisation.Kind.UNIT and organisation.is_area_seat
    return _AREA_UNIT if is_office else _SEATS[Organisation.Kind(organisation.kind)]
