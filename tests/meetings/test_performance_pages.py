"""KPI 4 and KPI 6 as people see them: whose figures, chart, counting rules, files."""

from datetime import date

import pytest

from audit.models import Event
from meetings.performance.periods import Period, year_of
from tests.meetings.conftest import PERIOD
from tests.meetings.files import CHILD, EMPTY
from tests.pages import text

PERIODS = [
    (Period(2024), "2024-04-01", "2025-03-31"),
    (Period(2024, 1), "2024-04-01", "2024-06-30"),
    (Period(2024, 4), "2025-01-01", "2025-03-31"),
    (Period(2023).year_before, "2022-04-01", "2023-03-31"),
]


@pytest.mark.parametrize("period, start, end", PERIODS)
def test_C2_the_year_runs_from_april(period, start, end):
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)
    assert [year_of(date(2025, 3, 31)), year_of(date(2025, 4, 1))] == [2024, 2025]


def test_no_figure_stands_alone(year, browser_of):
    page = text(browser_of("camden_administrator").get(f"/performance/?place=camden&{PERIOD}"))
    assert "1 April 2024 to 31 March 2025" in page
    assert "50.0% (1 of 2)" in page and "No figure" in page
    assert "0 of 3 agencies reach the target, so KPI 6 is not met" in page


def test_without_meetings_there_is_no_figure(world, browser_of):
    page = text(browser_of("camden_administrator").get("/performance/"))
    assert "No meetings held in this period." in page and "%" not in page


WHO = [  # who: the page, whose figures, rows or counts behind them, case references, the API
    ("camden_administrator", 200, "whole", "rows", True, 200),
    ("camden_mappa_chair", 200, "whole", "rows", True, 200),
    ("camden_business_manager", 200, "whole", "rows", False, 200),
    ("co_ordinator", 200, "whole", "rows", False, 200),
    ("smb_member", 200, "whole", "counts", False, 200),
    ("camden_csc_spoc", 200, "own", "rows", False, 404),
    ("camden_police_spoc", 200, "none", "404", False, 404),
    ("hackney_administrator", 404, "none", "404", False, 404),
    ("leeds_co_ordinator", 404, "none", "404", False, 404),
]


@pytest.mark.parametrize("who, page, figures, behind, cases, api", WHO)
def test_A2_who_sees_figures_rows_and_cases_of_camden(
    year, browser_of, who, page, figures, behind, cases, api
):
    year.stored()
    browser = browser_of(who)
    shown = browser.get(f"/performance/?place=camden&{PERIOD}")
    missed = browser.get(f"/performance/6/missed/?place=camden&{PERIOD}")
    file = browser.get(f"/performance/6/missed/export/?place=camden&{PERIOD}")
    answer = browser.get("/api/v1/kpis/?area=london&borough=camden&from=2024-04-01&to=2025-03-31")
    assert (shown.status_code, answer.status_code) == (page, api)
    assert missed.status_code == file.status_code == (404 if behind == "404" else 200)
    seen = text(shown)
    assert ("Adult Social Care" in seen, "50.0% (1 of 2)" in seen) == {
        "whole": (True, True),
        "own": (False, True),
        "none": (False, False),
    }[figures]
    assert ("Why it counts" in text(missed), "Required" in text(missed)) == {
        "rows": (True, False),
        "counts": (False, True),
        "404": (False, False),
    }[behind]
    assert ("CMD-C-2024" in missed.content.decode() + file.content.decode()) == cases


def test_police_are_told_whose_figures_these_are(year, browser_of):
    page = browser_of("camden_police_spoc").get(f"/performance/?place=camden&{PERIOD}")
    assert "Your seats are in none of these." in text(page) and "50.0%" not in text(page)


UNKNOWN = {"birth_date": ""}
NO_FOUR = [  # what the only discussions are, what stands for KPI 4
    ([{}], "Not applicable: no meetings about under-18s in this period."),
    ([CHILD | EMPTY], "1 discussion was left out (1 attendance not recorded)."),
    ([UNKNOWN, {"case": "C2"}], "1 discussion was left out (1 age not known)."),
    (
        [UNKNOWN, {"case": "C2"} | CHILD | EMPTY],
        "2 discussions were left out (1 attendance not recorded, 1 age not known).",
    ),
]


@pytest.mark.parametrize("cells, said", NO_FOUR)
def test_C13_no_figure_of_kpi_4_says_what_was_left_out(register, browser_of, cells, said):
    register.put(*cells)
    page = text(browser_of("camden_administrator").get(f"/performance/?place=camden&{PERIOD}"))
    assert said in page and ("Not applicable: no meetings about" in page) == ("left out" not in said)


def test_the_page_has_a_chart_of_the_chosen_measure(year, browser_of):
    browser = browser_of("camden_administrator")
    page = browser.get(f"/performance/?place=camden&{PERIOD}&measure=6-CSC&points=quarter")
    assert "KPI 6, Children&#x27;s Services was 50.0% in Apr to Jun 2024" in page.content.decode()
    assert page.content.decode().count('<svg class="app-chart" role="img"') == 1
    odd = browser.get(f"/performance/?place=camden&{PERIOD}&measure=x&points=week")
    assert "KPI 6, all agencies was" in text(odd)


def test_other_counting_rules_stand_beside_and_never_instead(year, browser_of):
    page = text(browser_of("camden_administrator").get(f"/performance/?place=camden&{PERIOD}"))
    assert "If a written report counted as attendance" in page and "only the first row is the measure" in page
    for other in ("camden_csc_spoc", "smb_member"):
        year.stored()
        assert "If a substitute" not in text(browser_of(other).get(f"/performance/?place=camden&{PERIOD}"))


FILES = [
    ("export", "text/csv", b"6,Adult Social Care,0,1,0.0,90,no,0,0,"),
    ("chart/export", "text/csv", b"May 2024,1,4,25.0,,,"),
    ("pdf", "application/pdf", b"%PDF-1.7"),
]


@pytest.mark.parametrize("path, kind, holds", FILES)
def test_the_figures_leave_as_files_marked_and_recorded(year, browser_of, path, kind, holds):
    answer = browser_of("camden_administrator").get(f"/performance/{path}/?place=camden&{PERIOD}")
    assert answer["Content-Type"].startswith(kind) and holds in answer.content
    assert "attachment" in answer["Content-Disposition"] and "-camden-2024." in answer["Content-Disposition"]
    assert Event.objects.filter(name="figures.exported").count() == 1


def test_an_agencys_files_hold_its_own_lines_only(year, browser_of):
    browser = browser_of("camden_csc_spoc")
    rows = browser.get(f"/performance/export/?place=camden&{PERIOD}").content.decode().splitlines()
    assert [row.split(",")[:2] for row in rows[1:]] == [
        ["4", "Children's Services"],
        ["6", "Children's Services"],
        ["", "Discussions with attendance recorded"],
        ["", "Discussions of unknown age left out of KPI 4"],
    ]
    chart = browser.get(f"/performance/chart/export/?place=camden&{PERIOD}&measure=6").content.decode()
    assert "May 2024,1,2,50.0" in chart
