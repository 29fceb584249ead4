"""Reminders of referrals: the level is due before a release, the first meeting is due soon, or it is overdue."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from boards.dates import add_working_days
from boards.models import Territory
from outbox.jobs import post
from referrals.models import Referral
from referrals.referring import mail

AHEAD = 5  # working days before the first meeting is due
LEVEL, HEARING, OVERDUE = "level", "hearing", "overdue"
SAID = {
    LEVEL: "This referral is not decided, and the day has come by which its level should be set.",
    HEARING: "The first meeting of this referral is due soon, and its case is on no agenda yet.",
    OVERDUE: "The first meeting of this referral is overdue.",
}


@dataclass(frozen=True)
class Due:
    what: str
    day: date

    @property
    def key(self) -> str:
        return f"{self.what}:{self.day}"


def due(referral: Referral, today: date) -> Due | None:
    """Of a listed one; ``decide_by`` tells of a release without saying when that is."""
    if referral.status in Referral.UNDECIDED:
        is_due = referral.decide_by and referral.decide_by <= today
        return Due(LEVEL, referral.decide_by) if is_due else None
    if referral.status != Referral.Status.ACCEPTED or referral.heard_on or not referral.hear_by:
        return None
    if referral.hear_by < today:
        return Due(OVERDUE, referral.hear_by)
    is_near = not referral.on and referral.hear_by <= add_working_days(today, AHEAD)
    return Due(HEARING, referral.hear_by) if is_near else None


def promise(borough: Territory, today: date) -> int:
    """Once for each referral, kind and day, however often it is called; returns how many are due."""
    found = [(referral, now) for referral in _near(borough, today) if (now := due(referral, today))]
    for referral, now in found:
        post("referrals.remind", referral, key=now.key)
    return len(found)


def _near(borough: Territory, today: date) -> Iterator[Referral]:
    horizon = add_working_days(today, AHEAD)
    undecided = Q(status__in=Referral.UNDECIDED, decide_by__lte=today)
    unheard = Q(status=Referral.Status.ACCEPTED, hear_by__lte=horizon, heard_on=None, case__ended_on=None)
    yield from Referral.objects.listed().filter(undecided | unheard, territory=borough).order_by("pk")


def remind(referral: Referral, today: date) -> None:
    """To those who can act on it, if it is due still."""
    if now := due(referral, today):
        mail.remind(referral, SAID[now.what], key=now.key, today=today)
