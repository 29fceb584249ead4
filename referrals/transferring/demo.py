"""Of the demonstration: in Camden a case suspended, one ended; a transfer to Hackney and one from Islington."""

from datetime import date, datetime, time, timedelta

from django.utils.timezone import make_aware

from boards.directory import in_post
from boards.models import Organisation, Territory
from boards.roles import Seat
from boards.scope import everywhere, scope
from referrals import actions
from referrals.actions import transfers
from referrals.actions.addresses import Stay, add_address
from referrals.endings import eligibility_endings
from referrals.models import Address, Case

NOTE = "Weekly appointments are kept. The former partner is to be told of any move."


def load(today: date) -> None:
    named = everywhere()
    with scope(named.territories, named.areas):
        recalled, ended, moved, *_ = _at_level_1("camden", today)
        by = _administrator(recalled.organisation, today)
        said = {"today": today, "by": by}
        on = today - timedelta(days=18)
        actions.recall(recalled, on=on, reason="The conditions of the licence were broken.", **said)
        ending = eligibility_endings(ended.category)[0]
        on = today - timedelta(days=9)
        actions.end(ended, ending=ending, on=on, reason="A letter of the police confirms it.", **said)
        _lives(moved, "camden", "Flat 2, 14 Marlow Row", None, today)
        _lives(moved, "hackney", "31 Tern Street", today - timedelta(days=12), today)
        _offer(moved, "hackney", today, days=3)
        _offer(_at_level_1("islington", today)[0], "camden", today, days=2)


def _at_level_1(borough: str, today: date) -> list[Case]:
    """The newest that only their lead agency manages, and long since."""
    unit = Organisation.objects.unit_of(Territory.objects.get(slug=borough))
    cases = Case.objects.filter(organisation=unit).with_level(today).select_related("organisation")
    long_since = today - timedelta(days=60)
    return list(cases.filter(present_level=1, level_since__lt=long_since).order_by("-pk")[:3])


def _administrator(unit: Organisation, today: date):
    return next((held.user for held in in_post([unit], today, seats=[Seat.ADMINISTRATOR])), None)


def _lives(case: Case, borough: str, text: str, since: date | None, today: date) -> None:
    where = Territory.objects.get(slug=borough)
    add_address(case, Stay(Address.Kind.HOME, text, where, starts_on=since), today=today, by=None)


def _offer(case: Case, to: str, today: date, *, days: int) -> None:
    transfers.offer(
        case,
        to_unit=Organisation.objects.unit_of(Territory.objects.get(slug=to)),
        reason="The person has moved there.",
        note=NOTE,
        by=_administrator(case.organisation, today),
        at=make_aware(datetime.combine(today - timedelta(days=days), time(10))),
    )
