"""Disclosures on the home page: what waits for the panel, for being carried out, for a review, for a scheme."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.urls import reverse

from boards.access import seats_with
from mappa_portal.home import Task, register
from referrals.disclosing.ledger import Kind
from referrals.disclosing.ratifying import ratifying
from referrals.models import Disclosure, DisclosureEntry
from referrals.rules import disclosing_units

Status = Disclosure.Status
WAITING = {  # status: what to do, the page that does it, who else waits
    Status.PROPOSED: ("Decide on", Kind.DECISION, "awaits the MAPPA chair’s decision"),
    Status.DECIDED: ("Carry out", Kind.CARRIED_OUT, "decided, not carried out yet"),
    Status.OUTSIDE: ("Tell the panel of", Kind.HEARD, "made outside a meeting"),
}


@register
def tasks(user, today: date) -> Iterator[Task]:
    units = disclosing_units(user)
    if not units:
        return
    deciding = {s.organisation.pk for s in seats_with(user, "decide_disclosure")}
    there = Q(status__in=(*WAITING, Status.UNRATIFIED)) | Q(review_on__isnull=False) | Q(due_on__isnull=False)
    mine = Disclosure.objects.for_user(user).filter(there, organisation__in=units)
    found = list(mine.select_related("territory", "case").order_by("opened_on", "pk"))
    for disclosure in found:
        yield from _waits(disclosure, disclosure.organisation_id in deciding)
        yield from _dated(disclosure)
    yield from _unratified([d for d in found if d.status == Status.UNRATIFIED], deciding, today)


def _unratified(found: list[Disclosure], deciding: set[int], today: date) -> Iterator[Task]:
    """Red until the panel has answered; due on the day of that panel."""
    made = DisclosureEntry.objects.filter(disclosure__in=found, kind=Kind.DECISION).order_by("number")
    days = dict(made.values_list("disclosure", "happened_on")) if found else {}
    for disclosure, state in zip(found, ratifying([(d, days[d.pk]) for d in found], today), strict=True):
        records = state.is_heard and disclosure.organisation_id in deciding
        yield Task(
            _title(disclosure),
            _form(disclosure, Kind.RATIFICATION) if records else _trail(disclosure),
            state.panel and state.panel.held_on,
            f"{disclosure.territory}, {state.why}. {state.todo}",
            state.verb,
            late=True,
        )


def _waits(disclosure: Disclosure, decides: bool) -> Iterator[Task]:
    verb, kind, waiting = WAITING.get(disclosure.status, ("", "", ""))
    if verb and (decides or kind != Kind.DECISION):
        yield Task(
            _title(disclosure), _form(disclosure, kind), None, f"{disclosure.territory}, {waiting}", verb
        )


def _dated(disclosure: Disclosure) -> Iterator[Task]:
    if disclosure.due_on:
        yield Task(
            _title(disclosure),
            _form(disclosure, Kind.STEP),
            disclosure.due_on,
            f"{disclosure.territory}, {disclosure.scheme.upper()}",
            "Record the next step of",
        )
    if disclosure.review_on:
        address = _form(disclosure, Kind.REVIEW)
        yield Task(_title(disclosure), address, disclosure.review_on, str(disclosure.territory), "Review")


def _title(disclosure: Disclosure) -> str:
    return f"disclosure {disclosure.reference}"


def _trail(disclosure: Disclosure) -> str:
    return reverse("disclosures:disclosure", args=[disclosure.reference])


def _form(disclosure: Disclosure, kind: str) -> str:
    return reverse("disclosures:add", args=[disclosure.reference, kind])
