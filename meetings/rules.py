from django.db.models import Q
from django.utils.timezone import now

from boards.rules import Rule, RuleBook
from mappa_portal.words import lower_first
from meetings.models import (
    Action,
    Attendance,
    AttendanceFile,
    Contact,
    Escalation,
    FollowUp,
    Invitation,
    Meeting,
    Notification,
    Step,
)
from referrals.rules import CASE_RULES


def _lies_ahead(meeting: Meeting) -> bool:
    return meeting.is_planned and not meeting.has_begun(now())


def _is_under_way(meeting: Meeting) -> bool:
    return meeting.is_planned and meeting.has_begun(now())


def _is_unrecorded(meeting: Meeting) -> bool:
    """Held, as somebody said, and nothing was written down of it since."""
    return (
        meeting.status == Meeting.Status.HELD
        and not Attendance.objects.exclude(attended=None).filter(discussion__meeting=meeting).exists()
        and not meeting.discussions.filter(Q(revision__gt=1) | Q(actions__isnull=False)).exists()
        and not meeting.minutes.exists()
    )


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
    notify=Rule("record_meeting", _lies_ahead, _why_not),
    see_notified=Rule("record_meeting"),
    stand_down=Rule("record_meeting", _lies_ahead, _why_not),  # C3: before the meeting
    record_call=Rule("record_meeting"),
    cancel=Rule("record_meeting", lambda m: m.is_planned, _why_not),
    end_invitations=Rule("record_meeting", lambda m: not m.is_planned, "This meeting is still planned."),
    postpone=Rule("record_meeting", lambda m: m.is_planned, _why_not),
    hold=Rule("record_meeting", _is_under_way, _why_not),
    undo_hold=Rule(
        "record_meeting",
        _is_unrecorded,
        "Only a meeting of which nothing is recorded yet can be planned again.",
    ),
    abandon=Rule("record_meeting", _is_under_way, _why_not),
    follow_up=Rule(
        "record_meeting",
        lambda meeting: meeting.status == Meeting.Status.HELD,
        "Only absence from a meeting that was held is followed up.",
    ),
    record=Rule(
        "record_meeting",
        lambda meeting: meeting.status == Meeting.Status.HELD,
        "Attendance is recorded for meetings that were held.",
    ),
    draft_minutes=Rule(
        "record_meeting",
        lambda meeting: meeting.status == Meeting.Status.HELD,
        "Minutes are made of meetings that were held.",
    ),
)

ATTENDANCE_FILE_RULES = RuleBook(
    **{
        "import": Rule(
            "record_meeting",
            lambda kept: kept.status == AttendanceFile.Status.CHECKED,
            "This file is imported already, or a worker is busy with it.",
        )
    },
    discard=Rule("record_meeting", lambda kept: not kept.is_under_way, "A worker is busy with this file."),
)

DISCUSSION_RULES = RuleBook(
    record=Rule(
        "record_meeting",
        lambda discussion: discussion.meeting.status == Meeting.Status.HELD,
        "Decisions are recorded for meetings that were held.",
    ),
)


def _is_open(action: Action) -> bool:
    return action.status == Action.Status.OPEN


def _why_closed(action: Action) -> str:
    return f"This action is no longer open: {lower_first(action.get_status_display())}."


ACTION_RULES = RuleBook(
    edit=Rule("record_meeting", _is_open, _why_closed),
    close=Rule("record_meeting", _is_open, _why_closed),
    report_done=Rule("answer_for_agency", _is_open, _why_closed),
)

MINUTES_RULES = RuleBook(
    approve=Rule(
        "approve_minutes",
        lambda minutes: minutes.approved_at is None,
        "These minutes were approved already.",
    ),
    issue=Rule(
        "record_meeting",
        lambda minutes: minutes.approved_at is not None and minutes.issued_at is None,
        lambda minutes: (
            "These minutes were issued already."
            if minutes.issued_at
            else "The chair approves the minutes before they are issued."
        ),
    ),
)


SERIES_RULES = RuleBook(
    start=Rule("record_meeting"),
    stop=Rule("record_meeting", lambda series: series.stopped_on is None, "This series has ended already."),
    choose_standing=Rule("record_meeting"),
)


def _can_be_answered(invitation: Invitation) -> bool:
    return invitation.is_open and not invitation.meeting.has_begun(now())


def _why_no_answer(invitation: Invitation) -> str:
    if invitation.stood_down_at:
        return f"{invitation.agency} was stood down."
    if not invitation.sent_at:
        return "The invitation has not been sent yet."
    if invitation.meeting.is_planned:
        return "Replies end when the meeting starts."
    return _why_not(invitation.meeting)


INVITATION_RULES = RuleBook(
    answer=Rule("answer_for_agency", _can_be_answered, _why_no_answer),
    note_answer=Rule("record_meeting", _can_be_answered, _why_no_answer),
    remind=Rule("record_meeting", _can_be_answered, _why_no_answer),
    resend=Rule("record_meeting", _can_be_answered, _why_no_answer),
    withdraw=Rule("record_meeting", lambda i: _lies_ahead(i.meeting), lambda i: _why_not(i.meeting)),
)


def _asked(follow_up: FollowUp) -> bool:
    return follow_up.is_open and follow_up.step.is_sent


def _why_no_further(follow_up: FollowUp) -> str:
    if follow_up.is_open and follow_up.step.waits_for_decision:
        return "The agency has answered. Say first whether that explains the absence."
    return "Send the request first. A follow-up that is closed or with the SMB goes no further."


FOLLOW_UP_RULES = RuleBook(
    send=Rule(
        "record_meeting",
        lambda f: f.is_open and not f.step.is_sent,
        "This request was sent already, or the follow-up is closed.",
    ),
    answer=Rule(
        "answer_for_agency",
        lambda f: _asked(f) and f.step.number < Step.Number.SMB and not f.step.answer,
        "This was answered already, or the follow-up is closed.",
    ),
    record_explanation=Rule("record_meeting", lambda f: f.is_open, "This follow-up is closed."),
    escalate=Rule(
        "record_meeting",
        lambda f: _asked(f) and f.step.number < Step.Number.SMB and not f.step.waits_for_decision,
        _why_no_further,
    ),
    close=Rule("record_meeting", lambda f: f.is_open, "This follow-up is closed already."),
)

ESCALATION_RULES = RuleBook(
    answer=Rule(
        "record_meeting",
        lambda e: e.status == Escalation.Status.OPEN,
        "The SMB’s answer is recorded already.",
    ),
)


def _is_current(contact: Contact) -> bool:
    return contact.ended_on is None


CONTACT_RULES = RuleBook(
    add=Rule("record_meeting"),
    change=Rule("record_meeting", _is_current, "This contact has ended. Add the next one."),
    end=Rule("record_meeting", _is_current, "This contact has ended already."),
    ask=Rule("record_meeting", _is_current, "This contact has ended. Add the next one."),
    confirm=Rule("answer_for_agency", _is_current, "This contact has ended."),
)


def _why_no_check(notification: Notification) -> str:
    if not notification.is_open:
        return "The MAPPA unit has withdrawn this notification."
    return "The meeting has started: checks do not change any more."


def _has_worker_to_invite(notification: Notification) -> bool:
    meeting = notification.meeting
    waits = notification.worker_email and not notification.is_worker_invited
    return bool(meeting and waits and notification.is_open and _lies_ahead(meeting))


def _can_open_again(notification: Notification) -> bool:
    """Withdrawn, and the agency is still asked to the case, or was told by the lead agency's word."""
    meeting = notification.meeting
    if notification.is_open or not notification.known:  # what it said was erased
        return False
    if meeting and meeting.status == Meeting.Status.HELD:
        return notification.is_asked
    if not CASE_RULES.rules["tell"].test(notification.case):
        return False
    if meeting:
        return meeting.status == Meeting.Status.SCHEDULED and notification.is_asked
    return notification.word_on is not None and not notification.told_again


NOTIFICATION_RULES = RuleBook(
    look=Rule("answer_for_agency", lambda n: n.is_open, _why_no_check),
    check=Rule("answer_for_agency", lambda n: n.can_be_checked(now()), _why_no_check),
    withdraw=Rule("record_meeting", lambda n: n.is_open, "This notification is withdrawn already."),
    open_again=Rule(
        "record_meeting",
        _can_open_again,
        "It is open, the case has ended, or the agency is not asked to it now. Invite the agency again first.",
    ),
    invite_worker=Rule(
        "record_meeting",
        _has_worker_to_invite,
        "The agency named nobody who is still to be invited, or the meeting has started.",
    ),
)
