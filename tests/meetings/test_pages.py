"""Performance, missed attendances, meetings and import as people see them."""

import re
from datetime import date

import pytest
from django.utils import timezone

from audit.models import Event
from boards.access import share
from meetings.models import Attendance, Discussion, FollowUp, Invitation, Meeting, Reply, Step
from meetings.performance import missed
from meetings.performance.kpis import Kpis
from meetings.performance.periods import Period, year_of
from outbox.jobs import run_jobs
from tests.meetings.conftest import YEAR
from tests.meetings.test_kpis import ABSENT, CHILD, REPORT

PERIOD = "year=2024"


@pytest.fixture
def year(register):
    """A meeting about a person under 18 and one about an adult; YOT was not invited, ASC came too junior."""
    register.put(
        {"agency": "CSC"} | CHILD | REPORT,
        {"meeting": "M2", "case": "C2", "grade": "1"},
        {"meeting": "M2", "case": "C2", "agency": "CSC"},
        {"meeting": "M2", "case": "C2", "agency": "YOT"} | ABSENT | {"explained": "yes"},
    )
    return register


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


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


GAPS = [("6", "CSC", 1), ("6", "ASC", 1), ("6", "YOT", 1), ("4", "YOT", 1), ("4", "CSC", 1)]


@pytest.mark.parametrize("kpi, agency, gap", GAPS)
def test_a_gap_opens_to_as_many_rows(year, browser_of, kpi, agency, gap):
    browser = browser_of("camden_administrator")
    page = browser.get(f"/performance/?place=camden&{PERIOD}").content.decode()
    [link] = set(re.findall(rf'href="(/performance/{kpi}/missed/[^"]*agency={agency})"', page))
    rows = text(browser.get(link.replace("&amp;", "&")))
    assert f"{gap} missed attendance" in rows and "CMD-C-2024-" in rows


def test_why_each_row_counts(year):
    camden = year.world.territory("camden")
    why = {(m.discussion.case.file_reference, m.why) for m in missed.of_kpi6(camden, *YEAR, None)}
    assert why == {
        ("C1", "Absent, no explanation, sent a report"),
        ("C2", "Attended below the seniority needed: practitioner"),
        ("C2", "Absent, explained"),
    }
    assert {m.why for m in missed.of_kpi4(camden, *YEAR, None, "YOT")} == {"Not invited"}


def test_rows_of_all_agencies_make_the_whole_gap(year):
    camden = year.world.territory("camden")
    kpis: Kpis = year.live()
    gap = sum(a.rate.required - a.rate.attended for a in kpis.agencies)
    assert len(missed.of_kpi6(camden, *YEAR, None)) == gap == 3


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


def test_an_agency_reads_its_own_lines_and_opens_them(year, browser_of):
    browser = browser_of("camden_csc_spoc")
    page = browser.get(f"/performance/?place=camden&{PERIOD}")
    assert "Is your agency attending?" in text(page)
    assert "Attendance is recorded for 2 of 2 discussions (100.0%)." in text(
        page
    )  # C13, of the whole borough
    assert ">Performance<" in page.content.decode()
    links = re.findall(r'href="(/performance/\d/missed/[^"]*)"', page.content.decode())
    assert {link.partition("agency=")[2] for link in links} == {"CSC"} and len(set(links)) == 2
    for link in links:
        rows = text(browser.get(link.replace("&amp;", "&")))
        assert "1 missed attendance" in rows and "Report only" in rows and "Not shared with you" in rows
    for others in ("4/missed/?agency=YOT&", "4/missed/?"):
        assert browser.get(f"/performance/{others}place=camden&{PERIOD}").status_code == 404
    others = text(browser.get(f"/performance/6/missed/?agency=ASC&place=camden&{PERIOD}"))
    assert "No missed attendances in this period." in others


def test_an_agency_reads_the_case_that_it_was_given(year, browser_of):
    camden_csc = year.world.organisation("camden-childrens-services")
    share(Discussion.objects.get(case__file_reference="C1"), with_=camden_csc)
    rows = text(browser_of("camden_csc_spoc").get(f"/performance/6/missed/?place=camden&{PERIOD}"))
    assert "CMD-C-2024-001" in rows and "Not shared with you" not in rows


COUNTS = [("6", "", 3), ("6", "ASC", 1), ("4", "", 1), ("4", "YOT", 1), ("4", "CSC", 1)]


@pytest.mark.parametrize("place", ["camden", "london"])
@pytest.mark.parametrize("kpi, code, gap", COUNTS)
def test_across_the_area_a_gap_opens_to_counts_by_day(year, browser_of, place, kpi, code, gap):
    year.stored()
    rows = text(
        browser_of("smb_member").get(f"/performance/{kpi}/missed/?place={place}&agency={code}&{PERIOD}")
    )
    assert f": {gap} missed attendance" in rows and "1 May 2024" in rows and "CMD-" not in rows


def test_another_boroughs_agency_has_rows_of_its_own(register, browser_of):
    register.put({"agency": "CSC"} | ABSENT, {"agency": "CSC@islington"} | ABSENT)
    browser = browser_of("camden_administrator")
    page = browser.get(f"/performance/?place=camden&{PERIOD}").content.decode()
    for code in ("CSC", "CSC%40islington", "CSC@islington"):
        if f"agency={code}" in page:
            rows = text(browser.get(f"/performance/6/missed/?place=camden&{PERIOD}&agency={code}"))
            assert ": 1 missed attendance" in rows, code
    assert len(set(re.findall(r"agency=CSC[^\"]*", page))) == 2


def test_missed_rows_say_the_reply_and_the_follow_up_and_sort_by_link(year, browser_of):
    meeting = Meeting.objects.get(file_reference="M1")
    csc = year.world.organisation("camden-childrens-services")
    common = {"territory": meeting.territory}
    invitation = Invitation.objects.create(**common, meeting=meeting, agency=csc, sent_at=timezone.now())
    for number, answer in ((1, "attending"), (2, "apologies")):
        Reply.objects.create(
            **common,
            invitation=invitation,
            number=number,
            answer=answer,
            channel="link",
            answered_at=timezone.now(),
        )
    FollowUp.objects.create(
        **common,
        organisation=meeting.organisation,
        reference="CMD-F-2024-001",
        meeting=meeting,
        agency=csc,
        opened_on=meeting.held_on,
    )
    browser = browser_of("camden_administrator")
    page = browser.get(f"/performance/6/missed/?place=camden&{PERIOD}&sort=agency")
    agencies = re.findall(r'data-label="Agency">([^<]*)<', page.content.decode())
    assert agencies == sorted(agencies) and 'aria-sort="ascending"' in page.content.decode()
    assert "Apologies" in text(page) and "Representative will attend" not in text(page)
    assert "CMD-F-2024-001 , open" in text(page)


def test_a_follow_up_starts_from_the_row_of_an_absence_without_explanation(year, browser_of):
    browser = browser_of("camden_administrator")
    page = browser.get(f"/performance/6/missed/?place=camden&{PERIOD}").content.decode()
    assert "Start follow-up" not in page
    Attendance.objects.filter(attended=False).update(explained=False, report=False)
    page = browser.get(f"/performance/6/missed/?place=camden&{PERIOD}").content.decode()
    where, agency = re.search(r'formaction="([^"]+)" name="agency" value="([^"]+)"', page).groups()
    assert browser.post(where, {"agency": agency}).status_code == 302
    started = FollowUp.objects.get()
    assert started.agency.slug == agency and started.meeting.reference in where
    again = browser.get(f"/performance/6/missed/?place=camden&{PERIOD}").content.decode()
    assert started.reference in again and again.count(f'value="{agency}"') < page.count(f'value="{agency}"')
    business_manager = browser_of("camden_business_manager")
    page = business_manager.get(f"/performance/6/missed/?place=camden&{PERIOD}").content.decode()
    assert "Start follow-up" not in page


BOROUGH = [
    (
        "camden_administrator",
        ["KPI 4, both at the table", "KPI 6, ", "Held Level 2 meeting", "1 absence"],
        [],
    ),
    ("camden_business_manager", ["KPI 6, Adult Social Care"], ["Level 2 meeting CMD", "absence,"]),
    ("smb_member", ["KPI 6, "], ["Level 2 meeting CMD", "absence,"]),
    ("camden_csc_spoc", ["KPI 6, Children"], ["KPI 6, Adult Social Care", "both at the table"]),
    ("camden_police_spoc", [], ["KPI 6", "Follow-ups"]),
]


@pytest.mark.parametrize("who, shown, hidden", BOROUGH)
def test_a_boroughs_page_says_how_it_is_doing(year, browser_of, monkeypatch, who, shown, hidden):
    monkeypatch.setattr("boards.views.localdate", lambda: date(2025, 3, 1))
    meeting = Meeting.objects.get(file_reference="M1")
    csc = year.world.organisation("camden-childrens-services")
    made = FollowUp.objects.create(
        territory=meeting.territory,
        organisation=meeting.organisation,
        reference="CMD-F-2024-001",
        meeting=meeting,
        agency=csc,
        opened_on=meeting.held_on,
    )
    Step.objects.create(territory=made.territory, follow_up=made, number=1, due_on=meeting.held_on)
    run_jobs()
    page = text(browser_of(who).get("/boroughs/camden/"))
    assert [words for words in shown if words not in page] == []
    assert [words for words in hidden if words in page] == []


def test_a_borough_without_meetings_says_so(world, browser_of):
    assert "No meetings held in this period" in text(
        browser_of("camden_administrator").get("/boroughs/camden/")
    )


def test_missed_rows_leave_marked_and_recorded(year, browser_of):
    answer = browser_of("camden_administrator").get(f"/performance/6/missed/export/?place=camden&{PERIOD}")
    head, *rows = answer.content.decode("utf-8-sig").splitlines()
    assert head.startswith(
        "Date,Level,Meeting,Case,Agency,Invited,Days’ notice,Reply,Outcome,Why it counts,Follow-up,Marking"
    )
    assert len(rows) == 3 and all(row.endswith("OFFICIAL-SENSITIVE") for row in rows)
    assert Event.objects.get(name="figures.exported").reason == "Camden: 3 rows, CSV"


@pytest.mark.parametrize("who", ["camden_administrator", "camden_csc_spoc", "smb_member"])
def test_missed_rows_cost_the_same_however_many(register, browser_of, django_assert_max_num_queries, who):
    browser = browser_of(who)

    def queries() -> int:
        register.stored()
        with django_assert_max_num_queries(40) as seen:
            assert browser.get(f"/performance/6/missed/?place=camden&{PERIOD}").status_code == 200
        return len(seen)

    register.put({"agency": "CSC"} | ABSENT)
    queries()  # the first request writes the session
    few = queries()
    register.put(*({"meeting": f"N{n}", "case": f"C{n}", "agency": "CSC"} | ABSENT for n in range(20)))
    assert queries() == few


UNRECORDED = {"attended": "", "mode": "", "grade": ""}
UNKNOWN = {"birth_date": ""}
NO_FOUR = [  # what the only discussions are, what stands for KPI 4
    ([{}], "Not applicable: no meetings about under-18s in this period."),
    ([CHILD | UNRECORDED], "1 discussion was left out (1 attendance not recorded)."),
    ([UNKNOWN, {"case": "C2"}], "1 discussion was left out (1 age not known)."),
    (
        [UNKNOWN, {"case": "C2"} | CHILD | UNRECORDED],
        "2 discussions were left out (1 attendance not recorded, 1 age not known).",
    ),
]


@pytest.mark.parametrize("cells, said", NO_FOUR)
def test_C13_no_figure_of_kpi_4_says_what_was_left_out(register, browser_of, cells, said):
    register.put(*cells)
    page = text(browser_of("camden_administrator").get(f"/performance/?place=camden&{PERIOD}"))
    assert said in page and ("Not applicable: no meetings about" in page) == ("left out" not in said)


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
    register.put(
        {"agency": "CSC"} | UNRECORDED, {}, {"meeting": "M2", "case": "C2"} | UNKNOWN, {"meeting": "M3"}
    )
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

    register.put({"agency": "CSC"} | UNRECORDED)
    queries()
    few = queries()
    register.put(*({"meeting": f"N{n}", "case": f"C{n}", "agency": "CSC"} | UNRECORDED for n in range(20)))
    assert queries() == few


@pytest.mark.parametrize("who", ["camden_administrator", "camden_csc_spoc", "smb_member"])
def test_C13_completeness_stands_in_the_file_too(incomplete, browser_of, who):
    file = browser_of(who).get(f"/performance/export/?place=camden&{PERIOD}").content.decode()
    assert "Discussions with attendance recorded,2,3,66.6" in file
    assert "left out of KPI 4,1," in file


def test_the_api_answers_as_the_command_does(year, browser_of):
    query = "area=london&borough=camden&from=2024-04-01&to=2025-03-31&level=2"
    answer = browser_of("camden_administrator").get(f"/api/v1/kpis/?{query}").json()
    assert answer["kpi4"]["not_invited"] == 1 and "as_at" not in answer
    assert [line["agency"] for line in answer["kpi6"]["agencies"]] == ["ASC", "CSC", "YOT"]


def test_an_areas_figures_say_as_at(year, browser_of):
    query = "area=london&from=2024-04-01&to=2025-03-31"
    year.stored()
    answer = browser_of("smb_member").get(f"/api/v1/kpis/?{query}").json()
    assert answer["completeness"]["discussions"] == 2 and answer["as_at"]
    assert browser_of("camden_administrator").get(f"/api/v1/kpis/?{query}").status_code == 404


QUESTIONS = [
    ("area=narnia", "/area"),
    ("borough=leeds", "/borough"),
    ("from=2025-04-01", "/from"),
    ("to=soon", "/to"),
    ("level=1", "/level"),
]


@pytest.mark.parametrize("asked, pointer", QUESTIONS)
def test_a_wrong_question_names_its_parameter(world, browser_of, asked, pointer):
    name, _, value = asked.partition("=")
    query = {"area": "london", "from": "2024-04-01", "to": "2025-03-31", name: value}
    answer = browser_of("camden_administrator").get("/api/v1/kpis/", query)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_an_unchanged_answer_is_not_sent_again(year, browser_of):
    browser = browser_of("camden_administrator")
    address = "/api/v1/kpis/?area=london&borough=camden&from=2024-04-01&to=2025-03-31"
    tag = browser.get(address)["ETag"]
    assert browser.get(address, headers={"If-None-Match": tag}).status_code == 304


# -- Meetings --

FOUND_BY = ["CMD-M-2024-002", "cmd-m-2024-002", "M2", "CMD-C-2024-002", "C2"]


@pytest.mark.parametrize("query", FOUND_BY)
def test_search_takes_either_reference(year, browser_of, query):
    browser = browser_of("camden_administrator")
    assert "/meetings/CMD-M-2024-002/" in browser.get("/search/", {"q": query}).content.decode()
    strange = browser_of("hackney_administrator").get("/search/", {"q": query})
    assert "/meetings/CMD-M-" not in strange.content.decode() and "0 results for" in text(strange)


def test_the_list_and_the_meeting_show_what_was_recorded(year, browser_of):
    browser = browser_of("camden_administrator")
    page = text(browser.get("/meetings/"))
    assert "CMD-M-2024-002" in page and "3 of 3" in page
    meeting = text(browser.get("/meetings/CMD-M-2024-002/"))
    assert "Attended, in person, practitioner" in meeting and "Explained absence" in meeting
    assert text(browser.get("/meetings/?status=cancelled")).count("No meeting matches these filters.") == 1


def test_a_list_costs_the_same_with_more_meetings(register, browser_of, django_assert_max_num_queries):
    browser = browser_of("camden_administrator")

    def queries() -> int:
        with django_assert_max_num_queries(40) as seen:
            assert browser.get("/meetings/").status_code == 200
        return len(seen)

    register.put({})
    queries()  # the first request writes the session
    few = queries()
    register.put(*({"meeting": f"N{n}", "case": f"C{n % 5}"} for n in range(30)))
    assert queries() == few


# -- Chart, files --


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
