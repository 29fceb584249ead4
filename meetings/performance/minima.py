"""Other lowest grades: the figures of the area's boroughs are counted anew (C4)."""

from django.db.models import Max, Min

from boards import minima
from boards.models import AreaSettings, Organisation, Territory
from boards.scope import scope
from meetings.models import Meeting
from meetings.performance import figures
from outbox.jobs import post


@minima.register
def follow(thing: AreaSettings | Organisation) -> None:
    """By a job of the area, as whoever keeps its settings need not reach into its boroughs."""
    settings = AreaSettings.objects.get(territory=thing.territory.area)
    whose = thing.slug if isinstance(thing, Organisation) else "area"
    post("meetings.promise_counts", settings, key=f"{whose}:{thing.revision}")


def promise_counts(area: Territory) -> None:
    """In all boroughs of the area: even one agency may have been asked by any of them."""
    for borough in area.children.order_by("pk"):
        with scope([borough.pk, area.pk]):
            held = Meeting.objects.filter(territory=borough, status=Meeting.Status.HELD)
            days = held.aggregate(first=Min("held_on"), last=Max("held_on"))
            if days["first"]:
                figures.changed(borough.pk, list(days.values()))
