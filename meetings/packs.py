"""What the register of meetings puts into a pack about a case."""

from collections.abc import Iterator

from django.utils.timezone import localdate

from mappa_portal.words import long_date
from meetings.actions.actions import outcome_of, text_of
from meetings.models import Discussion, Notification
from meetings.notifications.known import Known
from meetings.record import TEXTS, Record
from referrals.models import Case
from referrals.records.parts import Block, part

LABELS = {
    "information": "Information from the agencies",
    "victims": "Victims",
    "children": "Children and safeguarding",
    "diversity": "Diversity",
    "risk": "Risk assessment",
    "disclosure": "Disclosure",
    "plan": "Risk management plan",
    "level_reason": "Why this level",
    "dissent": "Differing views",
}


@part("told", "Which agencies were told")
def told(case: Case) -> Iterator[Block]:
    for each in Notification.objects.filter(case=case).select_related("agency").order_by("notified_at", "pk"):
        labels = [label for code, label in Notification.MAY_KNOW if code in each.may_know]
        said = ", ".join(labels) or "The reference alone"
        why = Known.opened(each.known).why
        yield (
            f"{each.agency.name}, {long_date(localdate(each.notified_at))}",
            ". ".join(filter(None, (said, why))),
        )


@part("discussions", "What meetings decided")
def discussions(case: Case) -> Iterator[Block]:
    heard = Discussion.objects.filter(case=case).select_related("meeting").order_by("meeting__held_on", "pk")
    for discussion in heard.prefetch_related("actions__agency"):
        place = f"{discussion.meeting.reference}, {long_date(discussion.meeting.held_on)}"
        yield f"{place}: level decided", discussion.get_level_decided_display() or ""
        yield f"{place}: risk of serious harm", discussion.get_risk_of_harm_display()
        said = Record.opened(discussion.record)
        for name in TEXTS:
            yield f"{place}: {LABELS[name].lower()}", getattr(said, name)
        for action in discussion.actions.all():
            told = ". ".join(filter(None, (text_of(action), outcome_of(action))))
            yield f"{place}: action {action.number}, {action.agency.name}", told
