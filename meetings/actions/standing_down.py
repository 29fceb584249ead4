"""Excusing an agency before the meeting: the only way out of what KPI 6 expects (C3)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from audit.events import record
from boards.access import unshare
from meetings.actions import invitations, notifications
from meetings.actions.locks import take
from meetings.models import Attendance, Discussion, Invitation, Meeting
from meetings.rules import MEETING_RULES


@transaction.atomic
def stand_down(
    invitation: Invitation, *, reason: str, by, at: datetime, discussion: Discussion | None = None
) -> Invitation:
    """From the whole meeting, or from one case of it; from its last case is from the whole."""
    meeting = take(invitation.meeting)
    MEETING_RULES.require("stand_down", meeting, by=by)
    invitation = (
        Invitation.objects.select_for_update(of=["self"]).select_related("agency").get(pk=invitation.pk)
    )
    if not reason.strip():
        raise ValidationError({"reason": "Enter why the agency is not needed"})
    parts = Attendance.objects.required().filter(
        discussion__meeting=meeting, organisation_id=invitation.agency_id
    )
    if discussion and parts.exclude(discussion=discussion).exists():
        parts.filter(discussion=discussion).update(stood_down=True)
        unshare(discussion, with_=invitation.agency)
        about = {"agency": invitation.agency.name, "case": discussion.case.reference}
    else:
        parts.update(stood_down=True)
        excuse(invitation, reason, by, at)
        about = {"agency": invitation.agency.name}
    record("meeting.agency_stood_down", meeting, by=by, after=about, reason=reason)
    notifications.close_unexpected(meeting, by=by)
    return invitation


def carry_over(meeting: Meeting, following: Meeting, *, by) -> None:
    """To the meeting that takes its place: the same cases, so the same reasons (C3)."""
    place = dict(following.discussions.values_list("case", "pk"))
    parts = Attendance.objects.filter(discussion__meeting=meeting, stood_down=True)
    common = {"territory_id": following.territory_id, "stood_down": True}
    Attendance.objects.bulk_create(
        Attendance(discussion_id=place[case], organisation_id=agency, **common)
        for case, agency in parts.values_list("discussion__case", "organisation")
    )
    for was in meeting.invitations.exclude(stood_down_at=None).select_related("agency").order_by("pk"):
        kept = {name: getattr(was, name) for name in ("agency", "stood_down_at", "stood_down_reason")}
        Invitation.objects.create(territory_id=following.territory_id, meeting=following, **kept)
        about = {"agency": was.agency.name}
        record("meeting.agency_stood_down", following, by=by, after=about, reason=was.stood_down_reason)


def excuse(invitation: Invitation, reason: str, by, at: datetime) -> None:
    """Of the invitation what its attendances do not say; who was told is told of it."""
    invitation.stood_down_at, invitation.stood_down_reason = at, reason
    invitation.revision += 1
    invitation.save(update_fields=["stood_down_at", "stood_down_reason", "revision"])
    if invitation.sent_at:
        invitations.withdraw(invitation, by=by, at=at)
