"""Meeting → discussion → attendance; invitation → reply; decisions; follow-up of absence; stored figures."""

from meetings.models.attendance import Attendance, Attendee, Mode
from meetings.models.decisions import Action, Minutes
from meetings.models.figures import DayFigures, Recount
from meetings.models.follow_ups import Escalation, FollowUp, Step
from meetings.models.imports import AttendanceFile
from meetings.models.invitations import (
    CalendarMail,
    Contact,
    Invitation,
    Person,
    PhoneCall,
    Reply,
    ReplyLink,
)
from meetings.models.meetings import LEVELS, Discussion, DiscussionGrant, Meeting, Series, StandingInvitee
from meetings.models.notifications import Notification, NotificationGrant

__all__ = [
    "LEVELS",
    "Action",
    "Attendance",
    "AttendanceFile",
    "Attendee",
    "CalendarMail",
    "Contact",
    "DayFigures",
    "Discussion",
    "DiscussionGrant",
    "Escalation",
    "FollowUp",
    "Invitation",
    "Meeting",
    "Minutes",
    "Mode",
    "Notification",
    "NotificationGrant",
    "Person",
    "PhoneCall",
    "Recount",
    "Reply",
    "ReplyLink",
    "Series",
    "StandingInvitee",
    "Step",
]
