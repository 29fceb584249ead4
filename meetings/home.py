"""What the room puts on the home page: planning, follow-ups of absence, escalations."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from boards.access import organisations_of, seats_with
from mappa_portal.home import Task, register
from meetings import import_home, owed, planning_home
from meetings.models import Escalation, FollowUp, Step
from meetings.notifications import home as notifications_home


@register
def tasks(user, today: date) -> Iterator[Task]:
    yield from _follow_ups(user, today)
    yield from _escalations(user)
    yield from planning_home.tasks(user, today)
    yield from owed.tasks(user, today)
    yield from notifications_home.tasks(user, today)
    yield from import_home.tasks(user, today)


def _follow_ups(user, today: date) -> Iterator[Task]:
    """For the MAPPA unit what it has to send or decide; for an agency what it was asked."""
    mine = organisations_of(user)
    units = {s.organisation.pk for s in seats_with(user, "record_meeting")}
    answers = {s.organisation.pk for s in seats_with(user, "answer_for_agency")}
    found = FollowUp.objects.for_user(user).open() if mine else FollowUp.objects.none()
    found = found.select_related("agency", "meeting__territory").prefetch_related("steps")
    for follow_up in found.order_by("opened_on", "pk"):
        step = list(follow_up.steps.all())[-1]
        if follow_up.organisation_id in units:
            task = _of_unit(step, today)
        elif follow_up.agency_id in answers and step.number < Step.Number.SMB and not step.answer:
            task = ("Explain", step.due_on)
        else:
            task = None
        if task:
            verb, due = task
            place = f"{follow_up.meeting.territory}, {follow_up.reference}"
            url = reverse("meetings:follow_up", args=[follow_up.reference])
            yield Task(f"the absence of {follow_up.agency}", url, due, place, verb)


def _of_unit(step: Step, today: date) -> tuple[str, date] | None:
    if not step.is_sent:
        return (
            "Check and send the request about" if step.to_email else "Enter whom to ask about"
        ), step.due_on
    if step.waits_for_decision:
        return "Decide on the explanation of", step.due_on
    return ("Follow up", step.due_on) if step.is_overdue(today) else None


def _escalations(user) -> Iterator[Task]:
    offices = {s.organisation.pk for s in seats_with(user, "record_meeting")}
    found = Escalation.objects.for_user(user).filter(status=Escalation.Status.OPEN, organisation__in=offices)
    for escalation in found.select_related("agency", "about").order_by("due_on"):
        url = reverse("meetings:escalation", args=[escalation.reference])
        title = f"the escalation of {escalation.agency}, {escalation.about}"
        yield Task(title, url, escalation.due_on, "for the SMB", "Answer")
