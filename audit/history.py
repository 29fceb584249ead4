"""What happened to one thing, for the page that shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from audit.models import Event

MOST = 50


@dataclass(frozen=True)
class Entry:
    at: datetime
    who: str
    what: str
    changes: tuple[tuple[str, str, str], ...]  # (field, before, after)
    reason: str


def history_of(user, subject, reference: str = "") -> list[Entry]:
    """Newest first, as far as this person reads the trail; with a reference, all that happened under it."""
    events = Event.objects.for_user(user).select_related("actor").prefetch_related("changes")
    if reference:
        events = events.filter(reference=reference)
    else:
        events = events.filter(subject_kind=subject._meta.label_lower, subject_id=subject.pk)
    return [_entry(event) for event in events.order_by("-at", "-seq")[:MOST]]


def last_change(subject) -> Event | None:
    """For telling two people about each other; within the scope of whoever edits the same thing."""
    events = Event.objects.filter(subject_kind=subject._meta.label_lower, subject_id=subject.pk)
    return events.select_related("actor").order_by("-seq").first()


def in_words(event_name: str) -> str:
    """ "organisation.coverage_changed" is "Organisation coverage changed"."""
    return event_name.replace(".", " ").replace("_", " ").capitalize()


def _entry(event: Event) -> Entry:
    changes = [
        (_label(event.subject_kind, name), _text(change.before.get(name)), _text(change.after.get(name)))
        for change in event.changes.all()
        for name in event.fields
    ]
    who = event.actor.name if event.actor else "The portal"
    return Entry(event.at, who, in_words(event.name), tuple(changes), event.reason)


def _label(kind: str, name: str) -> str:
    try:
        label = apps.get_model(kind)._meta.get_field(name).verbose_name
    except (LookupError, FieldDoesNotExist, AttributeError):
        label = name.replace("_", " ")
    return label[:1].upper() + label[1:]


def _text(value) -> str:
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(_text(v) for v in value) or "None"
    return "None" if value in (None, "") else str(value)
