"""What the tests of area set-up share."""

from audit.models import Event
from boards.models import Appointment
from boards.scope import everywhere, scope

UNIT = "camden-mappa-unit"


def appointment(world, who: str) -> Appointment:
    return Appointment.objects.select_related("organisation__territory").get(user=getattr(world, who))


def events(name: str) -> list[Event]:
    """Leaving a scope forges the links of what was recorded in it."""
    named = everywhere()
    with scope(named.territories, named.areas):
        return list(Event.objects.filter(name=name))
