"""Bodies approve in order, each the text it saw."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from boards.models import ApprovingBody
from boards.roles import Seat
from mappa_portal.exceptions import Conflict
from protocols.actions import approval, drafting
from protocols.models import Approval, Protocol, Version
from tests.factories import organisation, person
from tests.world import TODAY

Status = Version.Status


def kinds(version) -> list[str]:
    return list(version.approvals.values_list("decision", flat=True))


def test_bodies_approve_in_order(world):
    version = world.submitted()
    first, second, third = version.approvals.all()
    days = {
        "decided_on": date(2012, 12, 8),
        "comment": "",
        "today": TODAY,
        "decision": "approved",
    }  # a Saturday
    with pytest.raises(Conflict, match="It is not your turn yet"):
        approval.decide(third, by=world.smb_chair, **days)
    approval.decide(first, by=world.scb_chair, **days)
    with pytest.raises(Conflict, match="was recorded already"):
        approval.decide(first, by=world.scb_chair, **days)
    with pytest.raises(PermissionDenied):
        approval.decide(second, by=world.smb_chair, **days)
    approval.decide(second, by=world.lscb_chairs_chair, **days)
    approval.decide(third, by=world.smb_chair, **days)
    version.refresh_from_db()
    assert version.status == Status.APPROVED
    assert list(version.signatures.values_list("role", flat=True)) == ["MAPPA Chair", "LSCB Chair"]


def test_nobody_approves_what_a_body_before_wants_changed(world):
    version = world.submitted()
    first, second, _ = version.approvals.all()
    days = {"decided_on": TODAY, "today": TODAY}
    approval.decide(first, decision="changes", comment="Name a person", by=world.scb_chair, **days)
    assert not Approval.objects.next_in_line().exists()
    with pytest.raises(Conflict, match="asked for changes: the next version comes first"):
        approval.decide(second, decision="approved", comment="", by=world.lscb_chairs_chair, **days)


def test_a_body_that_approves_since_the_copies_were_given_sees_what_it_is_asked_about(world):
    version = world.protocol().versions.get()
    added = organisation("London Health Board", world.territory("london"), "regional_board")
    chair = person("health_chair", added, Seat.CHAIR)
    london = version.territory
    ApprovingBody.objects.create(territory=london, organisation=added, position=4, sees="whole")
    drafting.submit(version, by=world.camden_administrator)
    assert Protocol.objects.for_user(chair).get() == version.protocol


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"decided_on": TODAY + timedelta(days=1)}, "today or in the past"),
        ({"decision": "changes"}, "Enter what should change"),
    ],
)
def test_a_decision_needs_its_day_and_its_reason(world, wrong, message):
    first = world.submitted().approvals.first()
    values = {
        "decision": "approved",
        "decided_on": TODAY,
        "comment": "",
        "today": TODAY,
        "by": world.scb_chair,
    }
    with pytest.raises(ValidationError, match=message):
        approval.decide(first, **(values | wrong))
    first.refresh_from_db()
    assert first.decision == Approval.Decision.OPEN


def test_many_boroughs_in_one_decision_or_none(world):
    camden = world.submitted("camden")
    hackney = world.protocol("hackney").versions.get()
    hackney = drafting.submit(hackney, by=world.hackney_administrator)
    waiting = list(Approval.objects.next_in_line())
    assert {a.version_id for a in waiting} == {camden.pk, hackney.pk}
    approval.decide_all(waiting, decided_on=TODAY, by=world.scb_chair, today=TODAY)
    with pytest.raises(PermissionDenied):
        approval.decide_all(
            Approval.objects.next_in_line(), decided_on=TODAY, by=world.scb_chair, today=TODAY
        )


def test_a_local_change_reopens_only_the_bodies_that_read_it(world):
    version = world.approved()
    following = drafting.start_next(version, by=world.camden_administrator)
    clause = following.clauses.get(heading="Local contacts")
    drafting.edit_clause(
        clause,
        heading=clause.heading,
        body="A new number",
        revision=clause.revision,
        by=world.camden_administrator,
    )
    following = drafting.submit(following, by=world.camden_administrator)
    assert kinds(following) == ["approved", "open", "open"]  # the London SCB reads the shared text alone
    assert following.approvals.first().decided_on == date(2012, 11, 21)
    version.refresh_from_db()
    assert version.status == Status.REPLACED


def test_an_unchanged_text_keeps_every_approval(world):
    following = drafting.start_next(world.approved(), by=world.camden_administrator)
    following = drafting.submit(following, by=world.camden_administrator)
    assert kinds(following) == ["approved"] * 3
    assert following.status == Status.APPROVED


def test_a_discarded_draft_gives_its_predecessor_back(world):
    version = world.submitted()
    draft = drafting.start_next(version, by=world.camden_administrator)
    back = drafting.discard(draft, by=world.camden_administrator)
    assert (back.pk, back.status) == (version.pk, Status.CONSULTATION)
    with pytest.raises(Conflict):
        drafting.discard(back, by=world.camden_administrator)
