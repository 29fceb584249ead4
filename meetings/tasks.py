from collections.abc import Iterator

from django.utils.timezone import localdate

from boards.models import Territory
from boards.scope import scope
from mappa_portal.celery import app
from meetings import figures
from meetings.actions import overdue_follow_ups
from outbox.jobs import job


@job("meetings.count_days")
def count_days(recount_id: int) -> None:
    figures.count_days(recount_id)


@app.task(name="meetings.recount")
def recount() -> None:
    """At night: minima of seniority may have changed, and nothing that is stored stays wrong for longer than a day."""
    for borough in _each_borough():
        figures.count_all(borough)


@app.task(name="meetings.follow_up_absences")
def follow_up_absences() -> None:
    for borough in _each_borough():
        overdue_follow_ups.carry_on(borough, localdate())


def _each_borough() -> Iterator[Territory]:
    """One after the other, each in a transaction and a scope of its own."""
    for borough in Territory.objects.filter(kind=Territory.Kind.BOROUGH).select_related("parent"):
        with scope([borough.pk, borough.parent_id]):
            yield borough
