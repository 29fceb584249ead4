from django.utils.timezone import now

from boards.rules import Rule, RuleBook
from mappa_portal.words import lower_first
from meetings.models import Meeting


def _lies_ahead(meeting: Meeting) -> bool:
    return meeting.is_planned and not meeting.has_begun(now())


def _is_under_way(meeting: Meeting) -> bool:
    return meeting.is_planned and meeting.has_begun(now())


def _why_not(meeting: Meeting) -> str:
    if not meeting.is_planned:
        return f"This meeting is no longer planned: {lower_first(meeting.get_status_display())}."
    if meeting.has_begun(now()):
        return "This meeting has started. Say whether it was held, postponed or cancelled."
    return "This meeting has not started yet."


MEETING_RULES = RuleBook(
    add=Rule("record_meeting"),
    change=Rule("record_meeting", _lies_ahead, _why_not),
    invite=Rule("record_meeting", _lies_ahead, _why_not),
    stand_down=Rule("record_meeting", _lies_ahead, _why_not),  # C3: before the meeting
    record_call=Rule("record_meeting"),
    cancel=Rule("record_meeting", lambda m: m.is_planned, _why_not),
    postpone=Rule("record_meeting", lambda m: m.is_planned, _why_not),
    hold=Rule("record_meeting", _is_under_way, _why_not),
    abandon=Rule("record_meeting", _is_under_way, _why_not),
    record=Rule(
        "record_meeting",
        lambda meeting: meeting.status == Meeting.Status.HELD,
        "Attendance is recorded for meetings that were held.",
    ),
)
