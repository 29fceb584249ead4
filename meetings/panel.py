"""What a panel answers besides its cases: disclosures that were made, or decided, outside a meeting."""

from django.db.models import OuterRef, Q, QuerySet, Subquery

from meetings.models import Discussion, Meeting
from referrals.models import Disclosure
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
