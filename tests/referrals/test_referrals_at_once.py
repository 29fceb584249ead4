"""Two people at one referral at the same moment: one of them decides, and the other is told what became of it."""

import pytest
from django.utils.timezone import now

from boards.roles import Seat
from referrals.actions import attachments, screening
from referrals.actions import referrals as actions
from referrals.models import Case, Referral, ReferralAttachment
from tests.factories import person
from tests.referrals.referring import attached, referrer, started, submitted
from tests.together import together

pytestmark = pytest.mark.xdist_group("committed")


def test_C2_of_two_administrators_at_once_one_decides(committed):
    with committed.scope():
        referral = submitted(committed)
        other = person("second_administrator", referral.unit, Seat.ADMINISTRATOR)
        first = committed.camden_administrator
    common = {
        "outcome": "level_2",
        "reason": "High",
        "case": None,
        "revision": referral.revision,
        "at": now(),
    }
    said = together(*[lambda by=by: screening.accept(referral, **common, by=by) for by in (first, other)])
    with committed.scope():
        assert sorted(said) == ["Conflict", "done"] and Case.objects.count() == 1
        assert Referral.objects.get().decided_by == (first, other)[said.index("done")]


def test_withdrawn_while_it_is_screened_it_is_one_or_the_other(committed):
    with committed.scope():
        referral = submitted(committed)
        by, writer = committed.camden_administrator, referrer(committed)
    decision = {
        "outcome": "level_2",
        "reason": "High",
        "case": None,
        "revision": referral.revision,
        "at": now(),
    }
    said = together(
        lambda: screening.accept(referral, **decision, by=by),
        lambda: actions.withdraw(referral, reason="Moved away", by=writer, at=now()),
    )
    with committed.scope():
        found = Referral.objects.get()
        assert sorted(said) == ["Conflict", "done"]
        assert found.status == ("accepted" if said[0] == "done" else "withdrawn")
        assert Case.objects.count() == (said[0] == "done")
        assert found.why == ("High" if said[0] == "done" else "Moved away")


def test_of_two_presses_of_remove_one_removes_the_file_and_the_other_is_told(committed):
    with committed.scope():
        referral, by = started(committed), referrer(committed)
        there = attached(referral, by)
    said = together(*[lambda: attachments.detach(referral, there, by=by)] * 2)
    with committed.scope():
        assert sorted(said) == ["Conflict", "done"] and not ReferralAttachment.objects.exists()
