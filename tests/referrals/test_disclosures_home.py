"""An emergency decision is red on the home page until a panel has answered, and says what to do."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mappa_portal.home import grouped, tasks_of
from referrals.disclosing.ledger import Kind
from referrals.models import Disclosure
from tests.pages import text
from tests.referrals.disclosing import Disclosing
from tests.referrals.disclosing_pages import TODAY

YESTERDAY, SOON = TODAY - timedelta(days=1), TODAY + timedelta(days=9)


@pytest.fixture
def ledger(world):
    return Disclosing(world)


def decided(ledger):
    made = ledger.open(on=YESTERDAY)
    for kind in (Kind.PROPOSAL, Kind.DECISION):
        made = ledger.add(made, kind, on=YESTERDAY)
    return made


def task_of(user, made):
    [group] = [
        g for g in grouped(tasks_of(user, TODAY), TODAY) if any(made.reference in t.title for t in g.tasks)
    ]
    [task] = [t for t in group.tasks if made.reference in t.title and t.late]
    return group.kind, task


def meets(ledger, *, status="scheduled", lists_it=True, on=SOON):
    meeting = ledger.hearing(on, status)
    if not lists_it:
        meeting.discussions.all().delete()
    return meeting


PANELS = [  # what is planned, what is to be done first, and then
    (None, "Put on the next panel’s agenda:", "Plan a meeting and put case {case} on its agenda"),
    (
        {"lists_it": False},
        "Put on the next panel’s agenda:",
        "Put case {case} on the agenda of meeting {meeting}",
    ),
    ({}, "Have the panel ratify", "It is on the agenda of meeting {meeting}"),
    ({"on": YESTERDAY}, "Have the panel ratify", "It was on the agenda of meeting {meeting}"),
    ({"status": "held", "on": YESTERDAY}, "Record what the panel answered on", "The panel heard the case"),
    (
        {"status": "held", "on": YESTERDAY - timedelta(days=1)},
        "Put on the next panel’s agenda:",
        "Plan a meeting",
    ),
]


@pytest.mark.parametrize("planned, verb, todo", PANELS)
def test_it_is_red_and_says_what_to_do(ledger, world, planned, verb, todo):
    made = decided(ledger)
    meeting = None if planned is None else meets(ledger, **planned)
    group, task = task_of(world.camden_administrator, made)
    todo = todo.format(case=ledger.case, meeting=meeting)
    assert (group, task.verb) == ("overdue", verb) and todo in task.waiting
    assert task.due == (None if "Plan a" in todo else meeting.held_on)
    client = Client()
    client.force_login(world.camden_administrator)
    assert task.url == f"/disclosures/{made}/" and todo in text(client.get(task.url))
    home = text(client.get("/"))
    assert verb in home.partition("Overdue")[2] and todo in home


def test_the_chair_records_once_a_panel_has_heard_it(ledger, world):
    made = decided(ledger)
    assert task_of(world.camden_mappa_chair, made)[1].url == f"/disclosures/{made}/"
    panel = meets(ledger, status="held", on=YESTERDAY)
    assert task_of(world.camden_mappa_chair, made)[1].url == f"/disclosures/{made}/add/ratification/"
    ledger.add(made, Kind.RATIFICATION, on=YESTERDAY, meeting=panel.reference)
    assert not [t for t in tasks_of(world.camden_mappa_chair, TODAY) if t.late]


def test_more_of_them_cost_the_same(ledger, world):
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            tasks_of(world.camden_administrator, TODAY)
        return len(seen)

    decided(ledger)
    meets(ledger)
    queries()
    one = queries()
    for _ in range(3):
        decided(ledger)
    assert Disclosure.objects.filter(status="unratified").count() == 4
    assert queries() == one
