"""The kinds of record that are reviewed instead of deleted: when each is due, whom it is about, how it is erased.

The rooms below add their own.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q
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
    """Those that came to nothing; an accepted one goes with its case."""
    over = Q(status="declined", decided_at__date__lte=by) | Q(status="withdrawn", withdrawn_at__date__lte=by)
    mine = Referral.objects.filter(over, unit=unit, erased_at=None).exclude(pk__in=done)
    return [
        (one.pk, one.reference, (one.withdrawn_at or one.decided_at).date())
        for one in mine.order_by("started_at")[:MOST]
    ]


OVER = Q(status__in=["refused", "rejected", "told", "closed"], due_on=None, review_on=None)


def _disclosures(unit: Organisation, by: date, done) -> Iterable[tuple[int, str, date]]:
    """Those on which nothing is to be done any more."""
    mine = Disclosure.objects.filter(OVER, organisation=unit, opened_on__lte=by, erased_at=None)
    return mine.exclude(pk__in=done).order_by("opened_on").values_list("pk", "reference", "opened_on")[:MOST]


def _checks(unit: Organisation, by: date, done) -> Iterable[tuple[int, str, date]]:
    """Out-of-area checks that are over: about somebody who may be no case here."""
    over = OutOfAreaCheck.objects.filter(unit=unit, status__in=["answered", "refused", "withdrawn"])
    found = over.filter(asked_at__date__lte=by).exclude(pk__in=done).order_by("asked_at", "pk")
    return [(one.pk, one.reference, localdate(one.asked_at)) for one in found[:MOST]]
