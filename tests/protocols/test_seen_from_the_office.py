"""What the area's office is told: who is late, who keeps boroughs waiting, what is wanted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mappa_portal.home import tasks_of
from protocols.actions import approval
from protocols.models import Protocol, Version
from tests.protocols.pages import text_of
from tests.world import TODAY


def followed_up(user, day=None) -> list[tuple[str, str]]:
    found = tasks_of(user, day or timezone.localdate())
    return [(t.title, t.url) for t in found if t.verb == "Follow up"]


@pytest.mark.parametrize(
    "who, told", [("co_ordinator", True), ("smb_chair", False), ("leeds_co_ordinator", False)]
)
def test_overdue_reviews_are_one_line_for_the_office_alone(world, who, told):
    due = world.in_force().protocol.reviews.get().due_on
    line = ("1 overdue review", "/protocols/reviews/?due=overdue")
    assert followed_up(getattr(world, who), due + timedelta(days=1)) == ([line] if told else [])
    assert followed_up(getattr(world, who), due) == []


@pytest.mark.parametrize("days, told", [(13, False), (15, True)])
def test_a_body_that_keeps_a_borough_waiting_is_followed_up(world, days, told):
    version = world.submitted()
    Version.objects.filter(pk=version.pk).update(submitted_at=timezone.now() - timedelta(days=days))
    line = ("1 approval", "/protocols/?status=consultation")
    assert followed_up(world.co_ordinator) == ([line] if told else [])


def test_the_turn_of_a_body_begins_when_the_one_before_decided(world, browser):
    version = world.submitted()
    Version.objects.filter(pk=version.pk).update(submitted_at=timezone.now() - timedelta(days=15))
    first = version.approvals.first()
    approval.decide(first, decision="approved", decided_on=TODAY, comment="", by=world.scb_chair, today=TODAY)
    assert followed_up(world.co_ordinator) == []
    [row] = browser("lscb_chairs_chair").get("/protocols/approvals/?sort=since").context["approvals"]
    assert timezone.now() - row.since < timedelta(days=1)


def test_wanted_changes_are_a_status_on_the_list_and_the_page(world, browser):
    first = world.submitted().approvals.first()
    decide = {"decided_on": TODAY, "today": TODAY, "by": world.scb_chair}
    approval.decide(first, decision="changes", comment="Name a person", **decide)
    client = browser("co_ordinator")
    [row] = client.get("/protocols/?status=changes").context["rows"]
    assert row.label == "Changes wanted" and not client.get("/protocols/?status=consultation").context["rows"]
    page = text_of(client.get("/protocols/CMD-P-2026-001/"))
    assert (
        "Changes wanted</strong>" in page
        and "With the approving bodies</strong>" not in page.split("Versions")[0]
    )


def test_an_overdue_protocol_waits_for_its_unit(world, browser):
    protocol = world.in_force().protocol
    Protocol.objects.filter(pk=protocol.pk).update(review_due=timezone.localdate() - timedelta(days=1))
    [row] = browser("co_ordinator").get("/protocols/").context["rows"]
    assert row.waits_for == "Camden MAPPA Unit (review)"
