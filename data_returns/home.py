"""What the room puts on the home page: a return to fill in or to sign, a round to open or to chase."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.timezone import localdate

from boards.access import seats_with, units_with
from boards.models import Territory
from data_returns.actions.opening import due_day
from data_returns.models import UNSIGNED, Query, Return, Round, Standing
from data_returns.round import DUE
from data_returns.views.fetch import page, place
from data_returns.years import in_words, last_year
from documents.models import Document, PaperCopy
from mappa_portal.home import Task, register
from mappa_portal.words import long_date, plural

CHASED = timedelta(days=7)  # until a borough that is late is chased once more


@register
def rounds(user, today: date) -> Iterator[Task]:
    """For who runs an area's round: to open it, and to chase those who are late."""
    areas = {s.organisation.territory for s in seats_with(user, "run_round") if s.organisation.is_area_seat}
    year = last_year(today)
    for area in sorted(areas, key=lambda area: area.name):
        address = f"{reverse('data_returns:round', args=[year])}?area={area.slug}"
        title = f"the round of data returns of {area}, {in_words(year)}"
        if not Round.objects.filter(territory=area, year=year).exists():
            yield Task(title, address, due_day(year), "not opened yet", "Open")
            continue
        late = _late(area, year, today).aggregate(n=Count("pk"), first=Min("day"))
        if late["n"]:
            said = f"{plural(late['n'], 'borough is', 'boroughs are')} late"
            yield Task(title, f"{address}&show=late", late["first"], said, "Chase")


def _late(area: Territory, year: int, today: date):
    """Those not signed by their day whom nobody chased in the last days."""
    found = Standing.objects.filter(UNSIGNED, territory=area, year=year).exclude(status=Standing.PLANNED)
    found = found.annotate(day=DUE).filter(day__lt=today)
    return found.filter(Q(chased_on=None) | Q(chased_on__lte=today - CHASED))


@register
def tasks(user, today: date) -> Iterator[Task]:
    units = units_with(user, "fill_return")
    if not units:
        return
    signs = {s.organisation.pk for s in seats_with(user, "sign_return")}
    found = Return.objects.filter(organisation__in=units, status__in=Return.OPEN).select_related("territory")
    found = found.annotate(
        done=Count("sections", filter=Q(sections__is_done=True)), all=Count("sections")
    ).defer("content", "evidence")
    due = _due(units)
    for data_return in found.order_by("year", "pk"):
        checked = data_return.status == Return.Status.CHECKED
        to_sign = (
            page("sign", *place(data_return)) if checked and data_return.organisation_id in signs else ""
        )
        url = to_sign or reverse("data_returns:return", args=place(data_return))
        title = f"the data return of {data_return.territory}, {data_return.label}"
        day = due[data_return.territory_id, data_return.year]
        said = "ready to sign" if checked else f"{data_return.done} of {data_return.all} complete"
        yield Task(title, url, day, said, "Sign" if to_sign else "Fill in")
    yield from _copies(units, today)
    year = last_year(today)
    for unit in units:
        if (unit.territory_id, year) not in due:
            title = f"the data return of {unit.territory}, {in_words(year)}"
            yield Task(title, reverse("data_returns:list"), due_day(year), "not opened yet", "Open")


@register
def questions(user, today: date) -> Iterator[Task]:
    """A return with the board: for who reviews it, and for the unit that is asked about it."""
    seats = {s.organisation.pk: s.only for s in seats_with(user, "review_return")}
    units = [unit.pk for unit in units_with(user, "fill_return")]
    if not seats and not units:
        return
    found = Return.objects.for_user(user).filter(status__in=Return.WITH_BOARD).newest()
    found = found.filter(Q(board__in=seats) | Q(organisation__in=units)).select_related("territory")
    for data_return in found.annotate(**QUERIES).order_by("year", "pk").defer("content", "evidence"):
        title = f"the data return of {data_return.territory}, {data_return.label}"
        url = page("review", *place(data_return))
        if _is_for(seats, data_return):
            yield Task(title, url, None, _waiting(data_return), "Review")
        elif data_return.asked and data_return.organisation_id in units:
            asked = f"{plural(data_return.asked, 'question')} of the board about {title}"
            yield Task(asked, url, None, "the board waits for the MAPPA unit", "Answer")


QUERIES = {
    "asked": Count("queries", filter=Q(queries__status=Query.Status.OPEN)),
    "answered": Count("queries", filter=Q(queries__status=Query.Status.ANSWERED)),
}


def _is_for(seats: dict, data_return: Return) -> bool:
    """A seat for some boroughs of the board counts for these alone."""
    only = seats.get(data_return.board_id, ())
    return only is None or data_return.territory_id in only


def _waiting(data_return: Return) -> str:
    said = [f"with the board, signed on {long_date(localdate(data_return.signed_at))}"]
    if data_return.answered:
        said.append(f"{plural(data_return.answered, 'answer')} to read")
    if data_return.asked:
        said.append(f"{plural(data_return.asked, 'question')} with the MAPPA unit")
    return "; ".join(said)


def _copies(units, today: date) -> Iterator[Task]:
    """Paper copies that did not come back in time."""
    places = [unit.territory_id for unit in units]
    late = PaperCopy.objects.overdue(today).filter(
        territory__in=places, document__kind=Document.Kind.DATA_RETURN
    )
    by_return = {
        (one["territory"], one["reference"]): one
        for one in late.order_by().values("territory", "reference").annotate(n=Count("pk"), due=Min("due_on"))
    }
    if not by_return:
        return
    found = Return.objects.filter(territory__in=places, number=1, reference__in=[r for _, r in by_return])
    for data_return in found.select_related("territory").defer("content", "evidence"):
        one = by_return[data_return.territory_id, data_return.reference]
        title = f"paper copies of the data return of {data_return.territory}, {data_return.label}"
        said = f"{plural(one['n'], 'copy', 'copies')} overdue"
        yield Task(title, page("copies", *place(data_return)), one["due"], said, "Get back")


def _due(units) -> dict[tuple[int, int], date]:
    """The day that holds, by borough and year."""
    found = Standing.objects.filter(about__in=[unit.territory_id for unit in units])
    days = found.values_list("about", "year", DUE)
    return {(about, year): day for about, year, day in days}
