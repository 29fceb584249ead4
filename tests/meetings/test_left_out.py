"""What a period leaves out of its figures opens too (C11, C13)."""

import pytest

from tests.meetings.conftest import PERIOD
from tests.meetings.files import EMPTY
from tests.pages import text

UNKNOWN = {"birth_date": ""}


LEFT_OUT = f"/performance/left-out/?place=camden&{PERIOD}"
BEHIND = [  # who, what the row says besides the day
    (
        "camden_administrator",
        "CMD-M-2024-001 CMD-C-2024-001 Attendance not recorded: Camden Children",
    ),
    ("camden_business_manager", "Camden 2 1 1"),
    ("co_ordinator", "Camden 2 1 1"),
    ("smb_member", "Camden 2 1 1"),
    ("camden_csc_spoc", "Camden 2 1 0"),  # it was not asked to the other
]


@pytest.fixture
def incomplete(register):
    register.put({"agency": "CSC"} | EMPTY, {}, {"meeting": "M2", "case": "C2"} | UNKNOWN, {"meeting": "M3"})
    register.stored()
    return register


@pytest.mark.parametrize("who, row", BEHIND)
def test_C13_what_is_left_out_opens_to_the_unit_and_as_counts_to_others(incomplete, browser_of, who, row):
    page = browser_of(who).get(f"/performance/?place=camden&{PERIOD}")
    assert "Attendance is recorded for 2 of 3 discussions (66.6%)." in text(page)
    assert "/performance/left-out/?" in page.content.decode()
    rows = browser_of(who).get(LEFT_OUT)
    assert f"1 May 2024 {row}" in text(rows).replace("1 May 2024 2 CMD", "1 May 2024 CMD")
    is_unit = who == "camden_administrator"
    assert ("Birth date or age not known: left out of KPI 4" in text(rows)) == is_unit
    assert ("CMD-" in rows.content.decode()) == is_unit
    assert (rows.content.decode().count('href="/cases/CMD-C-2024-00') == 2) == is_unit


@pytest.mark.parametrize("who", ["camden_police_spoc", "hackney_administrator", "leeds_co_ordinator"])
def test_A2_nobody_else_opens_what_is_left_out(incomplete, browser_of, who):
    assert browser_of(who).get(LEFT_OUT).status_code == 404


def test_a_period_that_is_complete_says_so(year, browser_of):
    browser = browser_of("camden_administrator")
    assert "left-out" not in browser.get(f"/performance/?place=camden&{PERIOD}").content.decode()
    assert "No discussion is left out" in text(browser.get(LEFT_OUT))


@pytest.mark.parametrize("who", ["camden_administrator", "camden_csc_spoc", "smb_member"])
def test_what_is_left_out_costs_the_same_however_much(
    register, browser_of, django_assert_max_num_queries, who
):
    browser = browser_of(who)

    def queries() -> int:
        register.stored()
        with django_assert_max_num_queries(30) as seen:
            assert browser.get(LEFT_OUT).status_code == 200
        return len(seen)

    register.put({"agency": "CSC"} | EMPTY)
    queries()
    few = queries()
    register.put(*({"meeting": f"N{n}", "case": f"C{n}", "agency": "CSC"} | EMPTY for n in range(20)))
    assert queries() == few


@pytest.mark.parametrize("who", ["camden_administrator", "camden_csc_spoc", "smb_member"])
def test_C13_completeness_stands_in_the_file_too(incomplete, browser_of, who):
    file = browser_of(who).get(f"/performance/export/?place=camden&{PERIOD}").content.decode()
    assert "Discussions with attendance recorded,2,3,66.6" in file
    assert "left out of KPI 4,1," in file
