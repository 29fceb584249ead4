"""The list of protocols: order, filters, export; what home and search find."""

import csv
import io

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from mappa_portal.pagination import keyset, sorting
from protocols import listing
from protocols.actions import approval, copies, drafting
from tests.protocols.pages import text_of, url
from tests.world import TODAY


def test_a_list_costs_the_same_for_one_row_and_three(world, browser):
    template = world.template()
    client = browser("co_ordinator")

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            client.get("/protocols/")
        return [q["sql"] for q in seen]

    world.protocol("camden", template)
    queries()  # the first request of a session writes when it was
    one = queries()
    for borough in ("hackney", "islington"):
        draft = world.protocol(borough, template).versions.get()
        drafting.submit(draft, by=getattr(world, f"{borough}_administrator"))
    assert len(queries()) == len(one)


LISTS = [
    ({}, ["CMD", "HCK"]),
    ({"status": "consultation"}, ["HCK"]),
    ({"borough": "camden"}, ["CMD"]),
    ({"due": "none", "sort": "-borough"}, ["HCK", "CMD"]),
    ({"status": "nonsense", "borough": "leeds", "sort": "password"}, ["CMD", "HCK"]),  # an allow-list (A3)
]


@pytest.mark.parametrize("asked, codes", LISTS)
def test_A3_filters_and_order(world, browser, asked, codes):
    template = world.template()
    world.protocol("camden", template)
    drafting.submit(world.protocol("hackney", template).versions.get(), by=world.hackney_administrator)
    page = browser("co_ordinator").get("/protocols/", asked)
    assert [row.protocol.reference[:3] for row in page.context["rows"]] == codes


def test_what_is_in_force_stays_in_sight_while_the_next_version_is_written(world, browser):
    version = world.in_force()
    drafting.start_next(version, by=world.camden_administrator)
    client = browser("camden_board_chair")
    assert "Version 1 has been in force since" in text_of(client.get(url(version)))
    rows = client.get("/protocols/", {"status": "in_force"}).context["rows"]
    assert [row.protocol.version_number for row in rows] == [2]


@pytest.mark.parametrize("order", [name for key in listing.ORDER for name in (key, f"-{key}")])
def test_every_order_pages_through_all_rows_and_back(world, order):
    boroughs = list(world.territory("london").children.all())
    copies.give_copies(world.template(), boroughs=boroughs, by=world.co_ordinator, on=TODAY)
    found = listing.protocols_for(world.co_ordinator)

    def page(query: str):
        request = RequestFactory().get("/protocols/" + query)
        _, fields = sorting(request, listing.ORDER, "reference")
        return keyset(found, request, *fields, size=1)

    seen, query = [], f"?sort={order}"
    while query:
        seen.append(page(query))
        query = seen[-1].next_url
    rows = [row.reference for one in seen for row in one]
    assert len(set(rows)) == len(rows) == 3
    assert page(seen[2].previous_url).rows == seen[1].rows


def test_a_list_without_matches_says_so(world, browser):
    world.protocol()
    page = text_of(browser("co_ordinator").get("/protocols/", {"status": "withdrawn"}))
    assert "No protocol matches these filters" in page


def test_X1_the_export_is_recorded_marked_and_holds_what_the_list_shows(world, browser):
    world.submitted()
    response = browser("camden_administrator").get("/protocols/export.csv", {"status": "consultation"})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert (rows[0][-1], rows[1][-1]) == ("Marking", "OFFICIAL-SENSITIVE")
    assert rows[1][:6] == [
        "CMD-P-2026-001",
        "Camden",
        "Camden LSCB",
        "1",
        "With the approving bodies",
        "London SCB",
    ]
    assert "attachment" in response["Content-Disposition"]
    assert Event.objects.get(name="protocols.exported").reason == "1 row, CSV"


def test_E4_exports_are_limited(world, browser):
    client = browser("camden_administrator")
    answers = [client.get("/protocols/export.csv").status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


# -- Home, search --


HOME = [
    ("scb_chair", "submitted", "Approve the Camden protocol, version 1 (CMD-P-2026-001)"),
    ("smb_chair", "submitted", None),
    ("camden_mappa_chair", "approved", "Sign the Camden protocol, version 1 (CMD-P-2026-001)"),
    ("hackney_mappa_chair", "approved", None),
    ("camden_administrator", "protocol", "Finish the Camden protocol, version 1 (CMD-P-2026-001)"),
    ("co_ordinator", "draft_template", "Publish the template “London protocol”"),
]


@pytest.mark.parametrize("who, stage, task", HOME)
def test_home_names_what_waits_for_each(world, browser, who, stage, task):
    getattr(world, stage)()
    """Beside the data return, which a unit may open at any time of the year."""
    tasks = [f"{t.verb} {t.title}" for group in browser(who).get("/").context["groups"] for t in group.tasks]
    assert [said for said in tasks if "data return" not in said] == ([task] if task else [])


def test_home_asks_for_the_changes_that_a_body_wants_and_for_due_reviews(world, browser):
    version = world.submitted()
    first = version.approvals.first()
    approval.decide(
        first, decision="changes", decided_on=TODAY, comment="Name a person", by=world.scb_chair, today=TODAY
    )
    assert "Change the Camden protocol, version 1" in text_of(browser("camden_administrator").get("/"))


SEARCHES = [
    ("cmd-p", ["CMD-P-2026-001"]),
    ("CMD-P-2026-001", ["CMD-P-2026-001"]),
    ("hack", ["HCK-P-2026-001"]),
    ("london prot", ["LON-T-2026-001"]),
    ("leeds", []),
    ("P-2026", []),
]


@pytest.mark.parametrize("query, references", SEARCHES)
def test_A3_search_finds_references_boroughs_and_template_names(world, browser, query, references):
    template = world.template()
    boroughs = list(world.territory("london").children.all())
    copies.give_copies(template, boroughs=boroughs, by=world.co_ordinator, on=TODAY)
    found = browser("co_ordinator").get("/search/", {"q": query}).context["found"]
    mine = [hit.reference for part in found if part.kind in ("protocols", "templates") for hit in part.hits]
    assert mine == references


def test_A3_search_shows_a_borough_its_own_only(world, browser):
    boroughs = list(world.territory("london").children.all())
    copies.give_copies(world.template(), boroughs=boroughs, by=world.co_ordinator, on=TODAY)
    page = text_of(browser("camden_administrator").get("/search/", {"q": "HCK-P"}))
    assert "HCK-P-2026-001" not in page
