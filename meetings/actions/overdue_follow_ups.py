"""What happens to absences by itself: each morning, and as often as anybody likes."""

from datetime import date

from boards.models import Organisation, Territory
from mappa_portal.exceptions import Conflict
from meetings import absences
from meetings.actions import follow_ups as actions
from meetings.models import FollowUp, Meeting


def carry_on(borough: Territory, today: date) -> None:
    """Open what nobody has opened, send what was drafted, go a step further where no answer came."""
    for meeting, agency in absences.to_follow_up(borough, today):
        actions.open_follow_up(
            Meeting.objects.get(pk=meeting), Organisation.objects.get(pk=agency), today=today, by=None
        )
    for follow_up in FollowUp.objects.open().filter(territory=borough):
        if not follow_up.step.is_sent:
            _send(follow_up, today)
        elif follow_up.step.is_overdue(today):
            _escalate(follow_up, today)


def _send(follow_up: FollowUp, today: date) -> None:
    """Without an address it waits for somebody to enter one: the home page says so."""
    step = follow_up.step
    if step.to_email and step.due_on <= today:
        actions.send(
            follow_up,
            letter=step.letter,
            to_name=step.to_name,
            to_email=step.to_email,
            today=today,
            by=None,
        )


def _escalate(follow_up: FollowUp, today: date) -> None:
    """A first absence ends with the line manager, and what the SMB has is the SMB's: a person closes it."""
    try:
        actions.escalate(follow_up, today=today, by=None)
    except Conflict:
        return
