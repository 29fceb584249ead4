"""Invented records of Camden's newest held meetings: decisions, actions, and minutes, issued or still a draft."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from boards.access import share_many
from boards.models import Appointment, Organisation, Territory
from boards.roles import Seat
from boards.scope import everywhere, scope
from meetings.actions import actions, decisions, minutes
from meetings.demo import notifications
from meetings.models import Action, Discussion, Meeting
from meetings.record import Record

BOROUGH = "camden"
SHOWN = 3  # meetings; the newest keeps a draft that waits for the chair
SETTLED = timedelta(days=7)

SAID = Record(
    information="Police: no new reports since the last panel. Probation: reports weekly and keeps to the licence.",
    victims="The victim contact scheme was told of the release date. The exclusion zone stays as it is.",
    children="No contact with children under 18 unless Children’s Services agree first.",
    diversity="English is a second language. Letters are explained in person.",
    risk="The risk is to known adults and to members of the household. It rises with alcohol and falls with work.",
    disclosure="Necessary and proportionate to tell the hostel manager. Police do so and record it.",
    plan="Weekly supervision, unannounced visits, alcohol treatment, and a room in supervised housing.",
    level_reason="Agencies other than the lead agency must act together, so Level 1 would not hold the risk.",
    dissent="Housing would have moved the person sooner. The panel kept the present room until treatment begins.",
)
TASKS = (
    ("HSG", "Find a room away from the exclusion zone, as the present tenancy ends.", 21),
    ("CSC", "Assess the household, as a child visits at weekends.", 42),
    ("ASC", "Offer an assessment of care needs, as injuries were reported.", 63),
)
RISKS = (Discussion.RiskOfHarm.HIGH, Discussion.RiskOfHarm.MEDIUM, Discussion.RiskOfHarm.VERY_HIGH)


def load(today: date) -> int:
    """Returns how many meetings got a record."""
    borough = Territory.objects.select_related("parent").filter(slug=BOROUGH).first()
    unit = borough and Organisation.objects.unit_of(borough)
    seats = {a.seat: a.user for a in Appointment.objects.filter(organisation=unit).select_related("user")}
    if not {Seat.CHAIR, Seat.ADMINISTRATOR} <= set(seats):
        return 0
    named = everywhere()
    with scope(named.territories, named.areas):
        held = Meeting.objects.filter(
            organisation=unit, status=Meeting.Status.HELD, held_on__lt=today - SETTLED
        ).select_related("territory__parent", "organisation")
        newest = list(held.order_by("-held_on", "-pk")[:SHOWN])
        agencies = _agencies(borough)
        for number, meeting in enumerate(reversed(newest), 1):
            _decide(meeting, agencies, seats[Seat.ADMINISTRATOR], today)
            _minute(meeting, seats, issued=number < len(newest))
        notifications.load_held(unit, timezone.make_aware(datetime.combine(today, time(9))))
        return len(newest)


def _agencies(borough: Territory) -> dict[str, Organisation]:
    found = Organisation.objects.filter(coverage__borough=borough, kind=Organisation.Kind.AGENCY)
    return {agency.agency_type: agency for agency in found}


def _decide(meeting: Meeting, agencies, by, today: date) -> None:
    discussions = list(meeting.discussions.select_related("case"))
    share_many((d, agencies[code]) for d in discussions for code in ("CSC",) if code in agencies)
    for place, discussion in enumerate(discussions):
        decisions.record_discussion(
            discussion,
            said=SAID,
            risk_of_harm=RISKS[place % len(RISKS)],
            disclosure_considered=True,
            level_decided=meeting.level,
            under_18=discussion.under_18,
            revision=discussion.revision,
            by=by,
            today=today,
        )
        _go_on(discussion, by)
        code, text, days = TASKS[place % len(TASKS)]
        if code in agencies:
            due_on = meeting.held_on + timedelta(days=days)
            actions.add(discussion, text=text, agency=agencies[code], due_on=due_on, by=by)


def _go_on(discussion: Discussion, by) -> None:
    """Of the actions from before the first is carried over and the others are done."""
    unfinished = list(actions.unfinished_before(discussion))
    day = discussion.meeting.held_on
    if unfinished:
        actions.carry_over(discussion, actions=unfinished[:1], due_on=day + timedelta(days=56), by=by)
    for action in unfinished[1:]:
        actions.close(action, status=Action.Status.DONE, outcome="The panel was told.", today=day, by=by)


def _minute(meeting: Meeting, seats, *, issued: bool) -> None:
    noon = datetime.combine(meeting.held_on, time(12), timezone.get_default_timezone())
    made = minutes.draft(meeting, by=seats[Seat.ADMINISTRATOR], at=noon + timedelta(days=2))
    if issued:
        minutes.approve(made, by=seats[Seat.CHAIR], at=noon + timedelta(days=4))
        minutes.issue(made, by=seats[Seat.ADMINISTRATOR], at=noon + timedelta(days=5))
