from boards.rules import Rule, RuleBook
from meetings.models import Meeting

MEETING_RULES = RuleBook(
    add=Rule("record_meeting"),
    record=Rule(
        "record_meeting",
        lambda meeting: meeting.status == Meeting.Status.HELD,
        "Attendance is recorded for meetings that were held.",
    ),
)
