"""A borough and its board have one protocol in force: what comes into force takes the other's place."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from audit.models import Event
from documents.look_up import expected_by_code
from mappa_portal.exceptions import Conflict
from outbox.jobs import run_jobs
from protocols import waiting
from protocols.actions import drafting, reviews, signing, templates
from protocols.models import Protocol, Review, Version
from tests.protocols.pages import text_of, url

OLD, NEW = "CMD-P-2026-001", "CMD-P-2026-002"


def second_template(world):
    draft = world.draft_template("Another protocol")
    return templates.publish(draft, by=world.co_ordinator)


def second(world, borough="camden") -> Version:
    """Of another template, approved by every body."""
    draft = world.protocol(borough, second_template(world)).versions.get()
    return world.approved_from(drafting.submit(draft, by=getattr(world, f"{borough}_administrator")))


def signed(world, version, borough="camden") -> Version:
    chairs = [getattr(world, f"{borough}_mappa_chair"), getattr(world, f"{borough}_board_chair")]
    for one, by in zip(version.signatures.all(), chairs, strict=True):
        signing.sign(one, by=by, at=timezone.now())
    version.refresh_from_db()
    return version


def test_the_other_protocol_ends_with_its_reviews_and_what_is_under_way(world):
    old = world.in_force()
    drafting.start_next(old, by=world.camden_administrator)
    new = signed(world, second(world))
    protocol = Protocol.objects.get(pk=old.protocol_id)
    assert (protocol.replaced_by, protocol.replaced_on) == (new.protocol, new.adopted_on)
    assert list(protocol.versions.values_list("status", flat=True)) == ["replaced", "superseded"]
    assert [r.protocol for r in Review.objects.open()] == [new.protocol]
    assert not waiting.drafts_of(world.camden_administrator)
    assert reviews.remind_of_reviews(new.adopted_on + timedelta(days=400)) == 1  # the new one's alone
    with pytest.raises(Conflict, match=f"replaced by {NEW}"):
        drafting.withdraw(old, reason="Old", by=world.camden_administrator, on=timezone.localdate())


def test_its_end_is_an_event(world, browser):
    world.in_force()
    signed(world, second(world))
    browser("co_ordinator").get(f"/protocols/{OLD}/")
    event = Event.objects.get(name="protocol.replaced")
    assert event.reference == OLD and event.changes.get().after["replaced_by"] == NEW


def test_another_boroughs_protocol_and_another_boards_stay(world):
    hackney = world.in_force("hackney")
    other = world.in_force("camden")
    Protocol.objects.filter(pk=other.protocol_id).update(board=world.organisation("islington-lscb"))
    new = signed(world, second(world))
    in_force = Version.objects.in_force()
    assert {v.pk for v in in_force} == {hackney.pk, other.pk, new.pk}


def test_a_draft_beside_it_is_left_alone(world):
    waiting_draft = world.protocol()
    new = signed(world, second(world))
    assert waiting_draft.versions.get().is_draft and new.status == Version.Status.IN_FORCE


def test_pages_say_so_before_and_after(world, browser):
    old = world.in_force()
    draft = world.protocol("camden", second_template(world)).versions.get()
    client = browser("camden_administrator")
    said = f'it replaces <a class="govuk-link" href="/protocols/{OLD}/">'
    assert said in text_of(client.get(url(draft, "draft/submit/")))
    new = world.approved_from(drafting.submit(draft, by=world.camden_administrator))
    assert said in text_of(browser("camden_mappa_chair").get(url(new, "sign/")))
    assert f"{OLD} stays in force" in text_of(client.get(url(new, "withdraw/")))
    signed(world, new)
    assert f'Replaced by <a class="govuk-link" href="/protocols/{NEW}/">' in text_of(client.get(url(old)))
    assert f'Replaces <a class="govuk-link" href="/protocols/{OLD}/">' in text_of(client.get(url(new)))
    assert "Camden will have no protocol in force" in text_of(client.get(url(new, "withdraw/")))


def test_lists_the_calendar_machines_and_the_check_of_copies_follow(world, browser):
    old = world.in_force()
    run_jobs()
    signed(world, second(world))
    client = browser("co_ordinator")
    rows = {row.protocol.reference: row for row in client.get("/protocols/").context["rows"]}
    assert (rows[OLD].label, rows[OLD].review_state, rows[OLD].protocol.review_due) == (
        "Superseded",
        "",
        None,
    )
    found = client.get(f"/api/v1/protocols/{OLD}/").json()
    assert (found["status"], found["replaced_by"]) == ("superseded", NEW)
    assert OLD not in text_of(client.get("/protocols/reviews/"))
    old.refresh_from_db()
    assert expected_by_code(old.document.code).standing.startswith(f"Superseded: {NEW} took its place on ")


def test_C1_two_protocols_that_come_into_force_at_once_leave_one(committed):
    world = committed
    with world.scope():
        versions = [world.approved(), second(world)]
        for version in versions:
            signing.sign(version.signatures.first(), by=world.camden_mappa_chair, at=timezone.now())

    def last(version):
        with world.scope():
            signing.sign(version.signatures.last(), by=world.camden_board_chair, at=timezone.now())
        connection.close()

    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(last, version) for version in versions]:
            done.result()
    with world.scope():
        assert Version.objects.in_force().count() == 1
        assert Protocol.objects.exclude(replaced_by=None).count() == 1
