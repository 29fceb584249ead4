"""The rows behind a gap: as many as it counts, why each counts, whose they are, and each agency's own notice."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from audit.models import Event
from boards.access import share
from meetings.models import Attendance, Discussion, FollowUp, Invitation, Meeting, Reply
from meetings.performance import missed
from meetings.performance.kpis import Kpis
from tests.meetings.conftest import CSC, PERIOD, YEAR
from tests.meetings.files import ABSENT
from tests.pages import text

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


LINKS = [("camden_administrator", True), ("camden_mappa_chair", True), ("camden_csc_spoc", False)]


@pytest.mark.parametrize("who, opens", LINKS)
def test_a_case_is_a_link_for_those_who_may_open_it(year, browser_of, who, opens):
    share(Discussion.objects.get(case__file_reference="C1"), with_=year.world.organisation(CSC))
    browser = browser_of(who)
    page = browser.get(f"/performance/6/missed/?place=camden&{PERIOD}").content.decode()
    assert ('href="/cases/CMD-C-2024-001/"' in page) == opens
    assert (browser.get("/cases/CMD-C-2024-001/").status_code == 200) == opens


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


def test_an_answer_to_the_old_date_of_a_moved_meeting_is_no_reply(year):
    meeting, moved_at = Meeting.objects.get(file_reference="M1"), timezone.now()
    csc, common = year.world.organisation("camden-childrens-services"), {"territory": meeting.territory}
    invitation = Invitation.objects.create(**common, meeting=meeting, agency=csc, sent_at=moved_at)
    Reply.objects.create(
        **common,
        invitation=invitation,
        number=1,
        answer="attending",
        channel="link",
        answered_at=moved_at - timedelta(days=1),
    )
    rows = missed.of_kpi6(year.world.territory("camden"), *YEAR, None)
    by = year.world.camden_administrator
    assert missed.replies_to(rows, by) == {}
    Reply.objects.update(answered_at=moved_at)
    assert list(missed.replies_to(rows, by).values()) == ["Representative will attend"]


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


# -- Notice, pages --

ADDRESS = f"/performance/6/missed/?place=camden&{PERIOD}"


def column(response, label: str) -> list[str]:
    return re.findall(rf'data-label="{label}">([^<]*)<', response.content.decode())


@pytest.fixture
def browser(browser_of):
    return browser_of("camden_administrator")


SENT = {
    "camden-adult-social-care": datetime(2024, 4, 21, 23, 30, tzinfo=UTC),  # 22 April in London
    "camden-childrens-services": datetime(2024, 3, 20, 12, tzinfo=UTC),
}


def test_notice_is_of_the_agencys_own_invitation_and_sorts_as_a_number(world, register, browser):
    register.put(*({"agency": agency} | ABSENT for agency in ("ASC", "CSC", "YOT")))
    meeting = Meeting.objects.get()
    Meeting.objects.update(invited_on=SENT["camden-childrens-services"])
    for slug, at in SENT.items():
        agency = world.organisation(slug)
        Invitation.objects.create(territory=meeting.territory, meeting=meeting, agency=agency, sent_at=at)
    page = browser.get(f"{ADDRESS}&sort=notice")
    assert column(page, "Days’ notice") == ["9", "42", "Not known"]
    assert column(page, "Invited") == ["22 Apr 2024", "20 Mar 2024", "Not known"]
    assert column(browser.get(f"{ADDRESS}&sort=-notice"), "Days’ notice") == ["Not known", "42", "9"]
    Invitation.objects.filter(agency__slug="camden-adult-social-care").update(told_on="2024-04-12")
    again = browser.get(f"{ADDRESS}&sort=notice")
    assert column(again, "Days’ notice")[0] == "19", "of the present date, not of a later change of hour"
    file = browser.get(ADDRESS.replace("missed/", "missed/export/")).content.decode()
    assert "2024-04-12,19," in file and "Not known,Not known," in file


def test_every_row_of_a_large_gap_can_be_read(register, browser):
    register.put(*({"case": f"C{n}", "agency": "CSC"} | ABSENT for n in range(205)))
    sizes, address = [], f"{ADDRESS}&sort=case"
    read = set()
    while address:
        page = browser.get(address)
        cases = re.findall(r">(CMD-C-2024-\d+)<", page.content.decode())
        sizes, read = [*sizes, len(cases)], read | set(cases)
        following = re.search(r'href="([^"]*)" rel="next"', page.content.decode())
        address = following and "/performance/6/missed/" + following[1].replace("&amp;", "&")
    assert sizes == [100, 100, 5] and len(read) == 205
    assert "205 missed attendances" in page.content.decode() and 'rel="prev"' in page.content.decode()


@pytest.mark.parametrize("number, status", [("1", 200), ("2", 404), ("0", 404), ("x", 404), ("-1", 404)])
def test_A3_a_page_that_is_not_there(register, browser, number, status):
    register.put({"agency": "CSC"} | ABSENT)
    assert browser.get(f"{ADDRESS}&page={number}").status_code == status


LOWEST = [  # how many of two cases each agency missed
    ({"CSC": 2, "ASC": 1}, "KPI 6, Children’s Services, 0.0% (0 of 2)"),
    ({"CSC": 1, "ASC": 2}, "KPI 6, Adult Social Care, 0.0% (0 of 2)"),
]


@pytest.mark.parametrize("gone, said", LOWEST)
def test_the_figures_open_their_lowest_line(register, browser, gone, said):
    parts = [(case, agency) for case in range(2) for agency in gone]
    register.put(*({"case": f"C{c}", "agency": a} | (ABSENT if c < gone[a] else {}) for c, a in parts))
    page = browser.get(f"/performance/?place=camden&{PERIOD}").content.decode()
    [(link, label)] = re.findall(r'href="([^"]*)">Open the lowest: ([^<]*)</a>', page)
    assert label.replace("&#x27;", "’") == said
    assert "2 missed attendances" in browser.get(link.replace("&amp;", "&")).content.decode()


def test_without_a_gap_there_is_no_lowest(register, browser):
    register.put({})
    assert "Open the lowest" not in browser.get(f"/performance/?place=camden&{PERIOD}").content.decode()
