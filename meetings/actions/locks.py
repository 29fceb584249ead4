"""Holding a meeting as the person saw it."""

from mappa_portal.exceptions import StaleEdit
from meetings.models import Meeting


def take(meeting: Meeting, revision: int | None = None) -> Meeting:
    """Locked to the end of the transaction; a stale ``revision`` is refused (C2)."""
    fresh = (
        Meeting.objects.select_for_update(of=["self"])
        .select_related("organisation__territory__parent", "territory__parent", "postponed_to")
        .get(pk=meeting.pk)
    )
    if revision is not None and fresh.revision != revision:
        raise StaleEdit(fresh)
    return fresh


def keep(meeting: Meeting, *fields: str) -> None:
    """Save these fields as the next revision."""
    meeting.revision += 1
    meeting.save(update_fields=[*fields, "revision"])
