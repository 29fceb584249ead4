"""Notice is short: somebody telephones each agency, and writes down what came of it."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from audit.events import record
from boards.models import AreaSettings
from meetings.actions.replies import reply
from meetings.models import Invitation, Meeting, PhoneCall, Reply
from meetings.notice import Notice
from meetings.rules import MEETING_RULES


def notice_of(meeting: Meeting, today: date, *, sent_on: date | None = None) -> Notice:
    """From the day of sending, or from today while nothing was sent."""
    settings = AreaSettings.objects.get(territory=meeting.organisation.territory.area)
    return Notice(meeting.held_on, sent_on or meeting.invited_on or today, settings.notice_days)


def call_if_short(meeting: Meeting, invitations: Iterable[Invitation], today: date) -> None:
    """Short notice needs its reason, and a call to each agency; who was called about another day is called again."""
    notice = notice_of(meeting, today, sent_on=today)
    if not notice.short_by:
        return
    if not meeting.short_notice_reason:
        raise ValidationError({"short_notice_reason": notice.why})
    asked = list(invitations)
    due = PhoneCall.objects.filter(invitation__in=asked, made_at=None)
    due.update(due_on=today)
    waiting = set(due.values_list("invitation", flat=True))
    PhoneCall.objects.bulk_create(
        PhoneCall(territory_id=i.territory_id, invitation=i, due_on=today)
        for i in asked
        if i.pk not in waiting
    )


@transaction.atomic
def record_call(
    call: PhoneCall,
    *,
    spoke_to: str,
    outcome: str,
    by,
    at: datetime,
    confirmed: bool = False,
    starts: datetime | None = None,
) -> PhoneCall:
    """``confirmed``: the agency said that its usual representative will come to the meeting that ``starts`` then."""
    call = (
        PhoneCall.objects.select_for_update(of=["self"]).select_related("invitation__agency").get(pk=call.pk)
    )
    meeting = Meeting.objects.select_related("organisation").get(pk=call.invitation.meeting_id)
    MEETING_RULES.require("record_call", meeting, by=by)
    call.spoke_to, call.outcome, call.made_at, call.made_by = spoke_to, outcome, at, by
    call.save(update_fields=["spoke_to", "outcome", "made_at", "made_by"])
    if confirmed:
        said = {"answer": Reply.Answer.ATTENDING, "channel": Reply.Channel.PHONE, "starts": starts}
        reply(call.invitation, by=by, at=at, **said)
    record("meeting.agency_called", meeting, by=by, organisation=None, reason=str(call.invitation.agency))
    return call
