"""A round of the three boroughs of the tests' London: its days, and what is done to it."""

from datetime import date, timedelta

from django.utils.timezone import localdate, now

from data_returns.actions import round as actions
from data_returns.models import Standing

PAGE = "/returns/round/2025-26/"
TODAY = localdate()
DUE = TODAY + timedelta(days=40)
LATER = DUE + timedelta(days=14)
BOROUGHS = 3  # of London in these tests


def standing(borough: str = "camden") -> Standing:
    return Standing.objects.get(about__slug=borough, year=2025)


def extend(round_, *boroughs, by, to=LATER, reason="Nobody was in post.", today=TODAY):
    return actions.extend(round_, boroughs, to=to, reason=reason, today=today, by=by, at=now())


def sent(borough: str, on: date, status: str = "sent") -> None:
    Standing.objects.filter(about__slug=borough).update(
        status=status, sent_on=on, closed_on=on if status == "closed" else None
    )
