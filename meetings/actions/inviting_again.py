"""Undoing a stand-down before the meeting."""

from datetime import datetime

from django.db import transaction

from audit.events import record
from mappa_portal.exceptions import Conflict
from meetings.actions import agenda
from meetings.actions.locks import take
from meetings.actions.meetings import send_invitations
from meetings.models import Attendance, Invitation
from meetings.rules import MEETING_RULES


@transaction.atomic
def invite_again(invitation: Invitation, *, by, at: datetime, reason: str = "") -> Invitation:
    """Expected again for every case. An agency that was told off is asked anew at once; ``reason``: of short notice."""
    meeting = take(invitation.meeting)
    MEETING_RULES.require("invite", meeting, by=by)
    asked = meeting.invitations.select_for_update(of=["self"]).select_related("agency").get(pk=invitation.pk)
    cases = excused_from(asked)
    if not asked.stood_down_at and not cases:
        raise Conflict(f"{asked.agency} is invited already.")
    told_off = asked.stood_down_at and asked.sent_at
    if asked.stood_down_at:
        asked.stood_down_at, asked.stood_down_reason, asked.sent_at = None, "", None
        asked.revision += 1
        asked.save(update_fields=["stood_down_at", "stood_down_reason", "sent_at", "revision"])
        cases = cases or list(meeting.discussions.values_list("pk", flat=True))
    record("meeting.agency_invited_again", meeting, by=by, after={"agency": asked.agency.name})
    agenda.add_parts(meeting, {(discussion, asked.agency_id) for discussion in cases})
    if told_off:
        send_invitations(meeting, by=by, at=at, reason=reason, only=asked)
    return asked


def excused_from(invitation: Invitation) -> list[int]:
    """The discussions from which its agency was stood down."""
    parts = Attendance.objects.filter(
        discussion__meeting=invitation.meeting_id, organisation=invitation.agency_id, stood_down=True
    )
    return list(parts.values_list("discussion", flat=True))
