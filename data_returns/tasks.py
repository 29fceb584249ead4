"""What the room does in the background: makes and seals the file, sends it on, writes to those who have to act."""

from collections.abc import Collection

from django.utils import timezone

from boards.directory import in_post
from boards.models import Organisation
from boards.roles import Seat
from boards.scope import scope, whole_area
from data_returns import pdf
from data_returns.actions.releasing import settle
from data_returns.actions.signing import send
from data_returns.models import Query, Rendition, Return
from data_returns.years import in_words
from outbox import mail
from outbox.jobs import Claim, effect, job

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


def _found(return_id: int) -> Return:
    return Return.objects.select_related("board", "organisation", "territory").get(pk=return_id)


def _write(
    data_return: Return, to: Organisation, seats: Collection[Seat], status: str, first: str, *, key: str
):
    """The same mail to each person in these seats, once for its key; no figure and no comment (ux section 6)."""
    years = in_words(data_return.year)
    for appointment in in_post([to], timezone.localdate(), data_return.territory, seats):
        mail.send(
            "data_return",
            appointment.user,
            {"first": first, "data_return": data_return, "organisation": to, "years": years},
            key=f"data_return:{data_return.pk}:{key}:{appointment.user_id}",
            subject=f"MAPPA data return {years}, {data_return.territory}: {status}",
            territory=data_return.territory,
        )
