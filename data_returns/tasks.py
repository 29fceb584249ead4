"""What the room does in the background: makes and seals the file, sends it on, writes to those who have to act."""

from collections.abc import Collection

from django.utils import timezone

from boards.directory import in_post
from boards.models import Organisation, Territory
from boards.roles import Seat
from boards.scope import scope, whole_area
from data_returns import pdf
from data_returns.actions import copies as actions
from data_returns.actions.opening import open_return
from data_returns.actions.releasing import settle
from data_returns.actions.signing import send
from data_returns.models import Query, Rendition, Return, Standing
from data_returns.reminders import promise_reminders, step_due, steps_of
from data_returns.years import in_words
from documents.copies import numbers
from mappa_portal.celery import app
from mappa_portal.words import plural, weekday_date
from outbox import mail
from outbox.jobs import Claim, effect, job, post

UNIT = (Seat.ADMINISTRATOR, Seat.CHAIR)
BOARD = (Seat.BUSINESS_MANAGER, Seat.CHAIR)


@effect("data_returns.seal")
def seal(claim: Claim) -> None:
    """Raises while the time-stamp service is away: tried again; the return stays signed until then."""
    with claim.held():
        data_return = Return.objects.get(pk=claim.subject_id)
    pdf.make_and_seal(data_return, held=claim.held)
    with claim.held():
        send(data_return, at=timezone.now())


@effect("data_returns.release")
def release(claim: Claim) -> None:
    """Sees the whole area: what one borough shows could tell what another hides, through the sums."""
    with claim.held():
        area_id = Rendition.objects.values_list("territory", flat=True).get(pk=claim.subject_id)
    area = whole_area(area_id)
    with scope(area.territories, area.areas):
        settle(Rendition.objects.get(pk=claim.subject_id), at=timezone.now())


@job("data_returns.tell_board")
def tell_board(return_id: int) -> None:
    found = _found(return_id)
    first = f"The MAPPA chair of {found.territory} sent the return. Sign in to see what changed."
    _write(found, found.board, BOARD, "with the board", first, key=f"sent:{found.number}")


@job("data_returns.tell_accepted")
def tell_accepted(return_id: int) -> None:
    found = _found(return_id)
    _write(
        found,
        found.organisation,
        UNIT,
        "accepted",
        f"{found.board} accepted the return.",
        key=f"accepted:{found.number}",
    )


@job("data_returns.tell_sent_back")
def tell_sent_back(return_id: int) -> None:
    found = _found(return_id)
    first = f"{found.board} sent the return back. Sign in to correct it as version {found.number}."
    _write(found, found.organisation, UNIT, "sent back", first, key=f"back:{found.number}")


@job("data_returns.tell_query")
def tell_query(query_id: int) -> None:
    """To the side that has to act: the unit while it is open, the board once it is answered."""
    query = Query.objects.get(pk=query_id)
    found, said = _found(query.data_return_id), query.messages.count()
    key = f"query:{query.pk}:{said}"
    if query.status == Query.Status.OPEN:
        first = f"{found.board} asks about question {query.question}. Sign in to answer."
        _write(found, found.organisation, UNIT, "a question", first, key=key)
    elif query.status == Query.Status.ANSWERED:
        first = f"{found.organisation} answered about question {query.question}. Sign in to read it."
        _write(found, found.board, BOARD, "an answer", first, key=key)


@job("data_returns.open_in_round")
def open_in_round(standing_id: int) -> None:
    standing = Standing.objects.select_related("about__parent").get(pk=standing_id)
    found = open_return(standing.about, standing.year, by=None, at=timezone.now())
    first = f"The return is open. It is due on {weekday_date(standing.due)}. Sign in to fill it in."
    _write(_found(found.pk), found.organisation, UNIT, "open", first, key="open")


@job("data_returns.chase")
def chase(standing_id: int) -> None:
    standing = Standing.objects.get(pk=standing_id)
    _write_of_due(standing, key=f"chased:{standing.chased_on}")


@job("data_returns.remind")
def remind(standing_id: int) -> None:
    """What has happened since it was promised may have made it needless."""
    standing, today = Standing.objects.get(pk=standing_id), timezone.localdate()
    if step := step_due(standing, steps_of(standing.territory), today):
        _write_of_due(standing, key=f"due:{standing.due}:{step}")


def _write_of_due(standing: Standing, *, key: str) -> None:
    """To the unit, while it has not signed."""
    if not standing.is_unsigned:
        return
    found = Return.objects.filter(territory=standing.about_id, year=standing.year).latest("number")
    day, late = weekday_date(standing.due), standing.is_late(timezone.localdate())
    first = f"The return was due on {day}." if late else f"The return is due on {day}."
    said = f"{first} It is not signed yet. Sign in to go on with it."
    _write(_found(found.pk), found.organisation, UNIT, "overdue" if late else "due soon", said, key=key)


@app.task(name="data_returns.remind_of_returns")
def remind_of_returns() -> None:
    for area in Territory.objects.filter(kind=Territory.Kind.AREA):
        with scope([area.pk], [area.pk]):
            promise_reminders(area, timezone.localdate())


@job("data_returns.chase_copies")
def chase_copies(return_id: int) -> None:
    """Which copies the unit has to ask for; who holds them is said in the portal alone."""
    found, today = _found(return_id), timezone.localdate()
    if late := actions.chase_copies(found, today=today):
        first = f"{plural(len(late), 'paper copy is', 'paper copies are')} overdue: {numbers(late)}."
        _write(found, found.organisation, UNIT, "copies overdue", first, key=f"copies:{today}", page="copies")


@app.task(name="data_returns.remind_of_copies")
def remind_of_copies() -> None:
    today = timezone.localdate()
    for borough in Territory.objects.filter(kind=Territory.Kind.BOROUGH).select_related("parent"):
        with scope([borough.pk, borough.parent_id]):
            late = actions.to_chase(borough, today).values("reference")
            for data_return in Return.objects.filter(reference__in=late, territory=borough, number=1):
                post("data_returns.chase_copies", data_return, key=str(today))


def _found(return_id: int) -> Return:
    return Return.objects.select_related("board", "organisation", "territory").get(pk=return_id)


def _write(
    data_return: Return,
    to: Organisation,
    seats: Collection[Seat],
    status: str,
    first: str,
    *,
    key: str,
    page: str = "view",
):
    """The same mail to each person in these seats, once for its key; no figure and no comment (ux section 6)."""
    years = in_words(data_return.year)
    for appointment in in_post([to], timezone.localdate(), data_return.territory, seats):
        mail.send(
            "data_return",
            appointment.user,
            {"first": first, "data_return": data_return, "organisation": to, "years": years, "page": page},
            key=f"data_return:{data_return.pk}:{key}:{appointment.user_id}",
            subject=f"MAPPA data return {years}, {data_return.territory}: {status}",
            territory=data_return.territory,
        )
