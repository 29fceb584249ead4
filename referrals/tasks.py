"""What the room does in the background."""

from collections.abc import Iterator

from django.utils.timezone import localdate, now

from boards.models import Territory
from boards.scope import scope
from mappa_portal.celery import app
from outbox.jobs import job
from referrals.actions.figures import release
from referrals.models import Referral
from referrals.referring import reminders


@job("referrals.remind")
def remind(referral_id: int) -> None:
    found = Referral.objects.listed().select_related("territory", "unit", "organisation", "started_by")
    reminders.remind(found.get(pk=referral_id), localdate())


@app.task(name="referrals.promise_reminders")
def promise_reminders() -> None:
    """Any number of times a day."""
    for borough in _each_borough():
        reminders.promise(borough, localdate())


@app.task(name="referrals.release_figures")
def release_figures() -> None:
    """Once for each borough and year, however often it is called."""
    for borough in _each_borough():
        release(borough, at=now())


def _each_borough() -> Iterator[Territory]:
    for borough in Territory.objects.filter(kind=Territory.Kind.BOROUGH).select_related("parent"):
        with scope([borough.pk, borough.parent_id]):
            yield borough
