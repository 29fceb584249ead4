"""Who looked at what is held about a case, and why: from the events, wherever in the portal they were written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from audit.history import FINGERPRINT, READING
from audit.models import Event
from audit.words import action_in_words, actor_of
from mappa_portal.words import upper_first
from referrals import rooms
from referrals.looking import VALID
from referrals.models import Case, ReasonToLook, ReferralAttachment, ReferralSection

LOOKED = READING & ~Q(name="case.reason_given")  # the reason stands beside the look


@dataclass(frozen=True)
class Look:
    at: datetime
    who: str
    organisation: str
    what: str
    why: str


@rooms.traces
def traces(case: Case) -> dict[str, Iterable[int]]:
    referrals = list(case.referrals.values_list("pk", flat=True))
    return {
        "referrals.case": [case.pk],
        "referrals.transfer": list(case.transfers.values_list("pk", flat=True)),
        "referrals.pack": list(case.packs.values_list("pk", flat=True)),
        "referrals.disclosure": list(case.disclosures.values_list("pk", flat=True)),
        "referrals.referral": referrals,
        "referrals.referralattachment": ReferralAttachment.objects.filter(referral__in=referrals).values_list(
            "pk", flat=True
        ),
        "referrals.referralsection": ReferralSection.objects.filter(referral__in=referrals).values_list(
            "pk", flat=True
        ),
    }


def events_about(*cases: Case) -> QuerySet[Event]:
    """Of one borough."""
    about = Q()
    for case in cases:
        for kind, ids in rooms.traces_of(case).items():
            about |= Q(subject_kind=kind, subject_id__in=list(ids))
    return Event.objects.filter(about, territory=cases[0].territory_id)


def looks_at(*cases: Case) -> QuerySet[Event]:
    return events_about(*cases).filter(LOOKED).select_related("actor", "organisation")


def in_words(case: Case, events: Iterable[Event]) -> list[Look]:
    """With the words of whoever had to say why."""
    given = list(ReasonToLook.objects.filter(case__in=case.family).order_by("-given_at"))
    return [
        Look(
            event.at,
            actor_of(event),
            event.organisation.name if event.organisation else "",
            action_in_words(event.name),
            _why(event, given),
        )
        for event in events
    ]


def _why(event: Event, given: list[ReasonToLook]) -> str:
    said = [
        one for one in given if one.by_id == event.actor_id and event.at - VALID < one.given_at <= event.at
    ]
    usual = FINGERPRINT.sub("", event.reason)
    words = said[0].said if said and event.reason else ""
    return ". ".join(filter(None, (upper_first(usual), words)))
