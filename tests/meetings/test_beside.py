"""What stands beside the measures: counted, shown, in no KPI (C1, C5, C6, C9)."""

import io
import re

import pytest
from pypdf import PdfReader

from meetings.performance.beside import Beside
from meetings.performance.kpis import as_json
from tests.meetings.conftest import PERIOD, YEAR
from tests.meetings.files import ABSENT, EMPTY, REPORT
from tests.pages import text

DISCUSSIONS = [
    {},
    {"agency": "POL"},
    {"meeting": "M2", "case": "C2"} | REPORT,
    {"meeting": "M2", "case": "C2", "agency": "POL", "grade": "1"},
    {"meeting": "M2", "case": "C5", "agency": "POL"} | ABSENT,
    {"meeting": "M2", "case": "C2", "agency": "YOT", "stood_down": "yes"} | EMPTY,
    {"meeting": "M3", "case": "C3", "agency": "POL"} | EMPTY,  # waits outside (C13)
    {"meeting": "M4", "case": "C4", "level": "3", "grade": "2"},
]
ENDED = [
    {"meeting": f"E{n}", "case": "C1", "status": s}
    for n, s in enumerate(("cancelled", "cancelled", "postponed"))
]
RATES = {  # label: level 2 and 3, level 3
    "Invited agencies present, all discussions": ((4, 6), (1, 1)),
    "Discussions with every invited agency present": ((2, 4), (1, 1)),
    "Written reports of agencies that did not attend": ((1, 6), (0, 1)),
    "Police, at the right seniority": ((1, 3), (0, 0)),
    "Probation, at the right seniority": ((0, 0), (0, 0)),
    "Prisons, at the right seniority": ((0, 0), (0, 0)),
}


@pytest.fixture
def mixed(register):
    register.put(*DISCUSSIONS, *ENDED)
    return register


@pytest.mark.parametrize("place, level", [(0, None), (1, 3)])
def test_it_is_counted_apart(mixed, place, level):
    beside = Beside.of(mixed.world.territory("camden"), *YEAR, level)
    found = {label: (rate.attended, rate.required) for label, rate in beside.rates}
    assert list(found.values()) == [both[place] for both in RATES.values()]
    assert [number for _, number in beside.ended] == ([2, 1, 0, 0] if level is None else [0, 0, 0, 0])
    assert all(rate.met is None for _, rate in beside.rates)


def test_it_is_in_no_kpi(mixed):
    before = mixed.live()
    mixed.put(*({"meeting": f"X{n}", "case": "C9", "status": "abandoned"} for n in range(3)))
    after = mixed.live()
    assert before == after
    answer = as_json(after, area="london", borough="camden", start=YEAR[0], end=YEAR[1], level=None)
    assert [line["agency"] for line in answer["kpi6"]["agencies"]] == ["ASC"]
    assert set(answer) == {"period", "area", "borough", "level", "completeness", "kpi4", "kpi6"}


WHO = [("camden_administrator", True), ("camden_business_manager", True), ("camden_csc_spoc", False)]


@pytest.mark.parametrize("who, seen", [*WHO, ("smb_member", False)])
def test_page_and_file_show_it_for_a_borough_alone(mixed, browser_of, who, seen):
    mixed.stored()
    page = text(browser_of(who).get(f"/performance/?place=camden&{PERIOD}"))
    assert ("Beside the measures" in page, "66.6% (4 of 6)" in page) == (seen, seen)
    file = browser_of(who).get(f"/performance/export/?place=camden&{PERIOD}").content.decode()
    assert bool(re.search(",Meetings cancelled,2,", file)) == seen
    assert bool(re.search("did not attend,1,6,16.6,", file)) == seen


@pytest.mark.parametrize("who, seen", WHO[::2])
def test_the_pdf_says_how_complete_it_is_and_what_stands_beside(mixed, browser_of, who, seen):
    answer = browser_of(who).get(f"/performance/pdf/?place=camden&{PERIOD}")
    pages = PdfReader(io.BytesIO(answer.content)).pages
    said = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
    assert "Attendance is recorded for 4 of 5 discussions (80.0%)" in said
    assert ("Beside the measures" in said) == seen
