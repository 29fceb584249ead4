from collections.abc import Iterator

from django.utils.timezone import localdate, now

from boards.models import Territory
from boards.scope import scope
from mappa_portal.celery import app
from meetings import contacts, figures
from meetings.actions import overdue_follow_ups
from meetings.actions.contacts import ask
from meetings.actions.series import extend_series
from meetings.models import Contact, Series
from outbox.jobs import job


@job("meetings.count_days")
def count_days(recount_id: int) -> None:
    figures.count_days(recount_id)


@app.task(name="meetings.recount")
def recount() -> None:
    """At night: minima of seniority may have changed, and nothing that is stored stays wrong for longer than a day."""
    for borough in _each_borough():
        figures.count_all(borough)


@job("meetings.ask_contact")
def ask_contact(contact_id: int) -> None:
    contact = Contact.objects.get(pk=contact_id)
    if contact.ended_on is None:
        ask(contact, today=localdate(), by=None)


@app.task(name="meetings.ask_contacts")
def ask_contacts() -> None:
    for borough in _each_borough():
        contacts.ask_the_due(borough, localdate())


@app.task(name="meetings.follow_up_absences")
def follow_up_absences() -> None:
    for borough in _each_borough():
        overdue_follow_ups.carry_on(borough, localdate())


def _each_borough() -> Iterator[Territory]:
    """One after the other, each in a transaction and a scope of its own."""
    for borough in Territory.objects.filter(kind=Territory.Kind.BOROUGH).select_related("parent"):
        with scope([borough.pk, borough.parent_id]):
            yield borough


@app.task(name="meetings.extend_series")
def extend_all_series() -> None:
    """At night: the calendar holds the meetings of the next six months. Twice is the same as once."""
    for _ in _each_borough():
        for series in Series.objects.filter(stopped_on=None):
            extend_series(series, by=None, at=now())
