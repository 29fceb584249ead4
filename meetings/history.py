"""What was done about a meeting and its parts, for the page of its MAPPA unit."""

from django.db.models import Q

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
    discussions = meeting.discussions.select_related("case")
    found |= {("meetings.discussion", d.pk): d.case.reference for d in discussions}
    own = Q(discussion__meeting=meeting) | Q(carried_to__discussion__meeting=meeting)
    actions = Action.objects.filter(own).select_related("discussion__case")
    return found | {
        ("meetings.action", a.pk): f"{a.discussion.case.reference}, action {a.number}" for a in actions
    }
