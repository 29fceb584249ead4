"""What was done about a meeting and its parts, for the page of its MAPPA unit."""

from audit.history import Entry, entries
from audit.models import Event
from meetings.models import Action, Invitation, Meeting


def history_of(meeting: Meeting) -> list[Entry]:
    events = Event.objects.filter(territory=meeting.territory_id, reference=meeting.reference)
    return entries(events.filter(subject_kind__startswith="meetings."), _parts(meeting))


def _parts(meeting: Meeting) -> dict[tuple[str, int], str]:
    """Which agency, case or action an event is about, by kind and id."""
    invitations = Invitation.objects.filter(meeting=meeting).select_related("agency")
    found = {("meetings.invitation", i.pk): i.agency.name for i in invitations}
    cases = {d.pk: d.case.reference for d in meeting.discussions.select_related("case")}
    found |= {("meetings.discussion", pk): reference for pk, reference in cases.items()}
    actions = Action.objects.filter(discussion__in=cases)
    return found | {
        ("meetings.action", a.pk): f"{cases[a.discussion_id]}, action {a.number}" for a in actions
    }
