"""What a panel answers besides its cases: disclosures that were made, or decided, outside a meeting."""

from collections.abc import Sequence
from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from meetings.models import Discussion, Meeting
from referrals import rooms
from referrals.models import Case, Disclosure
from referrals.models.cases import of_one_person
from referrals.rules import disclosing_units

Status = Disclosure.Status
FOR_THE_PANEL = {
    Status.UNRATIFIED: "Ratify the emergency decision, or not",
    Status.OUTSIDE: "Note what was disclosed outside a meeting",
}


def for_the_panel(meeting: Meeting, user) -> QuerySet:
    """Of its cases: at the next meeting of each, and at a held one until they are answered."""
    if meeting.organisation not in disclosing_units(user):
        return Disclosure.objects.none()
    heard = (
        Q(case__discussions__meeting=meeting)
        | Q(case__merged_into__discussions__meeting=meeting)
        | Q(case__merged__discussions__meeting=meeting)
    )
    about = Disclosure.objects.filter(heard).values("pk")
    waiting = Disclosure.objects.for_user(user).filter(
        pk__in=about, status__in=FOR_THE_PANEL, opened_on__lte=meeting.held_on
    )
    if meeting.status == Meeting.Status.SCHEDULED:
        waiting = waiting.annotate(next=Subquery(_next())).filter(next=meeting.pk)
    elif meeting.status != Meeting.Status.HELD:
        return waiting.none()
    return waiting.select_related("case").order_by("pk")


def _next() -> QuerySet:
    of_case = {"territory": OuterRef("territory"), "case__in": of_one_person("case", "case__merged_into")}
    planned = Discussion.objects.filter(
        **of_case, meeting__held_on__gte=OuterRef("opened_on"), meeting__status=Meeting.Status.SCHEDULED
    )
    return planned.order_by("meeting__held_on", "meeting__pk").values("meeting")[:1]


@rooms.panels
def panels(asked: Sequence[tuple[Case, date]], today: date) -> list[rooms.Panel | None]:
    cases = {pk for case, _ in asked for pk in (case.pk, case.merged_into_id) if pk}
    open_, held = Meeting.Status.SCHEDULED, Meeting.Status.HELD
    heard = Discussion.objects.filter(
        case__in=cases, meeting__status__in=(open_, held), meeting__held_on__gte=min(day for _, day in asked)
    )
    listed = list(heard.select_related("meeting").order_by("meeting__held_on", "meeting__pk"))
    units = {case.organisation_id for case, _ in asked}
    coming = Meeting.objects.filter(organisation__in=units, status=open_, held_on__gte=today)
    planned = list(coming.order_by("-held_on", "-pk"))
    following = {meeting.organisation_id: meeting for meeting in planned}  # of each unit the first
    return [_panel(case, day, listed, following.get(case.organisation_id)) for case, day in asked]


def _panel(case: Case, day: date, listed: list[Discussion], following: Meeting | None) -> rooms.Panel | None:
    own = [d.meeting for d in listed if d.case_id in (case.pk, case.merged_into_id)]
    own = [meeting for meeting in own if meeting.held_on >= day]
    held = [meeting for meeting in own if meeting.status == Meeting.Status.HELD]
    found = next(iter((*held, *own)), following)
    if found is None:
        return None
    url = reverse("meetings:meeting", args=[found.reference])
    return rooms.Panel(found.reference, found.held_on, url, is_held=found in held, lists_it=found in own)
