"""Meetings to come in the demonstration: standing invitees everywhere, a few panels in every state of readiness."""

from datetime import date, datetime, time, timedelta

from django.utils.timezone import make_aware

from boards.dates import add_months
from boards.demo import FULLY_STAFFED, name_of
from boards.directory import in_post
from boards.models import Coverage, Organisation, Territory
from boards.references import next_reference
from boards.roles import Seat
from boards.scope import scope
from meetings.actions import meetings as actions
from meetings.actions.calls import record_call
from meetings.actions.series import start_series
from meetings.actions.standing_down import stand_down
from meetings.demo import notifications
from meetings.demo.directory import AT, OTHERS
from meetings.due import due_cases
from meetings.models import (
    Attendance,
    Contact,
    Discussion,
    Invitation,
    Meeting,
    PhoneCall,
    Series,
    StandingInvitee,
)
from meetings.views.fetch import settings_of
from referrals.actions.cases import add_case
from referrals.personal import Person

STANDING = {2: ("ASC", "CSC", "EDU", "HPR", "HSG", "JCP", "YOT", "POL", "PRB", "PRI", "HCM", "RSL")}
STANDING[3] = STANDING[2][:10]
PLANS = {  # borough: days ahead, level, are invitations sent
    "camden": ((24, 2, True), (9, 3, True), (52, 2, False)),
    "islington": ((20, 2, True),),
    "leeds": ((31, 2, False),),
}
NEW = (  # cases that no panel has heard yet: days since the level began, years of age
    (40, 34),
    (33, 15),
    (25, None),
    (12, 47),
)
AGENCIES = 6  # letters a meeting: the mailbox of the demonstration stays short
PLACES = {"camden": "Town Hall, Judd Street", "islington": "Town Hall, Upper Street", "leeds": "Civic Hall"}


def load(today: date) -> None:
    at = make_aware(datetime.combine(today, time(9)))
    for area in Territory.objects.filter(kind=Territory.Kind.AREA).order_by("pk"):
        boroughs = list(area.children.select_related("parent").order_by("name"))
        with scope([area.pk, *(b.pk for b in boroughs)], [area.pk]):
            _always_invite(boroughs)
            for borough in boroughs:
                if borough.slug in PLANS:
                    _over(borough, at.date())
                for number in range(len(PLANS.get(borough.slug, ()))):
                    _plan(borough, number, at)
                if borough.slug in PLANS:
                    _new_cases(borough, at.date())
                if borough.slug == "camden":
                    _series(borough, at)


def _always_invite(boroughs: list[Territory]) -> None:
    units = {u.territory_id: u for u in Organisation.objects.filter(kind="unit", territory__in=boroughs)}
    kinds = set(STANDING[2])
    covered = Coverage.objects.filter(borough__in=units, organisation__agency_type__in=kinds)
    StandingInvitee.objects.bulk_create(
        StandingInvitee(
            territory_id=c.borough_id, organisation=units[c.borough_id], level=level, agency=c.organisation
        )
        for c in covered.select_related("organisation").order_by("pk")
        for level, codes in STANDING.items()
        if c.organisation.agency_type in codes
    )


def _over(borough: Territory, today: date) -> None:
    """The last panel again, some days ago: nobody has said yet whether it was held."""
    unit = Organisation.objects.unit_of(borough)
    last = Meeting.objects.filter(organisation=unit, status=Meeting.Status.HELD).order_by("-held_on").first()
    if last is None:
        return
    day = today - timedelta(days=(today.weekday() - 3) % 7 or 7)  # the Thursday before
    meeting = Meeting.objects.create(
        territory=borough,
        organisation=unit,
        reference=next_reference(borough, "M", day.year),
        level=2,
        held_on=day,
        starts_at=time(10),
        place=PLACES[borough.slug],
        chair=_holder(unit, today, Seat.CHAIR),
    )
    for heard in last.discussions.prefetch_related("attendances"):
        again = Discussion.objects.create(
            territory=borough,
            meeting=meeting,
            case_id=heard.case_id,
            position=heard.position,
            under_18=heard.under_18,
        )
        Attendance.objects.bulk_create(
            Attendance(territory=borough, discussion=again, organisation_id=part.organisation_id)
            for part in heard.attendances.all()
        )


def _plan(borough: Territory, number: int, at: datetime) -> None:
    unit = Organisation.objects.unit_of(borough)
    by = _administrator(unit, at.date())
    days, level, is_sent = PLANS[borough.slug][number]
    held_on = _weekday(at.date() + timedelta(days=days))
    due = due_cases(unit, by=held_on, today=at.date(), settings=settings_of(unit))
    cases = [d.case.pk for d in due if d.is_for(level)][:4]
    agencies = _asked(unit, level) if is_sent and cases else []
    sitting = {"level": level, "held_on": held_on, "starts_at": time(10), "place": PLACES[borough.slug]}
    sitting["chair"] = _holder(unit, at.date(), Seat.CHAIR)
    meeting = actions.set_up(unit, by=by, at=at, cases=cases if is_sent else (), agencies=agencies, **sitting)
    if agencies:
        actions.send_invitations(meeting, by=by, at=at, reason="A release was brought forward.")
        _carry_on(meeting, by, at)
        if borough.slug == "camden":
            notifications.load(meeting, by, at, answered=number == 0)


def _administrator(unit: Organisation, today: date):
    return _holder(unit, today, Seat.ADMINISTRATOR, Seat.CHAIR)


def _holder(unit: Organisation, today: date, *seats: str):
    seat = in_post([unit], today, seats=seats).first()
    return seat.user if seat else None


def _new_cases(borough: Territory, today: date) -> None:
    """Due for the next panel, and on no list yet."""
    unit = Organisation.objects.unit_of(borough)
    by = _administrator(unit, today)
    for number, (days, years) in enumerate(NEW):
        name = name_of(OTHERS * 3 + number) if borough.slug in FULLY_STAFFED else ""
        born = add_months(today, -12 * years) - timedelta(days=90) if years else None
        since = today - timedelta(days=days)
        person = Person(name=name, birth_date=born)
        add_case(unit, person=person, level=2, starts_on=since, reason=AT[2], today=today, by=by)


def _weekday(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _asked(unit: Organisation, level: int) -> list[int]:
    known = Contact.objects.current().filter(organisation=unit).values("agency")
    standing = StandingInvitee.objects.filter(organisation=unit, level=level, agency__in=known)
    return list(standing.order_by("agency__agency_type").values_list("agency", flat=True)[:AGENCIES])


def _carry_on(meeting: Meeting, by, at: datetime) -> None:
    """One agency excused, one phone call made."""
    call = PhoneCall.objects.filter(invitation__meeting=meeting).order_by("pk").first()
    if call:
        record_call(call, spoke_to="The duty manager", outcome="Will say tomorrow who comes.", by=by, at=at)
        return
    last = Invitation.objects.filter(meeting=meeting).order_by("pk").last()
    last.meeting = meeting
    stand_down(last, reason="No part in any of these cases.", by=by, at=at)


def _series(borough: Territory, at: datetime) -> Series:
    unit = Organisation.objects.unit_of(borough)
    by = _administrator(unit, at.date())
    return start_series(
        unit,
        by=by,
        at=at,
        level=2,
        week=Series.Week.FOURTH,
        weekday=3,
        starts_on=at.date() + timedelta(days=60),
        starts_at=time(10),
        chair=_holder(unit, at.date(), Seat.CHAIR),
        place=PLACES[borough.slug],
    )
