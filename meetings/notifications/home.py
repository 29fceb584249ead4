"""Checks of cases, for the home page: an agency's own, and for the MAPPA unit those that are overdue."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from boards.access import units_with
from boards.models import Organisation
from mappa_portal.home import Task
from mappa_portal.words import long_date, plural
from meetings.models import Meeting, Notification
from referrals.models import Case

MOST = 100


def tasks(user, today: date) -> Iterator[Task]:
    yield from _to_check(user, today)
    units = units_with(user, "record_meeting")
    if units:
        yield from _overdue(units, today)
        yield from _to_invite(units, today)


def _to_check(user, today: date) -> Iterator[Task]:
    found = Notification.objects.read_by(user).unanswered().coming().full().order_by("check_by", "pk")
    groups: dict[tuple, list[Notification]] = {}
    for each in found[:MOST]:
        if each.meeting is None or each.meeting.held_on >= today:
            groups.setdefault((each.agency_id, each.meeting), []).append(each)
    for (_, meeting), waiting in groups.items():
        first = waiting[0]
        url = reverse("meetings:notifications")
        title = f"{plural(len(waiting), 'case')} outside any meeting"
        if meeting:
            url = reverse("meetings:checks", args=[meeting.reference, first.agency.slug])
            title = f"{plural(len(waiting), 'case')} of the meeting of {long_date(meeting.held_on)}"
        yield Task(title, url, min(n.due_on for n in waiting), f"{first.territory}, {first.agency}", "Check")


def _overdue(units: list[Organisation], today: date) -> Iterator[Task]:
    """Checks that agencies owe, chased once by email."""
    late = Notification.objects.overdue(today).filter(organisation__in=units)
    groups: dict[Meeting | Case, list[Notification]] = {}
    for each in late.full().order_by("due", "pk")[:MOST]:
        groups.setdefault(each.meeting or each.case, []).append(each)
    for told_of, waiting in groups.items():
        page = "told_outside" if isinstance(told_of, Case) else "notified"
        url = reverse(f"meetings:{page}", args=[told_of.reference])
        waits = f"{plural(len({n.agency_id for n in waiting}), 'agency', 'agencies')}, {told_of.reference}"
        yield Task(plural(len(waiting), "overdue check"), url, waiting[0].due_on, waits, "Follow up")


def _to_invite(units: list[Organisation], today: date) -> Iterator[Task]:
    """Workers whom agencies have named, before the meeting."""
    ahead = {
        "discussion__meeting__status": Meeting.Status.SCHEDULED,
        "discussion__meeting__held_on__gte": today,
    }
    found = Notification.objects.open().filter(organisation__in=units, **ahead).exclude(worker_email="")
    by_meeting: dict[Meeting, int] = {}
    for each in found.full().order_by("discussion__meeting__held_on", "pk")[:MOST]:
        if not each.is_worker_invited:
            by_meeting[each.meeting] = by_meeting.get(each.meeting, 0) + 1
    for meeting, number in by_meeting.items():
        url = reverse("meetings:notified", args=[meeting.reference])
        title = f"{plural(number, 'worker')} to the meeting of {long_date(meeting.held_on)}"
        yield Task(title, url, meeting.held_on, f"named by agencies, {meeting.reference}", "Invite")
