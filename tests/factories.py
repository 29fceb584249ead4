"""The world that tests live in: two areas, four boroughs, people named for their seats."""

from datetime import date

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts.models import User
from accounts.second_factor import give_totp
from boards.models import (
    Appointment,
    ApprovingBody,
    AreaSettings,
    Coverage,
    Organisation,
    OrganisationName,
    Territory,
)
from boards.roles import Seat
from boards.scope import everywhere, scope

PASSWORD = "seven quiet owls on a wall"
SINCE = date(2012, 1, 1)
BOROUGHS = {"camden": "CMD", "hackney": "HCK", "islington": "ISL"}


def territory(kind: str, code: str, name: str, parent: Territory | None = None) -> Territory:
    return Territory.objects.create(
        kind=kind, code=code, slug=name.lower().replace(" ", "-"), name=name, parent=parent
    )


def organisation(name: str, where: Territory, kind: str, covers=(), agency_type: str = "") -> Organisation:
    slug = name.lower().replace(" ", "-").replace("'", "")
    made = Organisation.objects.create(
        territory=where,
        kind=kind,
        agency_type=agency_type,
        slug=slug,
        name=name,
        group=Group.objects.create(name=slug),
    )
    OrganisationName.objects.create(organisation=made, name=name)
    Coverage.objects.bulk_create(Coverage(organisation=made, borough=b) for b in covers)
    return made


def person(seat_name: str, where: Organisation | None = None, seat: str = "", boroughs=()) -> User:
    """``hackney_board_chair`` is Hackney Board Chair, hackney_board_chair@example.org."""
    made = User.objects.create(
        email=f"{seat_name}@example.org", name=seat_name.replace("_", " ").title(), password=_password()
    )
    give_totp(made)
    if where:
        appoint(made, where, seat, boroughs)
    return made


def appoint(
    user: User, where: Organisation, seat: str, boroughs=(), ends_on: date | None = None
) -> Appointment:
    made = Appointment.objects.create(
        user=user, organisation=where, seat=seat, starts_on=SINCE, ends_on=ends_on
    )
    made.boroughs.set(boroughs)
    return made


def left(user: User) -> None:
    """Every seat of this person is over."""
    Appointment.objects.filter(user=user).update(ends_on=SINCE)


_hashes: list[str] = []


def _password() -> str:
    """Argon2 is slow on purpose: hash once for everybody."""
    if not _hashes:
        _hashes.append(make_password(PASSWORD))
    return _hashes[0]


def build_world() -> None:
    """Committed once per test database; each test rolls back to it."""
    Kind = Organisation.Kind
    territory("portal", "PTL", "Portal")
    london = territory("area", "LON", "London")
    boroughs = {slug: territory("borough", code, slug.title(), london) for slug, code in BOROUGHS.items()}
    yorkshire = territory("area", "WYK", "West Yorkshire")
    leeds = territory("borough", "LDS", "Leeds", yorkshire)

    smb = organisation("London SMB", london, Kind.SMB)
    scb = organisation("London SCB", london, Kind.REGIONAL_BOARD)
    chairs = organisation("London LSCB Chairs", london, Kind.REGIONAL_BOARD)
    office = organisation("London MAPPA Executive Office", london, Kind.UNIT, boroughs.values())
    police = organisation("Metropolitan Police", london, Kind.AGENCY, boroughs.values(), "POL")
    wy_office = organisation("West Yorkshire MAPPA Executive Office", yorkshire, Kind.UNIT, [leeds])
    wy_smb = organisation("West Yorkshire SMB", yorkshire, Kind.SMB)

    person("smb_chair", smb, Seat.CHAIR)
    person("smb_member", smb, Seat.MEMBER)
    person("scb_chair", scb, Seat.CHAIR)
    person("lscb_chairs_chair", chairs, Seat.CHAIR)
    person("co_ordinator", office, Seat.CO_ORDINATOR)
    person("office_administrator", office, Seat.ADMINISTRATOR)
    person("area_administrator", office, Seat.AREA_ADMINISTRATOR)
    person("auditor", office, Seat.AUDITOR)
    person("camden_police_spoc", police, Seat.SPOC, [boroughs["camden"]])
    person("leeds_co_ordinator", wy_office, Seat.CO_ORDINATOR)
    person("leeds_smb_chair", wy_smb, Seat.CHAIR)
    person("nobody")
    for slug, borough in [*boroughs.items(), ("leeds", leeds)]:
        _people_of(slug, borough)
    appoint(person("left_yesterday"), Organisation.objects.get(slug="camden-mappa-unit"), Seat.ADMINISTRATOR)

    named = everywhere()
    with scope(named.territories, named.areas):
        AreaSettings.objects.create(territory=london, board_term="LSCB", escalation_days=[2, 5, 10])
        AreaSettings.objects.create(territory=yorkshire, first_review_months=24, review_months=36)
        for position, (body, sees) in enumerate(
            [(scb, "shared"), (chairs, "whole"), (smb, "whole")], start=1
        ):
            ApprovingBody.objects.create(territory=london, organisation=body, position=position, sees=sees)


def _people_of(slug: str, borough: Territory) -> None:
    Kind = Organisation.Kind
    unit = organisation(f"{borough} MAPPA Unit", borough, Kind.UNIT, [borough])
    board = organisation(f"{borough} LSCB", borough, Kind.BOARD, [borough])
    csc = organisation(f"{borough} Children's Services", borough, Kind.AGENCY, [borough], "CSC")
    organisation(f"{borough} Youth Justice Service", borough, Kind.AGENCY, [borough], "YOT")
    organisation(f"{borough} Adult Social Care", borough, Kind.AGENCY, [borough], "ASC")
    person(f"{slug}_administrator", unit, Seat.ADMINISTRATOR)
    person(f"{slug}_mappa_chair", unit, Seat.CHAIR)
    person(f"{slug}_board_chair", board, Seat.CHAIR)
    person(f"{slug}_business_manager", board, Seat.BUSINESS_MANAGER)
    person(f"{slug}_csc_spoc", csc, Seat.SPOC)
