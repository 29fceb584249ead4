"""What happened to one thing, for the page that shows it."""

from dataclasses import dataclass
from datetime import datetime

from audit.models import Event
from audit.words import action_in_words, actor_of, changes_of

MOST = 50


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


def entries(events) -> list[Entry]:
    """Newest first, of events that a room shows to its own people."""
    found = events.select_related("actor").prefetch_related("changes").order_by("-at", "-seq")
    return [_entry(event) for event in found[:MOST]]


def last_change(subject) -> Event | None:
    """For telling two people about each other; within the scope of whoever edits the same thing."""
    events = Event.objects.filter(subject_kind=subject._meta.label_lower, subject_id=subject.pk)
    return events.select_related("actor").order_by("-seq").first()


def _entry(event: Event) -> Entry:
    return Entry(
        event.at, actor_of(event), action_in_words(event.name), tuple(changes_of(event)), event.reason
    )
