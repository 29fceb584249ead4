"""An event names the organisation through which its person acted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.events import record
from boards.access import seats_of
from boards.roles import Seat
from tests.boards.helpers import events
from tests.factories import appoint, person

OFFICE = "london-mappa-executive-office"


def test_giving_copies_is_the_offices_act_and_submitting_the_boroughs(world):
    world.submitted("camden")
    [given], [submitted] = events("protocol.drafted"), events("version.submitted")
    assert (given.actor, given.organisation.slug) == (world.co_ordinator, OFFICE)
    assert submitted.organisation.slug == "camden-mappa-unit"


def test_an_approval_and_a_signature_name_the_body_that_was_spoken_for(world):
    world.in_force("camden")
    approvals = {e.organisation.slug for e in events("approval.recorded")}
    assert approvals == {"london-scb", "london-lscb-chairs", "london-smb"}
    assert {e.organisation.slug for e in events("version.signed")} == {"camden-mappa-unit", "camden-lscb"}
    [came] = events("version.came_into_force")
    assert (came.actor, came.organisation) == (None, None)


@pytest.mark.parametrize(
    ("borough", "expected"), [("camden", "camden-mappa-unit"), ("hackney", "hackney-mappa-unit")]
)
def test_of_several_seats_the_one_that_looks_after_the_place(world, borough, expected):
    both = person("both", world.organisation("hackney-mappa-unit"), Seat.ADMINISTRATOR)
    appoint(both, world.organisation("camden-mappa-unit"), Seat.ADMINISTRATOR)
    record("plan.made", world.territory(borough), by=both, territory=world.territory(borough))
    assert events("plan.made")[0].organisation.slug == expected


def test_of_several_seats_the_one_among_the_parties(world):
    """A board member who also administers the unit drafts for the unit."""
    both = person("both", world.organisation("camden-lscb"), Seat.MEMBER)
    appoint(both, world.organisation("camden-mappa-unit"), Seat.ADMINISTRATOR)
    record("plan.made", world.protocol("camden"), by=both)
    assert events("plan.made")[0].organisation.slug == "camden-mappa-unit"


def test_naming_it_costs_no_query(world):
    someone, protocol = world.co_ordinator, world.protocol("camden")
    seats_of(someone)
    with CaptureQueriesContext(connection) as queries:
        record("plan.made", protocol, by=someone)
    assert len(queries) == 1
