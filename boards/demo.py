"""Demonstration people: invented names, addresses at example domains, the same ones each time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.models import User
from accounts.second_factor import give_totp
from audit.events import record
from boards import areas
from boards.areas.facts import AreaFacts
from boards.dates import add_months
from boards.models import Appointment, Organisation, Territory
from boards.owned import Owned
from boards.roles import Seat
from boards.scope import everywhere, scope

# Good only with DEMO=1, which runs on loopback names.
PASSWORD = "three calm herons by the lock"  # nosec B105
MADE_BY_LOAD_AREA = {
    "boards.AreaSettings",
    "boards.ApprovingBody",
    "audit.Draft",
    "audit.Event",
    "audit.Change",
}
FULLY_STAFFED = ("camden", "islington", "hackney")
OVERDUE_EVERY = 19  # so many have one whom nobody has confirmed in time

FIRST = (
    "Amara Bronwen Callum Deepa Emeka Farah Gareth Halima Imogen Jamal Keziah Lorcan Meera Niall Oluwaseun "
    "Priti Rhiannon Saeed Tamsin Usha Vikram Winifred Yasmin Zofia Adaeze Benedict Chioma Dermot Elspeth "
    "Fintan Gulsum Hamish Ines Jaswinder Kwabena Lowri Marek Nasreen Orla Rafiq Shanelle Tomasz"
).split()
LAST = (
    "Abernethy Birdsall Chowdry Dunmore Eastlake Fenwright Garnham Hollins Ibekwe Jessop Kellaway Lathom "
    "Marchbank Nwosu Oakden Pennock Quarmby Rashid Stainforth Thackray Umeh Vasey Wetherall Yarwood Ashdown "
    "Bhandari Cotterell Dhaliwal Elliston Forsdyke Gathercole Hebden Iremonger Kaczmarek Lightbown Mistry "
    "Norcott"
).split()
JOBS = {
    Seat.BUSINESS_MANAGER: "Business manager",
    Seat.CO_ORDINATOR: "MAPPA co-ordinator",
    Seat.ADMINISTRATOR: "MAPPA administrator",
    Seat.AREA_ADMINISTRATOR: "Systems and records manager",
    Seat.AUDITOR: "Information governance officer",
    Seat.SPOC: "Safeguarding lead",
    Seat.MEMBER: "Head of public protection",
    Seat.REPRESENTATIVE: "Board representative",
    Seat.SUBSTITUTE: "Deputy board representative",
}
CHAIRS = {
    Organisation.Kind.UNIT: "Head of probation delivery unit",
    Organisation.Kind.SMB: "Assistant chief officer",
    Organisation.Kind.BOARD: "Independent chair",
    Organisation.Kind.REGIONAL_BOARD: "Independent chair",
}


class Post(NamedTuple):
    """A seat to be filled. ``only``: slug of the borough that it is limited to."""

    organisation: str
    seat: Seat
    only: str = ""


class NotEmpty(Exception):
    """The portal holds more than load_area makes."""


@dataclass(frozen=True)
class Loaded:
    areas: int
    people: int


def refuse_a_portal_in_use() -> None:
    named = everywhere()
    with scope(named.territories, named.areas):
        if found := next(_more_than_areas(), ""):
            raise NotEmpty(
                f"This portal is in use: it holds {found}. The demonstration needs a portal without."
            )


def _more_than_areas() -> Iterator[str]:
    if User.objects.exists():
        yield "accounts of people"
    known = list(areas.AREAS.values())
    places = {"portal", *(f.slug for f in known), *(b.slug for f in known for b in f.boroughs)}
    yield from _names("a territory of its own", Territory.objects.exclude(slug__in=places))
    plans = {plan.slug for facts in known for plan in facts.organisations}
    yield from _names("an organisation of its own", Organisation.objects.exclude(slug__in=plans))
    for model in apps.get_models():
        if issubclass(model, Owned) and model._meta.label not in MADE_BY_LOAD_AREA and model.objects.exists():
            yield f"records ({model._meta.verbose_name_plural})"


def _names(what: str, found) -> Iterator[str]:
    if first := found.first():
        yield f"{what} ({first})"


def load(today: date) -> Loaded:
    password = make_password(PASSWORD if settings.DEMO else None)  # hashed once: Argon2 is slow on purpose
    people = 0
    for facts in areas.AREAS.values():
        area = areas.load(facts).area
        with scope([area.pk, *area.children.values_list("pk", flat=True)], [area.pk]):
            people += _fill(area, list(posts_of(facts)), people, password, today)
    _give_numbers()
    return Loaded(len(areas.AREAS), people)


def _give_numbers() -> None:
    """To each MAPPA unit one of the numbers that are kept for drama, and an address."""
    units = list(Organisation.objects.filter(kind=Organisation.Kind.UNIT).select_related("territory"))
    for n, unit in enumerate(units):
        unit.phone, unit.email = f"020 7946 0{200 + n:03}", f"mappa@{unit.territory.slug}.example"
    Organisation.objects.bulk_update(units, ["phone", "email"])


def posts_of(facts: AreaFacts) -> Iterator[Post]:
    office, smb = f"{facts.slug}-executive-office", f"{facts.slug}-smb"
    for seat in (Seat.CO_ORDINATOR, Seat.ADMINISTRATOR, Seat.AREA_ADMINISTRATOR, Seat.AUDITOR):
        yield Post(office, seat)
    yield from (Post(smb, seat) for seat in (Seat.CHAIR, Seat.MEMBER))
    for board in facts.regional_boards:
        yield Post(board.slug, Seat.CHAIR)
    for plan in facts.organisations:
        if plan.kind == Organisation.Kind.BOARD:
            yield Post(plan.slug, Seat.CHAIR)
    for borough in facts.boroughs:
        yield Post(f"{borough.slug}-mappa", Seat.ADMINISTRATOR)
        yield Post(f"{borough.slug}-mappa", Seat.CHAIR)
        if borough.slug in FULLY_STAFFED:
            yield from _full_staff(borough.slug, facts.slug)


def _full_staff(borough: str, area: str) -> Iterator[Post]:
    for seat in (Seat.BUSINESS_MANAGER, Seat.REPRESENTATIVE, Seat.SUBSTITUTE):
        yield Post(f"{borough}-board", seat)
    yield Post(f"{borough}-csc", Seat.SPOC)
    if borough == FULLY_STAFFED[0]:
        yield Post(f"{area}-pol", Seat.SPOC, only=borough)


def name_of(number: int) -> str:
    """The same number is the same person, and no two share a name."""
    return f"{FIRST[number % len(FIRST)]} {LAST[number * 5 % len(LAST)]}"


def _fill(area: Territory, posts: list[Post], first: int, password: str, today: date) -> int:
    """``first``: how many people there are already, so that names go on where they ended."""
    slugs = {post.organisation for post in posts}
    found = Organisation.objects.filter(slug__in=slugs).select_related("territory")
    organisations = {o.slug: o for o in found}
    filled = [(post, organisations[post.organisation]) for post in posts]
    users = User.objects.bulk_create(
        User(email=_address(name_of(n), where), name=name_of(n), password=password)
        for n, (_, where) in enumerate(filled, first)
    )
    made = Appointment.objects.bulk_create(
        Appointment(
            user=user, organisation=where, seat=post.seat, job_title=_job(post, where), **_days(n, today)
        )
        for n, (user, (post, where)) in enumerate(zip(users, filled, strict=True), first)
    )
    for user, post, appointment in zip(users, posts, made, strict=True):
        give_totp(user)
        _finish(appointment, post, area)
    return len(made)


def _address(name: str, where: Organisation) -> str:
    return f"{name.lower().replace(' ', '.')}@{where.territory.slug}.example"


def _job(post: Post, where: Organisation) -> str:
    if where.agency_type == "POL":
        return "Detective inspector, public protection"
    return JOBS.get(post.seat) or CHAIRS[Organisation.Kind(where.kind)]


def _days(number: int, today: date) -> dict[str, date]:
    overdue = number % OVERDUE_EVERY == 0
    return {
        "starts_on": add_months(today, -66 - number % 24),
        "confirmed_on": today - timedelta(days=100 + number % 80),
        "confirm_by": today - timedelta(days=4) if overdue else today + timedelta(days=30 + number % 90),
    }


def _finish(appointment: Appointment, post: Post, area: Territory) -> None:
    if post.only:
        appointment.boroughs.set(area.children.filter(slug=post.only))
    record(
        "appointment.made",
        appointment,
        by=None,
        territory=area,
        reference=post.organisation,
        after={"seat": post.seat, "starts_on": appointment.starts_on},
    )
