"""Camden's coming panels: Children's Services have checked a case of the first and none of the second."""

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from meetings.actions import checks
from meetings.actions.checks import Check
from meetings.actions.notifications import Telling, notify, to_tell
from meetings.models import Meeting, Notification
from meetings.notifications.known import usual
from meetings.notifications.mail import readers

WORKER = Check("related", "Ines Farrow", "Social worker", "ines.farrow@camden.example", "020 7946 0118")
AGENCIES = 2


def load(meeting: Meeting, by, at: datetime, *, answered: bool) -> None:
    told = 0
    asked = meeting.invitations.standing().select_related("agency").order_by("-agency__agency_type")
    for agency in sorted((i.agency for i in asked), key=lambda a: a.agency_type != "CSC"):
        held = readers(Notification(agency=agency, territory=meeting.territory), localdate(at))
        chosen = [d.pk for d in to_tell(meeting, agency, localdate(at)) if d.present_level != 1]
        if told == AGENCIES or not held or not chosen:
            continue
        telling = Telling(usual(agency))
        check_by = max(meeting.held_on - timedelta(days=7), localdate(at) + timedelta(days=2))
        first, *_ = notify(
            meeting, agency, chosen=dict.fromkeys(chosen, telling), check_by=check_by, by=by, at=at
        )
        if answered and told == 0:
            checks.save([(first, WORKER, first.revision)], by=held[0].user, at=at)
        told += 1
