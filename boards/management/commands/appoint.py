"""The first account of a real portal, and a way in when no administrator is left."""

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.utils.timezone import localdate

from accounts import actions
from accounts.models import User
from boards.actions import appoint
from boards.models import Appointment, Organisation, Territory
from boards.roles import Seat
from boards.scope import scope
from mappa_portal.exceptions import Conflict


class Command(BaseCommand):
    help = (
        "Appoints a person to a seat in a territory's MAPPA unit and prints the one-time link to the account."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument(
            "--territory", required=True, help="slug of an area or a borough, for example london"
        )
        parser.add_argument("--seat", required=True, help="for example area_administrator")
        parser.add_argument("--name", default="", help="full name of a person who is new to the portal")

    def handle(self, *, email, territory, seat, name, **options):
        unit = _unit_of(territory)
        area = unit.territory.area
        try:
            with scope({area.pk, unit.territory_id}, {area.pk}):
                user = self._appointed(unit, email, name, seat)
                self.stdout.write(f"{user} ({user.email}): {Seat(seat).label}, {unit}")
                self.stdout.write(_way_in(user))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None

    def _appointed(self, unit, email, name, seat):
        email = email.strip().lower()
        user = User.objects.filter(email=email).first()
        if user is None:
            name = name or email.partition("@")[0]
            user = actions.create_account(email, name=name, area=unit.territory.area, by=None)
        held = Appointment.objects.current(localdate()).filter(user=user, organisation=unit, seat=seat)
        if not held.exists():
            appoint(unit, user=user, seat=seat, starts_on=localdate(), by=None)
        return user


def _unit_of(slug):
    found = Territory.objects.select_related("parent").filter(slug=slug).first()
    unit = found and Organisation.objects.unit_of(found)
    if unit is None:
        areas = ", ".join(Territory.objects.filter(kind=Territory.Kind.AREA).values_list("slug", flat=True))
        raise CommandError(
            f"--territory {slug}: no area or borough of this name has a MAPPA unit."
            f" Areas in this portal: {areas or 'none yet, see load_area'}."
        )
    return unit


def _way_in(user):
    try:
        return f"One-time link, good for three days: {actions.invite(user, by=None)}"
    except Conflict:
        return "This person has signed in before and signs in as usual."
