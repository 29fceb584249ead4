"""The kinds of record that are reviewed instead of deleted: when each is due, whom it is about, how it is erased.

The rooms below add their own.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.timezone import localdate

from boards.models import AreaSettings, Organisation
from referrals.models import Case, Disclosure, Keeping, OutOfAreaCheck, Referral


@dataclass(frozen=True)
class Due:
    kind: str
    subject_id: int
    reference: str
    since: date

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.reference}"


@dataclass(frozen=True)
class Kind:
    """``ended(unit, by, done)``: what ended on or before a day, but for ids that are done with. ``cases(id)``: whom it
    is about. ``erase(id)``: what it says goes; gives what its events are about, ids by kind."""

    name: str
    years: str
    ended: Callable[[Organisation, date, Iterable[int]], Iterable[tuple[int, str, date]]]
    cases: Callable[[int], Iterable[Case]]
    erase: Callable[[int], Mapping[str, Iterable[int]]]
    is_over: Callable[[int], bool] = lambda pk: True  # still, when a second person confirms


KINDS: dict[str, Kind] = {}
MOST = 200


def due(unit: Organisation, today: date) -> list[Due]:
    """The longest ended first; what was kept until a later day, erased or proposed already is left out."""
    settings = AreaSettings.objects.get(territory=unit.territory.area.pk)
    found = []
    for code, kind in KINDS.items():
        cutoff = _years_before(today, getattr(settings, kind.years))
        done = Keeping.objects.filter(organisation=unit, kind=code).filter(
            Q(keep_until__gt=today) | Q(outcome="erase", refused_at=None)
        )
        ended = kind.ended(unit, cutoff, done.values("subject_id"))
        found += [Due(code, *each) for each in ended]
    return sorted(found, key=lambda each: each.since)[:MOST]


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def _cases(unit: Organisation, by: date, done) -> Iterable[tuple[int, str, date]]:
    kept = Case.objects.filter(organisation=unit, merged_into=None)  # those merged into one go with it
    younger = Case.objects.filter(Q(ended_on=None) | Q(ended_on__gt=by), merged_into=OuterRef("pk"))
    mine = kept.filter(~Exists(younger), erased_at=None, ended_on__lte=by).exclude(pk__in=done)
    return mine.order_by("ended_on", "pk").values_list("pk", "reference", "ended_on")[:MOST]


def _referrals(unit: Organisation, by: date, done) -> Iterable[tuple[int, str, date]]:
    """Those that came to nothing, and those on which nobody has worked since; an accepted one goes with its case."""
    mine = Referral.objects.exclude(status="accepted").filter(unit=unit, erased_at=None)
    last = Greatest("withdrawn_at", "decided_at", "submitted_at", "started_at", Max("sections__edited_at"))
    return _since(mine, last, by, done)


OVER = Q(status__in=["refused", "rejected", "told", "closed"], due_on=None, review_on=None)


def _disclosures(unit: Organisation, by: date, done) -> Iterable[tuple[int, str, date]]:
    """Those on which nothing is to be done any more, since their last entry."""
    mine = Disclosure.objects.filter(OVER, organisation=unit, erased_at=None)
    last = mine.exclude(pk__in=done).annotate(last=Max("entries__happened_on")).filter(last__lte=by)
    return last.order_by("last", "pk").values_list("pk", "reference", "last")[:MOST]


def _checks(unit: Organisation, by: date, done) -> Iterable[tuple[int, str, date]]:
    """Out-of-area checks that are over: about somebody who may be no case here."""
    over = OutOfAreaCheck.objects.filter(unit=unit, status__in=["answered", "refused", "withdrawn"])
    return _since(over, Greatest("answered_at", "decided_at", "asked_at"), by, done)


def _since(found: QuerySet, last, by: date, done) -> list[tuple[int, str, date]]:
    """``last``: the moment from which the years count; of those that are empty none counts."""
    over = found.exclude(pk__in=done).annotate(last=last).filter(last__date__lte=by).order_by("last", "pk")
    return [(one.pk, one.reference, localdate(one.last)) for one in over[:MOST]]
