"""Camden's coming panels: Children's Services have checked a case of the first and none of the second."""

from dataclasses import asdict
from datetime import datetime, timedelta

from django.utils.timezone import localdate

from boards.access import share
from boards.models import Organisation
from meetings.actions import checks
from meetings.actions.checks import Check
from meetings.actions.notifications import Telling, notify, to_tell
from meetings.models import Discussion, Meeting, Notification
from meetings.notifications.known import Known, usual
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


def load_held(unit: Organisation, at: datetime) -> None:
    """Children's Services, of two cases that a panel has decided since: note and warning flag are ready."""
    decided = Discussion.objects.filter(
        meeting__organisation=unit, meeting__status=Meeting.Status.HELD, level_decided__isnull=False
    )
    attended = decided.filter(attendances__organisation__agency_type="CSC", attendances__attended=True)
    for discussion in attended.select_related("meeting", "case", "territory").order_by(
        "-meeting__held_on", "pk"
    )[:2]:
        _told_before(discussion, unit, at)


def _told_before(discussion: Discussion, unit: Organisation, at: datetime) -> None:
    meeting, case = discussion.meeting, discussion.case
    agency = discussion.attendances.filter(organisation__agency_type="CSC").first().organisation
    told_at = at - timedelta(days=(localdate(at) - meeting.held_on).days + 10)
    may_know = list(usual(agency))
    known = Known.of(case, meeting.level, may_know, "", localdate(told_at)).sealed()
    row = Notification.objects.create(
        territory=discussion.territory,
        organisation=unit,
        agency=agency,
        case=case,
        discussion=discussion,
        may_know=may_know,
        known=known,
        notified_at=told_at,
        check_by=meeting.held_on - timedelta(days=3),
        answered_at=told_at + timedelta(days=2),
        **asdict(WORKER),
    )
    share(row, with_=agency)
