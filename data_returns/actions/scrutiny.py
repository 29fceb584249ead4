"""What the board does with a return: asks about answers, tables it, accepts it or sends it back."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localdate

from audit.events import record
from data_returns.actions.opening import correct, mirror
from data_returns.models import Query, QueryMessage, Return
from data_returns.rules import RETURN_RULES, SCRUTINY_RULES
from mappa_portal.exceptions import Conflict
from mappa_portal.words import long_date, plural
from outbox.jobs import post


@transaction.atomic
def ask(data_return: Return, *, question: int, text: str, by, at: datetime) -> Query:
    data_return = _taken(data_return, "ask", by)
    if not text.strip():
        raise ValidationError({"text": f"Enter your question about question {question}"})
    last = data_return.queries.aggregate(last=Max("number"))["last"] or 0
    query = Query.objects.create(
        territory_id=data_return.territory_id, data_return=data_return, number=last + 1, question=question
    )
    _say(query, text, data_return.board, by, at)
    record("return.query_asked", data_return, by=by, after={"question": question, "query": query.number})
    post("data_returns.tell_query", query, key="asked")
    return query


@transaction.atomic
def answer(query: Query, *, text: str, by, at: datetime) -> Query:
    """The MAPPA unit's words; the board may ask on."""
    query, data_return = _query(query)
    RETURN_RULES.require("answer_query", data_return, by=by)
    return _go_on(query, Query.Status.ANSWERED, text, data_return.organisation, by, at)


@transaction.atomic
def ask_on(query: Query, *, text: str, by, at: datetime) -> Query:
    query, data_return = _query(query)
    SCRUTINY_RULES.require("ask", data_return.scrutiny, by=by)
    return _go_on(query, Query.Status.OPEN, text, data_return.board, by, at)


@transaction.atomic
def close(query: Query, *, by) -> Query:
    query, data_return = _query(query)
    SCRUTINY_RULES.require("ask", data_return.scrutiny, by=by)
    if query.status == Query.Status.CLOSED:
        raise Conflict("This question is closed already.")
    query.status = Query.Status.CLOSED
    query.save(update_fields=["status"])
    record("return.query_closed", data_return, by=by, after={"query": query.number})
    return query


@transaction.atomic
def table(data_return: Return, *, on: date, today: date, by) -> Return:
    """Put before the board at its meeting of this day."""
    data_return = _taken(data_return, "table", by)
    if on > today:
        raise ValidationError({"on": "Date of the meeting must be today or in the past"})
    if on < (signed := localdate(data_return.signed_at)):
        said = f"the same as or after {long_date(signed)}, when the return was signed"
        raise ValidationError({"on": f"Date of the meeting must be {said}"})
    data_return.status, data_return.tabled_on = Return.Status.TABLED, on
    data_return.save(update_fields=["status", "tabled_on"])
    mirror(data_return)
    record("return.tabled", data_return, by=by, after={"tabled_on": on})
    return data_return


@transaction.atomic
def accept(data_return: Return, *, today: date, by) -> Return:
    """Locked for good: what is found out later is the next version."""
    data_return = _taken(data_return, "accept", by)
    if unsettled := data_return.queries.exclude(status=Query.Status.CLOSED).count():
        raise Conflict(f"Close {plural(unsettled, 'query', 'queries')} to accept")
    data_return.status, data_return.closed_on = Return.Status.CLOSED, today
    data_return.save(update_fields=["status", "closed_on"])
    mirror(data_return)
    record("return.accepted", data_return, by=by, after={"closed_on": today})
    post("data_returns.tell_accepted", data_return)
    return data_return


@transaction.atomic
def send_back(data_return: Return, *, reason: str, by, at: datetime) -> Return:
    """The MAPPA unit starts from what it said: the next version, open to it at once."""
    data_return = _taken(data_return, "send_back", by)
    if not reason.strip():
        raise ValidationError({"reason": "Enter what has to be corrected, and why"})
    following = correct(data_return, reason=reason, by=None, at=at)
    record("return.sent_back", data_return, by=by, reason=reason)
    post("data_returns.tell_sent_back", following)
    return following


def _taken(data_return: Return, name: str, by) -> Return:
    found = Return.objects.select_for_update(of=["self"]).select_related("board", "organisation", "territory")
    data_return = found.get(pk=data_return.pk)
    SCRUTINY_RULES.require(name, data_return.scrutiny, by=by)
    return data_return


def _query(query: Query) -> tuple[Query, Return]:
    """The return is locked first, as everywhere."""
    found = Return.objects.select_for_update(of=["self"]).select_related("board", "organisation", "territory")
    data_return = found.get(pk=query.data_return_id)
    return Query.objects.select_for_update().get(pk=query.pk), data_return


def _go_on(query: Query, status: str, text: str, organisation, by, at: datetime) -> Query:
    if query.status == Query.Status.CLOSED:
        raise Conflict("This question is closed. Ask a new one.")
    if not text.strip():
        raise ValidationError({"text": f"Enter your answer about question {query.question}"})
    query.status = status
    query.save(update_fields=["status"])
    _say(query, text, organisation, by, at)
    name = "return.query_answered" if status == Query.Status.ANSWERED else "return.query_asked"
    record(name, query.data_return, by=by, after={"query": query.number})
    post("data_returns.tell_query", query, key=str(query.messages.count()))
    return query


def _say(query: Query, text: str, organisation, by, at: datetime) -> None:
    QueryMessage.objects.create(
        territory_id=query.territory_id,
        query=query,
        text=text.strip(),
        organisation=organisation,
        written_by=by,
        written_at=at,
    )
