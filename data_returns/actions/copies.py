"""Paper copies of a return: who gets one, which came back, and who is reminded of those that did not."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from audit.events import record
from boards.models import AreaSettings, Territory
from data_returns.models import Return
from data_returns.rules import RETURN_RULES
from documents import copies
from documents.models import Document, PaperCopy


def copies_of(data_return: Return):
    """Of all its versions."""
    kept = PaperCopy.objects.filter(document__kind=Document.Kind.DATA_RETURN)
    return kept.filter(territory=data_return.territory_id, reference=data_return.reference)


def due_back(borough: Territory, issued_on: date) -> date:
    """Unless somebody says otherwise."""
    return issued_on + timedelta(days=_settings(borough).copy_days)


def issue_copy(
    data_return: Return, *, holder: str, issued_on: date, due_on: date, today: date, by
) -> PaperCopy:
    RETURN_RULES.require("issue_copy", data_return, by=by)
    said = {"holder": holder, "issued_on": issued_on, "due_on": due_on}
    return copies.issue(data_return.document, **said, today=today, by=by)


def take_in(
    data_return: Return, numbers: Collection[str], *, returned_on: date, today: date, by
) -> list[PaperCopy]:
    RETURN_RULES.require("keep_copies", data_return, by=by)
    chosen = copies_of(data_return).filter(number__in=numbers)
    return copies.take_in(chosen, returned_on=returned_on, today=today, by=by)


def put_out(data_return: Return, copy: PaperCopy, *, by) -> PaperCopy:
    RETURN_RULES.require("keep_copies", data_return, by=by)
    return copies.put_out(copy, by=by)


def print_copy(data_return: Return, copy: PaperCopy, *, by) -> bytes:
    RETURN_RULES.require("keep_copies", data_return, by=by)
    return copies.printed(copy, str(data_return.organisation), by=by)


def to_chase(borough: Territory, today: date):
    """Overdue, and nobody was reminded of it in the last days."""
    again = timedelta(days=_settings(borough).copy_reminder_days)
    kept = PaperCopy.objects.overdue(today).filter(
        territory=borough, document__kind=Document.Kind.DATA_RETURN
    )
    return kept.filter(Q(chased_on=None) | Q(chased_on__lte=today - again))


def _settings(borough: Territory) -> AreaSettings:
    return AreaSettings.objects.get(territory=borough.parent_id)


@transaction.atomic
def chase_copies(data_return: Return, *, today: date) -> list[PaperCopy]:
    """Holders have no account: the unit is told which copies to ask for."""
    found = copies_of(data_return) & to_chase(data_return.territory, today)
    late = list(found.order_by("number").select_for_update(of=["self"]))
    for copy in late:
        copy.chased_on = today
        copy.save(update_fields=["chased_on"])
        record("paper_copy.chased", copy, by=None, after={"number": copy.number})
    return late
