"""The REST door: named fields, an allow-list of filters, the same separation as the pages."""

import csv
import io

import pytest
from django.db import connection
from django.test import Client

from audit.models import Event
from protocols.actions import drafting

LIST_FIELDS = {"reference", "borough", "board", "version", "status", "in_force_since", "review_due"}
DETAIL_FIELDS = LIST_FIELDS | {
    "withdrawn_on",
    "replaced_by",
    "replaced_on",
    "versions",
    "clauses",
    "approvals",
    "signatures",
    "allowed",
}


@pytest.fixture
def api(world):
    def open_as(name: str) -> Client:
        client = Client()
        client.force_login(getattr(world, name))
        return client

    return open_as


def test_A5_the_list_names_its_fields_and_filters_by_an_allow_list(world, api):
    template = world.template()
    world.protocol("camden", template)
    drafting.submit(world.protocol("hackney", template).versions.get(), by=world.hackney_administrator)
    client = api("smb_member")
    rows = client.get("/api/v1/protocols/").json()["results"]
    assert [row["reference"] for row in rows] == ["CMD-P-2026-001", "HCK-P-2026-001"]
    assert set(rows[0]) == LIST_FIELDS
    for query, references in [
        ("status=consultation", ["HCK"]),
        ("borough=camden", ["CMD"]),
        ("id=1", ["CMD", "HCK"]),
    ]:
        found = client.get(f"/api/v1/protocols/?{query}").json()["results"]
        assert [row["reference"][:3] for row in found] == references


@pytest.mark.parametrize(
    "name, value", [("status", "lost"), ("borough", "atlantis"), ("limit", "x"), ("limit", "0")]
)
def test_a_wrong_value_is_named(world, api, name, value):
    answer = api("smb_member").get("/api/v1/protocols/", {name: value})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{name}"]


def test_a_page_holds_at_most_200(world, api):
    world.protocol()
    assert api("smb_member").get("/api/v1/protocols/?limit=1000").status_code == 200


def test_X1_the_list_as_a_table_is_marked_recorded_and_limited(world, api):
    world.protocol()
    client, address, table = api("smb_member"), "/api/v1/protocols/", {"Accept": "text/csv"}
    answer = client.get(address, headers=table)
    assert answer["Content-Type"].startswith("text/csv")
    columns, row = csv.reader(io.StringIO(answer.content.decode()))
    assert set(columns) == {*LIST_FIELDS, "Marking"}
    assert (row[0], row[-1]) == ("CMD-P-2026-001", "OFFICIAL-SENSITIVE")
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    recorded = Event.objects.get(name="protocols.exported")
    assert (recorded.actor, recorded.reason) == (world.smb_member, "1 row, CSV")
    others = [client.get(address, headers=table) for _ in range(10)]
    assert [answer.status_code for answer in others] == [200] * 9 + [429]
    assert others[-1]["Content-Type"] == "application/problem+json"
    assert client.get(address).status_code == 200


def test_the_detail_holds_text_approvals_signatures_and_what_is_allowed(world, api):
    world.approved()
    agreement = api("camden_administrator").get("/api/v1/protocols/CMD-P-2026-001/").json()
    assert set(agreement) == DETAIL_FIELDS
    assert [c["number"] for c in agreement["clauses"]] == ["1", "2", "2.1", "3"]
    assert [a["decision"] for a in agreement["approvals"]] == ["approved"] * 3
    assert [s["role"] for s in agreement["signatures"]] == ["MAPPA Chair", "LSCB Chair"]
    assert agreement["allowed"] == ["start_next", "withdraw"]
    assert api("smb_member").get("/api/v1/protocols/CMD-P-2026-001/").json()["allowed"] == []


def test_an_unchanged_answer_is_not_sent_again(world, api):
    version = world.submitted()
    client, address = api("camden_administrator"), "/api/v1/protocols/CMD-P-2026-001/"
    etag = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    drafting.start_next(version, by=world.camden_administrator)
    changed = client.get(address, headers={"If-None-Match": etag})
    assert changed.status_code == 200 and changed["ETag"] != etag


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_machines_only_read(world, api, method):
    world.protocol()
    client = api("camden_administrator")
    for address in ("/api/v1/protocols/", "/api/v1/protocols/CMD-P-2026-001/"):
        assert getattr(client, method)(address).status_code == 405
