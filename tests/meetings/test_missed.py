"""The rows of a gap: each agency's own notice, and every row to be read."""

import re
from datetime import UTC, datetime

import pytest

from meetings.models import Invitation, Meeting
from tests.meetings.test_pages import ABSENT, PERIOD

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
        cases = re.findall(r"CMD-C-2024-\d+", page.content.decode())
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
