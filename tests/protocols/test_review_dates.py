"""Reviews: planned, started, completed, called early, reminded of."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from boards.access import share
from boards.models import AreaSettings
from mappa_portal.exceptions import Conflict
from outbox.jobs import run_jobs
from outbox.models import Job, Message
from protocols.actions import approval, drafting, reviews, signing
from protocols.models import Protocol, Review, Version
from tests.world import TODAY

Status = Version.Status


@pytest.mark.parametrize(
    "days_left, step",
    [
        (61, None),
        (60, 60),
        (31, 60),
        (30, 30),
        (8, 30),
        (7, 7),
        (1, 7),
        (0, 0),
        (-1, 0),
        (-29, 0),
        (-30, -30),
        (-75, -60),
    ],
)
def test_reminders_come_at_their_steps(days_left, step):
    assert reviews.reminder_step(days_left) == step


def test_reminders_are_promised_once_a_step(world):
    protocol = world.in_force().protocol
    run_jobs()
    day = protocol.review_due - timedelta(days=30)
    for _ in range(3):
        assert reviews.remind_of_reviews(day) == 1
    assert Job.objects.filter(kind="protocols.remind_of_review").count() == 1
    run_jobs()
    assert set(Message.objects.filter(kind="protocol_review").values_list("to_email", flat=True)) == {
        "camden_administrator@example.org",
        "left_yesterday@example.org",
        "co_ordinator@example.org",
        "office_administrator@example.org",
    }


def test_who_wants_no_reminders_gets_none(world):
    protocol = world.in_force().protocol
    User.objects.filter(email__in=["left_yesterday@example.org", "co_ordinator@example.org"]).update(
        reminders=False
    )
    reviews.remind_of_reviews(protocol.review_due)
    run_jobs()
    assert set(Message.objects.filter(kind="protocol_review").values_list("to_email", flat=True)) == {
        "camden_administrator@example.org",
        "office_administrator@example.org",
    }


def test_the_next_review_counts_from_completion_or_from_the_due_date(world):
    for anchor, expected in (("completed", date(2029, 1, 10)), ("due", date(2028, 11, 1))):
        protocol = _protocol_due(world, date(2026, 11, 1), anchor)
        review = reviews.start_review(protocol.reviews.open().get(), by=world.camden_administrator, on=TODAY)
        reviews.complete_review(review, by=world.camden_administrator, on=date(2027, 1, 10))
        protocol.refresh_from_db()
        assert protocol.review_due == expected, anchor


def _protocol_due(world, due: date, anchor: str) -> Protocol:
    AreaSettings.objects.filter(territory__slug="london").update(review_anchor=anchor)
    protocol = Protocol.objects.first() or world.in_force().protocol
    protocol.reviews.all().delete()
    signing.plan_review(protocol, Review.Kind.REGULAR, due)
    return protocol


@pytest.mark.parametrize("counts_as_full, moved", [(False, False), (True, True)])
def test_an_early_review_moves_the_date_only_as_a_full_one(world, counts_as_full, moved):
    protocol = world.in_force().protocol
    due = protocol.review_due
    early = reviews.call_early_review(
        protocol, reason="New guidance", by=world.camden_administrator, on=TODAY
    )
    reviews.complete_review(early, by=world.camden_administrator, on=TODAY, counts_as_full=counts_as_full)
    protocol.refresh_from_db()
    assert (protocol.review_due != due) == moved


def test_withdrawing_ends_the_clock_and_needs_a_reason(world):
    version = world.in_force()
    by = world.camden_administrator
    with pytest.raises(ValidationError, match="Enter why"):
        drafting.withdraw(version, reason=" ", by=by, on=TODAY)
    drafting.withdraw(version, reason="The boards merge", by=by, on=TODAY)
    protocol = Protocol.objects.get(pk=version.protocol_id)
    assert (protocol.review_due, protocol.withdrawn_on) == (None, TODAY)
    assert not Review.objects.open().exists()
    with pytest.raises(Conflict):
        reviews.start_review(protocol.reviews.get(), by=by, on=TODAY)
    share(protocol, with_=world.organisation("camden-lscb"))  # its versions stay readable to its parties
    assert Version.objects.for_user(world.camden_board_chair).filter(status=Status.WITHDRAWN).exists()


def test_withdrawing_ends_every_version_under_way(world):
    old, by = world.in_force(), world.camden_administrator
    following = drafting.start_next(old, by=by)
    drafting.withdraw(old, reason="The boards merge", by=by, on=TODAY)
    assert {v.status for v in old.protocol.versions.all()} == {Status.WITHDRAWN}
    with pytest.raises(Conflict, match="was withdrawn"):
        drafting.submit(following, by=by)


def test_nothing_is_decided_or_signed_for_a_withdrawn_protocol(world):
    version = world.approved()
    signature = version.signatures.get(role="MAPPA Chair")
    Protocol.objects.filter(pk=version.protocol_id).update(withdrawn_on=TODAY)
    with pytest.raises(Conflict, match="was withdrawn"):
        signing.sign(signature, by=world.camden_mappa_chair, at=timezone.now())
    with pytest.raises(Conflict, match="was withdrawn"):
        approval.decide(
            version.approvals.first(),
            decision="approved",
            decided_on=TODAY,
            comment="",
            by=world.scb_chair,
            today=TODAY,
        )
