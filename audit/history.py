"""What happened to one thing, for the page that shows it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from audit.models import Event
from audit.words import action_in_words, actor_of, changes_of
from mappa_portal.words import upper_first

MOST = 50
FINGERPRINT = re.compile(r",? ?\b[0-9a-f]{12}\b")  # of minutes: for the trail, not for people
READING = (  # H1: for "who looked", not for the history of what was done
    Q(name__endswith="viewed")
    | Q(name__endswith=".downloaded")
    | Q(name__endswith=".looks_exported")
    | Q(name__in=["referral.attachment_read", "notification.exported", "case.reason_given"])
)


@dataclass(frozen=True)
class Entry:
    at: datetime
    who: str
    what: str
    changes: tuple[tuple[str, str, str], ...]  # (field, before, after)
    reason: str


def history_of(user, subject, reference: str = "") -> list[Entry]:
    """Newest first, as far as the person reads the trail; with a reference, also what stands under it."""
    events = Event.objects.for_user(user)
    if reference:
        events = events.filter(reference=reference)
    else:
        events = events.filter(subject_kind=subject._meta.label_lower, subject_id=subject.pk)
    return entries(events)


def done_to(subject) -> list[Entry]:
    """For those who keep it, whether or not they read the trail."""
    events = Event.objects.filter(territory=subject.territory_id)
    return entries(events.filter(subject_kind=subject._meta.label_lower, subject_id=subject.pk))


def entries(events, parts: Mapping[tuple[str, int], str] | None = None) -> list[Entry]:
    """Newest first, of events that a room shows to its own people: what was done, not who looked.

    ``parts`` names what else than the page's own thing an event may be about, by kind and id.
    """
    found = events.exclude(READING).select_related("actor").prefetch_related("changes")
    return [_entry(event, parts or {}) for event in found.order_by("-at", "-seq")[:MOST]]


def last_change(subject) -> Event | None:
    """For telling two people about each other; within the scope of whoever edits the same thing."""
    events = Event.objects.filter(subject_kind=subject._meta.label_lower, subject_id=subject.pk)
    return events.select_related("actor").order_by("-seq").first()


def _entry(event: Event, parts: Mapping[tuple[str, int], str]) -> Entry:
    part = parts.get((event.subject_kind, event.subject_id))
    what = action_in_words(event.name)
    return Entry(
        event.at,
        actor_of(event),
        f"{what}: {part}" if part else what,
        tuple(changes_of(event)),
        upper_first(FINGERPRINT.sub("", event.reason)),
    )
