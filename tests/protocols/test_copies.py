"""From a published template to a borough’s copy."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boards.models import Reach
from mappa_portal.exceptions import Conflict
from protocols.actions import copies, templates
from protocols.models import Template
from tests.world import TODAY


def test_all_boroughs_get_their_copy_at_once_and_only_once(world):
    template = world.template()
    boroughs = list(world.territory("london").children.all())
    first = copies.give_copies(template, boroughs=boroughs, by=world.co_ordinator, on=TODAY)
    assert [p.reference for p in first.made] == ["CMD-P-2026-001", "HCK-P-2026-001", "ISL-P-2026-001"]
    again = copies.give_copies(template, boroughs=boroughs, by=world.co_ordinator, on=TODAY)
    assert again.made == ()
    assert {reason for _, reason in again.left_out} == {"has a copy of this template already"}


def test_a_copy_names_its_borough_everywhere(world):
    version = world.protocol("hackney").versions.get()
    assert "Hackney" in version.clauses.first().body
    assert not any("{borough}" in c.body + c.heading for c in version.clauses.all())


def test_a_borough_without_a_board_is_named_and_left_out(world):
    world.organisation("islington-lscb").coverage.all().delete()
    given = copies.give_copies(
        world.template(),
        boroughs=[world.territory("islington"), world.territory("camden")],
        by=world.co_ordinator,
        on=TODAY,
    )
    assert [p.about.slug for p in given.made] == ["camden"]
    [(borough, reason)] = given.left_out
    assert borough.slug == "islington" and "no safeguarding board" in reason


def test_giving_more_copies_costs_only_their_references_and_events(world):
    template = world.template()

    def asked(*slugs) -> int:
        boroughs = [world.territory(slug) for slug in slugs]
        with CaptureQueriesContext(connection) as seen:
            copies.give_copies(template, boroughs=boroughs, by=world.co_ordinator, on=TODAY)
        each = ("boards_counter", "audit_draft", "SAVEPOINT")
        return sum(not any(words in q["sql"] for words in each) for q in seen)

    one = asked("camden")  # reaches that grow by the same number are one query
    assert one <= asked("hackney", "islington") <= one + 1
    assert Reach.objects.get(organisation=world.organisation("camden-lscb")).count == 1
    assert Reach.objects.get(organisation=world.organisation("london-smb")).count == 3


@pytest.mark.parametrize("who", ["camden_administrator", "smb_chair", "leeds_co_ordinator", "nobody"])
def test_only_the_areas_office_gives_copies(world, who):
    with pytest.raises(PermissionDenied):
        copies.give_copies(
            world.template(), boroughs=[world.territory("camden")], by=getattr(world, who), on=TODAY
        )


def test_a_draft_template_cannot_be_given(world):
    with pytest.raises(Conflict, match="Publish this one first"):
        copies.give_copies(
            world.draft_template(), boroughs=[world.territory("camden")], by=world.co_ordinator, on=TODAY
        )


def test_a_published_template_is_not_edited_but_continued(world):
    version = world.template()
    clause = version.clauses.first()
    with pytest.raises(Conflict, match="Start the next one"):
        templates.edit_clause(
            clause, heading="X", body="", locked=False, revision=clause.revision, by=world.co_ordinator
        )
    draft = templates.start_next(version, by=world.co_ordinator)
    assert [c.locked for c in draft.clauses.all()] == [True, False, False, False]
    with pytest.raises(Conflict, match="has a draft already"):
        templates.start_next(version, by=world.co_ordinator)


def test_C2_two_imports_of_one_new_name_at_once_give_one_template(committed):
    world, first_made = committed, Event()

    def first():
        with world.scope():
            world.draft_template("London protocol")
            first_made.set()
            sleep(0.5)  # the second one finds no template of this name and waits for the reference
        connection.close()

    def second():
        first_made.wait(30)
        try:
            with world.scope(), pytest.raises(Conflict, match="Somebody else is importing"):
                world.draft_template("LONDON PROTOCOL")
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(first), pool.submit(second)]:
            done.result()
    with world.scope():
        assert Template.objects.get().name == "London protocol"


def test_correcting_an_import(world):
    version = world.draft_template()
    by = world.co_ordinator
    templates.add_clause(version, after=0, depth=1, heading="Foreword", body="", by=by)
    templates.move_clause(version.clauses.get(heading="Review"), by_places=-1, by=by)
    templates.indent_clause(version.clauses.get(heading="Review"), by_levels=1, by=by)
    templates.remove_clause(version.clauses.get(heading="Introduction"), by=by)
    assert list(version.clauses.values_list("position", "depth", "heading")) == [
        (1, 1, "Foreword"),
        (2, 1, "What each side does"),
        (3, 2, "Review"),
        (4, 2, "Local contacts"),
    ]
