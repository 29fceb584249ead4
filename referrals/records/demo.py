"""Of the demonstration: in Camden one restricted case, one under legal hold, one pack under way."""

from datetime import date, timedelta

from django.utils.timezone import now

from boards.models import Appointment, Organisation, Territory
from boards.roles import Seat
from boards.scope import everywhere, scope
from referrals.actions import guarding, packs
from referrals.models import Case, Guard

BOROUGH = "camden"


def load(today: date) -> int:
    borough = Territory.objects.filter(slug=BOROUGH).first()
    unit = borough and Organisation.objects.unit_of(borough)
    seats = {a.seat: a.user for a in Appointment.objects.filter(organisation=unit).select_related("user")}
    if not {Seat.CHAIR, Seat.ADMINISTRATOR} <= set(seats):
        return 0
    named = everywhere()
    with scope(named.territories, named.areas):
        cases = list(
            Case.objects.filter(organisation=unit, discussions__isnull=False).distinct().order_by("pk")[:3]
        )
        if len(cases) < 3:
            return 0
        chair, by = seats[Seat.CHAIR], seats[Seat.ADMINISTRATOR]
        held = "A coroner’s inquest is open."
        known = "The person is known to several of the borough’s staff."
        guarding.guard(cases[0], Guard.Kind.RESTRICTION, reason=known, by=chair, at=now())
        guarding.guard(cases[1], Guard.Kind.HOLD, reason=held, by=chair, at=now())
        asked = {"kind": "subject", "parts": ["particulars", "levels", "discussions"], "today": today}
        packs.start(cases[2], requested_on=today - timedelta(days=20), **asked, by=by, at=now())
    return 3
