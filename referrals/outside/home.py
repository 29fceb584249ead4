"""Out-of-area checks on the home page: for a manager to endorse, for the MAPPA unit to pass on and to answer."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from mappa_portal.home import Task, register
from referrals.models import OutOfAreaCheck
from referrals.outside.rules import Status, allowed, askers_of
from referrals.referring.rules import screeners_of

VERBS = {  # by what the person may do: verb, page, who waits
    "endorse": ("Endorse", "endorse", "A social worker of your agency asked"),
    "decide": ("Decide on", "decide", "Children’s Services wait"),
    "answer": ("Record the answer to", "answer", "Passed on to another area"),
}
MOST = 20


@register
def tasks(user, today: date) -> Iterator[Task]:
    if not (askers_of(user) or screeners_of(user)):
        return
    waiting = OutOfAreaCheck.objects.read_by(user).filter(
        status__in=[Status.ASKED, Status.ENDORSED, Status.PASSED_ON]
    )
    found = waiting.select_related("organisation", "unit", "territory").order_by("asked_at", "pk")
    for check in found[:MOST]:
        may = allowed(user, check)
        for name, (verb, page, waits) in VERBS.items():
            if name in may:
                url = reverse(f"outside:{page}", args=[check.reference])
                yield Task(f"out-of-area check {check}", url, None, waits, verb)
