"""What transfers put on the home page: to answer, and what waits for another borough."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate

from mappa_portal.home import Task, register
from mappa_portal.words import long_date
from referrals.models import Transfer
from referrals.rules import units_of

MOST = 20


@register
def tasks(user, today: date) -> Iterator[Task]:
    if not (units := units_of(user)):
        return
    mine = Transfer.objects.for_user(user).filter(Q(organisation__in=units) | Q(to_unit__in=units))
    offered = mine.filter(status=Transfer.Status.OFFERED).select_related("organisation", "to_unit__territory")
    for transfer in offered[:MOST]:
        url = reverse("transfers:detail", args=[transfer.reference])
        since = long_date(localdate(transfer.offered_at))
        if transfer.to_unit in units:
            waiting = f"Transfer offered to you by {transfer.organisation}, {since}"
            yield Task(f"transfer {transfer}", url, None, waiting, "Decide on")
        else:
            yield Task(f"transfer {transfer}", url, None, f"With {transfer.to} since {since}", "Follow")
