"""Paper copies of signed documents: numbered, with a named holder, due back. The rooms say who may (rules.py)."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet

from audit.events import record
from documents.models import Document, PaperCopy
from mappa_portal.exceptions import Conflict
from mappa_portal.words import long_date, short_date


@transaction.atomic
def issue(document: Document, *, holder: str, issued_on: date, due_on: date, today: date, by) -> PaperCopy:
    """The next number of this reference; its versions count on."""
    same = {"territory": document.territory_id, "kind": document.kind, "reference": document.reference}
    list(Document.objects.filter(**same).order_by("pk").select_for_update(of=["self"]))
    if not holder.strip():
        raise ValidationError({"holder": "Enter who will hold this copy"})
    if issued_on > today:
        raise ValidationError({"issued_on": "Date issued must be today or in the past"})
    if due_on < issued_on:
        raise ValidationError({"due_on": _not_before("Date due back", issued_on)})
    given = PaperCopy.objects.filter(territory=document.territory_id, reference=document.reference)
    copy = PaperCopy.objects.create(
        territory_id=document.territory_id,
        about_id=document.about_id,
        document=document,
        reference=document.reference,
        number=(given.aggregate(last=Max("number"))["last"] or 0) + 1,
        holder=holder.strip(),
        issued_on=issued_on,
        issued_by=by,
        due_on=due_on,
    )
    record("paper_copy.issued", copy, by=by, after={"number": copy.number, "due_on": due_on})
    return copy


def _not_before(what: str, issued_on: date) -> str:
    return f"{what} must be the same as or after {long_date(issued_on)}"


@transaction.atomic
def take_in(copies: QuerySet, *, returned_on: date, today: date, by) -> list[PaperCopy]:
    """These came back; what came back before keeps its day."""
    held = _held(copies.out())
    if not held:
        raise ValidationError({"copies": "Select at least one copy"})
    if returned_on > today:
        raise ValidationError({"returned_on": "Date returned must be today or in the past"})
    latest = max(copy.issued_on for copy in held)
    if returned_on < latest:
        raise ValidationError({"returned_on": _not_before("Date returned", latest)})
    for copy in held:
        copy.returned_on = returned_on
        copy.save(update_fields=["returned_on"])
        record("paper_copy.returned", copy, by=by, after=_said(copy, returned_on))
    return held


@transaction.atomic
def put_out(copy: PaperCopy, *, by) -> PaperCopy:
    """It was ticked off by mistake: it is with its holder still."""
    [copy] = _held(PaperCopy.objects.filter(pk=copy.pk))
    if copy.is_out:
        raise Conflict(f"Copy {copy.number} is out already.")
    before, copy.returned_on = copy.returned_on, None
    copy.save(update_fields=["returned_on"])
    record("paper_copy.not_returned", copy, by=by, before=_said(copy, before), after=_said(copy, None))
    return copy


def _said(copy: PaperCopy, returned_on: date | None) -> dict:
    return {"number": copy.number, "returned_on": returned_on}


def _held(copies: QuerySet) -> list[PaperCopy]:
    return list(copies.order_by("number").select_for_update(of=["self"]))


def printed(copy: PaperCopy, keeper: str, *, by) -> bytes:
    """To be put on paper: each page says which copy it is, who holds it, and where it goes back to."""
    from documents.print_copy import stamped  # loads pikepdf

    record("paper_copy.printed", copy, by=by, after={"number": copy.number})
    return stamped(copy, keeper)


def numbers(copies: Iterable[PaperCopy]) -> str:
    """As a list: copy 3 due 30 Jul 2026, copy 5 due …"""
    return ", ".join(f"copy {copy.number} due {short_date(copy.due_on)}" for copy in copies)
