"""How PostgreSQL answers a borough's figures: by index on every register, with the policy evaluated once."""

import json

import pytest
from django.db import connection

from meetings.performance import counting
from meetings.performance.counting import AS_THEY_STAND, Rules
from tests.meetings.conftest import YEAR
from tests.meetings.files import CHILD

REGISTERS = {"meetings_meeting", "meetings_discussion", "meetings_attendance"}


def nodes(plan: dict):
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


@pytest.fixture
def plan_of(register):
    """Of a small register a scan is cheap: it is made dear, so that what is left is what has no index."""
    register.put(*({"meeting": f"M{n}", "case": f"C{n % 7}"} | CHILD for n in range(60)))
    camden = register.world.territory("camden")

    def explained(statement: str, **more) -> list[dict]:
        values = counting._values(camden, *YEAR, None) | {"area": camden.parent_id} | more
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", values)
            [found] = cursor.fetchone()
        return list(nodes((json.loads(found) if isinstance(found, str) else found)[0]["Plan"]))

    return explained


STATEMENTS = [
    ("a borough's year", counting._statement("", AS_THEY_STAND)),
    ("its months", counting._statement("month", AS_THEY_STAND)),
    ("other rules", counting._statement("", Rules(substitutes=False, reports=True, short_notice=False))),
    ("what is stored", counting.DAYS),
]


@pytest.mark.parametrize("statement", [s for _, s in STATEMENTS], ids=[name for name, _ in STATEMENTS])
def test_no_register_is_read_from_end_to_end(plan_of, statement):
    found = plan_of(statement)
    read = {
        node["Relation Name"]: node["Node Type"] for node in found if node.get("Relation Name") in REGISTERS
    }
    assert set(read) == REGISTERS
    assert not [name for name, how in read.items() if how == "Seq Scan"]


@pytest.mark.parametrize("statement", [s for _, s in STATEMENTS], ids=[name for name, _ in STATEMENTS])
def test_T1_the_policy_is_a_plan_of_its_own_and_not_asked_for_each_row(plan_of, statement):
    found = plan_of(statement)
    assert any(node.get("Parent Relationship") == "InitPlan" for node in found)
    assert not any(
        "current_setting" in str(node.get("Filter", "")) for node in found if "Relation Name" in node
    )
