"""What a panel answers besides its cases: disclosures that were made, or decided, outside a meeting."""

from django.db.models import OuterRef, QuerySet, Subquery

from meetings.models import Discussion, Meeting
from referrals.models import Disclosure
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
    waiting = Disclosure.objects.for_user(user).filter(
        status__in=FOR_THE_PANEL, case__discussions__meeting=meeting, opened_on__lte=meeting.held_on
    )
    if meeting.status == Meeting.Status.SCHEDULED:
        waiting = waiting.annotate(next=Subquery(_next())).filter(next=meeting.pk)
    elif meeting.status != Meeting.Status.HELD:
        return waiting.none()
    return waiting.select_related("case").order_by("pk")


def _next() -> QuerySet:
    of_case = {"territory": OuterRef("territory"), "case": OuterRef("case")}
    planned = Discussion.objects.filter(
        **of_case, meeting__held_on__gte=OuterRef("opened_on"), meeting__status=Meeting.Status.SCHEDULED
    )
    return planned.order_by("meeting__held_on", "meeting__pk").values("meeting")[:1]
