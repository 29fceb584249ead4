"""What the rooms below know of a case. Referrals imports none of them: they register here."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import CharField, DateField, QuerySet, Value

from boards.sections import Sections
from referrals.models import Case

sections = Sections()  # on the page of a case

_meetings: list[Callable[[QuerySet], QuerySet]] = []
_reviews: list[Callable[[QuerySet], QuerySet]] = []
_follows: list[Callable[[Collection[Case], date], None]] = []


def reviews(annotate):
    """Adds ``last_review``, the day of the last held one, and ``review_decided``, the next that it set; or None."""
    _reviews[:] = [annotate]
    return annotate


def with_reviews(cases: QuerySet) -> QuerySet:
    for annotate in _reviews:
        return annotate(cases)
    none = Value(None, output_field=DateField())
    return cases.annotate(last_review=none, review_decided=none)


@dataclass(frozen=True)
class Hearing:
    """A held meeting that heard a case."""

    reference: str
    held_on: date


_hearings: list[Callable[[Case], list[Hearing]]] = []


def hears(find):
    """``find(case)``: the held meetings that heard it, the newest first."""
    _hearings[:] = [find]
    return find


def hearings(case: Case) -> list[Hearing]:
    return [heard for find in _hearings for heard in find(case)]


@dataclass(frozen=True)
class Panel:
    """Where a case was heard, or is next; without ``lists_it``, where its unit meets next."""

    reference: str
    held_on: date
    url: str
    is_held: bool = False
    lists_it: bool = True


_panels: list[Callable[[Sequence[tuple[Case, date]], date], list[Panel | None]]] = []


def panels(find):
    """``find(asked, today)``: for each case the panel that hears it from this day on; one that was held goes first."""
    _panels[:] = [find]
    return find


def panels_for(asked: Sequence[tuple[Case, date]], today: date) -> list[Panel | None]:
    for find in _panels:
        return find(asked, today) if asked else []
    return [None] * len(asked)


def follows(restate):
    """``restate(cases, csc_since)`` sets anew what follows from the cases, in the transaction of the change."""
    if restate not in _follows:
        _follows.append(restate)
    return restate


def cases_changed(cases: Collection[Case], *, csc_since: date = date.max) -> None:
    """``csc_since``: from which day on other Children's Services are responsible."""
    for restate in _follows:
        restate(cases, csc_since)


_endings: list[Callable[[Case, object], None]] = []


def ends(close):
    """``close(case, by)``: what waits for a case that has ended, in the transaction of the ending."""
    if close not in _endings:
        _endings.append(close)
    return close


def case_ended(case: Case, by) -> None:
    for close in _endings:
        close(case, by)


def meets(annotate):
    """Adds to referrals ``on``, the reference of the meeting that has the case on its agenda, and ``heard_on``."""
    _meetings[:] = [annotate]
    return annotate


def with_meetings(referrals: QuerySet) -> QuerySet:
    for annotate in _meetings:
        return annotate(referrals)
    return referrals.annotate(
        on=Value(None, output_field=CharField()), heard_on=Value(None, output_field=DateField())
    )


_traces: list[Callable[[Case], Mapping[str, Collection[int]]]] = []


def traces(find):
    """``find(case)``: what the room holds about a case, as events name it: ids by kind."""
    if find not in _traces:
        _traces.append(find)
    return find


def traces_of(case: Case) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for find in _traces:
        for kind, ids in find(case).items():
            found.setdefault(kind, set()).update(ids)
    return found


_erasures: list[Callable[[Case], None]] = []


def erases(prepare):
    """``prepare(case)`` runs before what is sealed about the case goes: figures must stay what they are."""
    if prepare not in _erasures:
        _erasures.append(prepare)
    return prepare


def before_erasure(case: Case) -> None:
    for prepare in _erasures:
        prepare(case)
