"""The letters of a follow-up: drafted as text that the chair may change, sent without anything about cases."""

from dataclasses import dataclass

from django.utils.timezone import localdate

from boards.directory import in_post
from boards.models import Organisation
from boards.roles import Seat
from mappa_portal.words import long_date, plural, weekday_date
from meetings import absences
from meetings.models import Escalation, FollowUp, Step
from outbox import mail

TOLD = {Organisation.Kind.UNIT: Seat.CO_ORDINATOR, Organisation.Kind.SMB: Seat.CHAIR}


@dataclass(frozen=True)
class Recipient:
    name: str
    email: str


def draft(follow_up: FollowUp, number: int) -> str:
    """What the chair says in the letter; the deadline stands above it."""
    meeting = follow_up.meeting
    when = (
        f"the Level {meeting.level} MAPPA meeting in {meeting.territory} on {weekday_date(meeting.held_on)}"
    )
    partly = absences.cases_missed(follow_up)
    came = f"Nobody was there for {partly} that it was asked to" if partly else "Nobody came"
    if number == Step.Number.AGENCY:
        held, stays = ("for that we hold", "is there for every case") if partly else ("we hold", "comes")
        return (
            f"{follow_up.agency} was expected at {when}. {came}, and {held} no apology or report.\n\n"
            f"Tell us what prevented it, and what will make sure that somebody {stays} next time. If somebody was"
            " there, tell us who, so that we can correct the record."
        )
    if number == Step.Number.LINE_MANAGER:
        return (
            f"{follow_up.agency} was expected at {when}. {came}. We asked its single point of contact"
            " why and have no explanation that we could accept.\n\n"
            "Look into it and tell us the reason, and who will represent the agency from now on."
        )
    return ""


def send(step: Step, days: int) -> None:
    """``days``: the working days in which an answer is due."""
    follow_up = step.follow_up
    meeting, borough = follow_up.meeting, follow_up.territory
    subjects = {
        Step.Number.AGENCY: f"Explanation needed: MAPPA meeting, {borough}, {long_date(meeting.held_on)}",
        Step.Number.LINE_MANAGER: f"Escalated: attendance at MAPPA meetings, {borough}",
    }
    mail.send(
        "follow_up",
        Recipient(step.to_name or str(follow_up.agency), step.to_email),
        {
            "step": step,
            "follow_up": follow_up,
            "meeting": meeting,
            "borough": borough,
            "unit": follow_up.organisation,
            "partly": absences.cases_missed(follow_up),
            "until": f"{weekday_date(step.due_on)}, {plural(days, 'working day')} from today",
        },
        key=f"follow_up:{follow_up.pk}:{step.number}",
        subject=subjects[step.number],
        territory=borough,
    )


def tell_office(escalation: Escalation) -> None:
    """To the area's co-ordinators and the chair of its SMB."""
    area = escalation.territory
    bodies = Organisation.objects.filter(territory=area, kind__in=TOLD)
    for held in in_post(bodies, localdate()).filter(seat__in=set(TOLD.values())):
        if held.seat == TOLD[held.organisation.kind]:
            mail.send(
                "escalation",
                held.user,
                {
                    "escalation": escalation,
                    "organisation": held.organisation,
                    "unit": escalation.organisation,
                },
                key=f"escalation:{escalation.pk}:{held.user_id}",
                subject=f"Escalated: attendance at MAPPA meetings, {escalation.about}",
                territory=area,
                about=escalation.about,
            )
