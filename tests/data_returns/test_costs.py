"""What pages of a return cost: the same with more cases and meetings, and nothing is counted that stands already."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from data_returns.actions.checking import pass_check
from data_returns.actions.signing import sign
from data_returns.models import Return
from tests.data_returns.conftest import AT
from tests.meetings.conftest import register  # noqa: F401

SIGNED = datetime(2026, 6, 2, 10, tzinfo=UTC)
KPIS, CASES = "meetings_attendance", "referrals_levelperiod"
COUNTED = [  # from what a page counts; never from more
    ("", "open", {CASES}),
    ("q/1/", "open", {CASES}),
    ("q/9/", "open", {KPIS}),
    ("check/", "open", {CASES, KPIS}),
    ("view/", "open", set()),
    ("view/", "signed", set()),
    ("view/", "signed long ago", set()),
    ("q/1/records/q1_l1/", "signed", {CASES}),
]


@pytest.fixture
def more(cases, register):  # noqa: F811
    """A function: so many cases and meetings more."""
    made = iter(range(100, 999))

    def add(number: int) -> None:
        for n in [next(made) for _ in range(number)]:
            cases.add(str(n))
            register.put({"meeting": f"M{n}", "case": f"C{n}", "held_on": "2025-09-01", "agency": "CSC"})

    return add


def stands(found: Return, state: str, chair) -> None:
    if state == "open":
        return
    found.figures.update(register=None, reason="Made up.")
    for figure in found.figures.all():
        figure.register = 1 if figure.key in ("q1_l1", "q1_l1_police") else 0
        figure.save()
    sign(pass_check(found, by=None), by=chair, at=SIGNED)
    if state == "signed long ago":
        Return.objects.update(evidence={"register": {}})


@pytest.mark.parametrize("page, state, counted", COUNTED)
def test_a_page_counts_what_it_must_at_any_size(world, browser, filled, more, page, state, counted):
    more(1)
    stands(filled, state, world.camden_mappa_chair)

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(f"{AT}{page}").status_code == 200
        statements = " ".join(query["sql"] for query in seen)
        assert {table for table in (KPIS, CASES) if table in statements} == counted
        return len(seen)

    browser.get(f"{AT}{page}")
    before = cost()
    more(12)
    assert cost() == before <= 30
