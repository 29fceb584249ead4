"""What the room puts on the home page: a return to fill in, or to sign."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Q
from django.urls import reverse

from boards.access import seats_with, units_with
from data_returns.models import Return, Standing
from data_returns.views.fetch import page, place
from mappa_portal.home import Task, register


@register
def tasks(user, today: date) -> Iterator[Task]:
    units = units_with(user, "fill_return")
    if not units:
        return
    signs = {s.organisation.pk for s in seats_with(user, "sign_return")}
    found = Return.objects.filter(organisation__in=units, status__in=Return.OPEN).select_related("territory")
    found = found.annotate(
        done=Count("sections", filter=Q(sections__is_done=True)), all=Count("sections")
    ).defer("content")
    moved = _extended(found)
    for data_return in found.order_by("due_on", "pk"):
        checked = data_return.status == Return.Status.CHECKED
        to_sign = (
            page("sign", *place(data_return)) if checked and data_return.organisation_id in signs else ""
        )
        url = to_sign or reverse("data_returns:return", args=place(data_return))
        title = f"the data return of {data_return.territory}, {data_return.label}"
        due = moved.get((data_return.territory_id, data_return.year), data_return.due_on)
        said = "ready to sign" if checked else f"{data_return.done} of {data_return.all} complete"
        yield Task(title, url, due, said, "Sign" if to_sign else "Fill in")


def _extended(returns) -> dict[tuple[int, int], date]:
    """Later days that were granted, by borough and year."""
    found = Standing.objects.filter(about__in=returns.values("territory"), extended_to__isnull=False)
    return {(about, year): day for about, year, day in found.values_list("about", "year", "extended_to")}
