"""Work that a held meeting leaves, for the home page: minutes to make, approve and issue; actions that are owed."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from boards.access import seats_with, units_with
from boards.dates import add_working_days
from boards.models import AreaSettings, Organisation
from mappa_portal.home import Task
from mappa_portal.words import long_date, plural
from meetings.mail.letters import reply_by
from meetings.models import Action, Discussion, Invitation, Meeting, Minutes

BACK = timedelta(days=180)  # what was not minuted by then is no work for today
MOST = 10  # of one kind
SINGLY = 3  # more of one kind stand in one line


def tasks(user, today: date) -> Iterator[Task]:
    yield from _minutes(user, today)
    yield from _follow_up(user, today)
    yield from _owned(user)
    yield from _unanswered(user, today)


def _minutes(user, today: date) -> Iterator[Task]:
    units = units_with(user, "record_meeting")
    if not units:
        return
    chairs = {unit.pk for unit in units_with(user, "approve_minutes")}
    settings = {s.territory_id: s for s in AreaSettings.objects.filter(territory__in=_areas(units))}
    newest = _newest_of(meetings := list(_to_minute([unit.pk for unit in units], today)))
    for meeting in meetings:
        minutes = newest.get(meeting.pk)
        waits = minutes and minutes.approved_at is None
        if waits and meeting.organisation_id not in chairs:
            continue
        verb = "Approve" if waits else "Issue" if minutes else "Make"
        days = settings[meeting.territory.area.pk].circulation_days
        yield Task(
            f"the minutes of {meeting.reference}",
            reverse("meetings:minutes", args=[meeting.reference]),
            add_working_days(meeting.held_on, days),
            f"{meeting.territory}, due to the agencies",
            verb,
        )


def _to_minute(units: list[int], today: date) -> QuerySet[Meeting]:
    """Held, not issued yet, and kept here: what only a file told about has its minutes elsewhere."""
    decided = Discussion.objects.filter(meeting=OuterRef("pk"), level_decided__isnull=False)
    issued = Minutes.objects.filter(meeting=OuterRef("pk"), issued_at__isnull=False)
    found = Meeting.objects.filter(
        organisation__in=units, status=Meeting.Status.HELD, held_on__range=(today - BACK, today)
    )
    found = found.filter(Q(invited_on__isnull=False) | Exists(decided)).exclude(Exists(issued))
    return found.select_related("territory__parent").order_by("held_on")[:20]


def _newest_of(meetings: list[Meeting]) -> dict[int, Minutes]:
    found = Minutes.objects.filter(meeting__in=meetings).defer("content")
    return {m.meeting_id: m for m in found.order_by("meeting", "-number").distinct("meeting")}


def _follow_up(user, today: date) -> Iterator[Task]:
    units = [unit.pk for unit in units_with(user, "record_meeting")]
    late = list(
        Action.objects.open()
        .filter(discussion__meeting__organisation__in=units, due_on__lt=today)
        .order_by("due_on")
        .values_list("due_on", "agency")
        if units
        else ()
    )
    if late:
        agencies = plural(len({agency for _, agency in late}), "agency", "agencies")
        url = f"{reverse('meetings:actions')}?status=overdue"
        yield Task(plural(len(late), "overdue action"), url, late[0][0], f"with {agencies}", "Follow up")


def _owned(user) -> Iterator[Task]:
    """Of the agencies that this person answers for."""
    mine = [s.organisation.pk for s in seats_with(user, "answer_for_agency")]
    if not mine:
        return
    found = Action.objects.for_user(user).open().filter(agency__in=mine)
    days = list(found.order_by("due_on").values_list("due_on", "discussion__meeting__reference"))
    url = reverse("meetings:actions")
    if len(days) > SINGLY:
        yield Task(plural(len(days), "action"), url, days[0][0], "of your agency", "Report on")
        return
    for due_on, reference in days:
        yield Task(f"an action of {reference}", url, due_on, "of your agency", "Report on")


def _areas(units: list[Organisation]) -> set[int]:
    return {unit.territory.area.pk for unit in units}


def _unanswered(user, today: date) -> Iterator[Task]:
    """Invitations to which the person's agency has not replied."""
    agencies = [s.organisation.pk for s in seats_with(user, "answer_for_agency")]
    if not agencies:
        return
    found = (
        Invitation.objects.for_user(user).standing().sent().unanswered().select_related("meeting__territory")
    )
    ahead = found.filter(
        agency__in=agencies, meeting__status=Meeting.Status.SCHEDULED, meeting__held_on__gte=today
    )
    for invitation in ahead.select_related("agency").order_by("meeting__held_on", "pk")[:MOST]:
        meeting = invitation.meeting
        url = reverse("meetings:answer", args=[meeting.reference, invitation.agency.slug])
        title = f"the invitation of {long_date(meeting.held_on)}"
        yield Task(
            title, url, reply_by(meeting, today), f"{meeting.territory}, {invitation.agency}", "Reply to"
        )
