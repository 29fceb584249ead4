"""Who knew what about a case on a day: everybody who had been told by then."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from audit.events import record
from referrals.disclosing.ledger import Kind
from referrals.disclosing.words import words_of
from referrals.looking import reason_to_open
from referrals.models import Case, Disclosure
from referrals.rules import CASE_RULES


@dataclass(frozen=True)
class Told:
    disclosure: Disclosure
    recipient: str
    on: date
    by: str
    what: str


@transaction.atomic
def known_on(case: Case, on: date, *, by) -> list[Told]:
    """In order of days; what a correction took out of the count was never said. Looking is recorded (H1)."""
    CASE_RULES.require("disclose", case, by=by)
    why = reason_to_open(case.whole, by=by)
    record("disclosures.knowledge_viewed", case, by=by, after={"day": on}, reason=why)
    found = (
        Disclosure.objects.filter(case__in=case.whole, erased_at=None)
        .prefetch_related("entries__organisation__names")
        .order_by("pk")
    )
    told = [each for disclosure in found for each in _told(disclosure)]
    return sorted((each for each in told if each.on <= on), key=lambda each: each.on)


def _told(disclosure: Disclosure) -> Iterator[Told]:
    for entry in disclosure.recorded:
        if entry.kind in (Kind.CARRIED_OUT, Kind.OUTSIDE) and entry.number not in disclosure.state.struck:
            yield Told(
                disclosure,
                words_of("recipients", entry.said["recipients"]),
                entry.happened_on,
                entry.organisation.name_on(entry.happened_on),
                entry.said.get("exact") or entry.said.get("information", ""),
            )
