"""What happens to absences by itself: each morning, and as often as anybody likes."""

from datetime import date

from boards.models import Organisation, Territory
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
        actions.carry_on(follow_up, today=today)
