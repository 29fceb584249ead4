"""What the demonstration discloses is believable: a school is told of a pupil, a hostel of an adult."""

from datetime import date, timedelta

import pytest

from referrals import actions, demo
from referrals.models import Disclosure
from referrals.personal import Person
from tests.referrals.disclosing import TODAY as NOW
from tests.referrals.disclosing import Disclosing


def person(ledger, born: date):
    return actions.add_case(
        ledger.unit, person=Person("Somebody", birth_date=born), today=NOW, by=ledger.administrator
    )


@pytest.mark.parametrize("youngest, school", [(date(2011, 5, 1), True), (date(1985, 5, 1), False)])
def test_a_school_is_told_of_a_pupil_alone(world, youngest, school):
    ledger = Disclosing(world)
    for born in (date(1985, 1, 1), date(1970, 1, 1), date(2001, 1, 1), youngest):
        ledger.case = person(ledger, born)
        ledger.hearing(NOW - timedelta(days=60))
    assert demo.load(NOW) == 5
    told = {d.case_id: d for d in Disclosure.objects.filter(circumstances__contains=["SCHOOL"])}
    assert set(told) == ({ledger.case.pk} if school else set())
    for made in Disclosure.objects.all():
        said = str([entry.said for entry in made.entries.all()])
        assert ("hostel" in said) != (made.pk in {d.pk for d in told.values()} or made.status == "scheme")
