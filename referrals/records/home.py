"""Packs that are due and erasures that wait for this person, on the home page."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count
from django.urls import reverse

from boards.access import units_with
from mappa_portal.home import Task, register
from mappa_portal.words import plural
from referrals.models import Keeping, Pack


@register
def tasks(user, today: date) -> Iterator[Task]:
    units = units_with(user, "keep_records")
    if not units:
        return
    waiting = Keeping.objects.proposed().filter(organisation__in=units).exclude(decided_by=user)
    for name, count in (
        waiting.values_list("territory__name").annotate(number=Count("pk")).order_by("territory__name")
    ):
        title = f"the erasure of {plural(count, 'record')}"
        yield Task(
            title, reverse("referrals:due"), None, f"{name}, another person proposed it", "Confirm or refuse"
        )
    packs = Pack.objects.open().filter(organisation__in=units).select_related("case", "territory")
    for pack in packs.only("number", "due_on", "status", "case__reference", "territory__name").order_by(
        "due_on"
    ):
        url = reverse("referrals:pack", args=[pack.case.reference, pack.number])
        verb = "Release" if pack.status == Pack.Status.FINISHED else "Finish"
        yield Task(
            f"pack {pack.number} of case {pack.case.reference}", url, pack.due_on, str(pack.territory), verb
        )
