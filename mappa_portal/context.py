"""What every page needs to know about the person who looks at it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localdate

from boards.access import Seating, areas_of, seats_of
from boards.agencies import AGENCY_TYPES
from boards.models import Appointment, Organisation
from boards.roles import SEATS, Seat
from boards.switcher import switcher
from mappa_portal.words import OFFICIAL, OFFICIAL_SENSITIVE

APART = {Seat.SPOC, Seat.REFERRER}
Offer = Callable[[Seating], bool]


def anyone(seating: Seating) -> bool:
    return True


def party(seating: Seating) -> bool:
    """Works with agreements, or looks after those who do."""
    return seating.seat not in APART


def measured(seating: Seating) -> bool:
    """Agencies with a duty to co-operate read their own figures."""
    kind = AGENCY_TYPES.get(seating.organisation.agency_type)
    return party(seating) or bool(kind and not kind.responsible_authority and seating.seat == Seat.SPOC)


def local_or_across(seating: Seating) -> bool:
    return bool(seating.boroughs) or seating.organisation.is_area_seat


def unit_with(verb: str) -> Offer:
    """In a MAPPA unit or an executive office, in a seat that allows it."""
    return lambda s: s.organisation.kind == Organisation.Kind.UNIT and verb in SEATS[s.seat]


def borough_unit_with(verb: str) -> Offer:
    return lambda s: not s.organisation.is_area_seat and unit_with(verb)(s)


def office_with(verb: str) -> Offer:
    return lambda s: s.organisation.is_area_seat and unit_with(verb)(s)


def records_meetings_or_answers(seating: Seating) -> bool:
    """A borough's MAPPA unit, and whoever answers for an agency."""
    return borough_unit_with("record_meeting")(seating) or answers_for_agency(seating)


def answers_for_agency(seating: Seating) -> bool:
    return (
        seating.organisation.kind == Organisation.Kind.AGENCY and "answer_for_agency" in SEATS[seating.seat]
    )


def refers_or_screens(seating: Seating) -> bool:
    is_agency = seating.organisation.kind == Organisation.Kind.AGENCY
    return borough_unit_with("screen_referral")(seating) or (is_agency and "refer" in SEATS[seating.seat])


def keeps_cases_alone(seating: Seating) -> bool:
    """For the others of a MAPPA unit, referrals lead to the cases."""
    return borough_unit_with("record_meeting")(seating) and "screen_referral" not in SEATS[seating.seat]


def returns(seating: Seating) -> bool:
    """Fills returns in, is given them, or looks across an area; who sets an area up finds them on the home page."""
    if seating.organisation.is_area_seat:
        return "read_audit" not in SEATS[seating.seat]
    return party(seating) and bool(SEATS[seating.seat] & {"fill_return", "review_return"})


def across(seating: Seating) -> bool:
    """Looks across an area: SMB, regional boards, the executive office."""
    return seating.organisation.is_area_seat


NAVIGATION = (  # label, URL name, who is offered it; six at most for any seat
    ("Home", "home", anyone),
    ("Region", "meetings:region", across),
    ("Meetings", "meetings:list", records_meetings_or_answers),
    ("Referrals", "referral:list", refers_or_screens),
    ("Cases", "referrals:list", keeps_cases_alone),
    ("Protocols", "protocols:list", party),
    ("Performance", "meetings:performance", measured),
    ("Data returns", "data_returns:list", returns),
    ("Escalations", "meetings:escalations", office_with("record_meeting")),
    ("Area", "boards:area", office_with("read_audit")),
    ("Audit", "audit:list", unit_with("read_audit")),
)
REGISTERS = (
    ("Boroughs", "boards:borough_list", local_or_across),
    ("Boards", "boards:board_list", party),
    ("Cases", "referrals:list", borough_unit_with("screen_referral")),
    ("Follow-ups", "meetings:follow_ups", borough_unit_with("record_meeting")),
    ("Escalations", "meetings:escalations", lambda s: s.organisation.is_area_seat),
    ("Disclosures", "disclosures:list", borough_unit_with("record_disclosure")),
    ("Contacts of agencies", "meetings:contacts", borough_unit_with("record_meeting")),
    ("Actions", "meetings:actions", records_meetings_or_answers),
    ("Cases to check", "meetings:notifications", answers_for_agency),
    ("Data returns", "data_returns:list", office_with("read_audit")),
    ("Review calendar", "protocols:reviews", party),
    ("Protocol templates", "protocols:templates", unit_with("manage_templates")),
    ("Emails and jobs", "outbox:list", unit_with("see_mail")),
    ("Check a signed document", "documents:verify_start", anyone),
)


@dataclass(frozen=True)
class NavigationLink:
    label: str
    url: str
    here: bool


def portal(request) -> dict:
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    seats = seats_of(user)
    return {
        "signed_in": signed_in,
        "marking": OFFICIAL_SENSITIVE if signed_in else OFFICIAL,
        "area_name": area_name(user),
        "navigation": navigation(seats, request.path) if signed_in else [],
        "switcher": switcher(request) if signed_in else None,
        "registers": partial(registers, seats),
        "administrators": partial(administrators, user),
        "hands_out_seats": any(s.seat == Seat.AREA_ADMINISTRATOR for s in seats),
        "help_contact": settings.HELP_CONTACT,
        "build": settings.BUILD,
        "demo": settings.DEMO,
    }


def area_name(user) -> str:
    areas = areas_of(user)
    return f"{areas.pop()} MAPPA" if len(areas) == 1 else ""


def navigation(seats, path: str) -> list[NavigationLink]:
    return [NavigationLink(label, url, _is_here(url, path)) for label, url in _offered(NAVIGATION, seats)]


def registers(seats) -> list[tuple[str, str]]:
    """What stands outside the navigation; the home page links it."""
    return list(_offered(REGISTERS, seats))


def _offered(links, seats) -> Iterator[tuple[str, str]]:
    return ((label, reverse(name)) for label, name, is_for in links if any(map(is_for, seats)))


def _is_here(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)


def administrators(user) -> list[str]:
    """Names of the others who hand out seats in this person's area: whom to ask when something is refused."""
    held = Appointment.objects.current(localdate()).filter(
        seat=Seat.AREA_ADMINISTRATOR, organisation__territory__in=areas_of(user), user__is_active=True
    )
    return sorted(set(held.exclude(user=user).values_list("user__name", flat=True)))
