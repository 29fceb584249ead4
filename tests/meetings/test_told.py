"""What an agency reads of a case that it was told of, before the meeting and after."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boards.roles import Seat
from meetings.actions import notifications
from tests.factories import person
from tests.meetings.notified import (
    DEFAULT,
    SAID,
    decide,
    events,
    notify,
    page,
    panel,
    save,
)


@pytest.fixture
def meeting(camden):
    return panel(camden, "CSC", "YOT", "POL")


@pytest.fixture
def told(camden, meeting):
    return notify(camden, meeting, "CSC", *DEFAULT)[0]


@pytest.mark.parametrize("given", [(), ("name",), ("birth_date", "address"), ("category",), DEFAULT])
def test_an_agency_reads_what_it_was_given_and_nothing_else(camden, meeting, browser_of, given):
    told = notify(camden, meeting, "CSC", *given)[0]
    text = page(browser_of, "camden_csc_spoc", told)
    for code, canaries in SAID.items():
        assert (canaries[0] in text) == (code in given), code
    assert told.case.reference in text


def test_the_copy_is_frozen(camden, meeting, browser_of):
    told = notify(camden, meeting, "CSC", "name")[0]
    told.case.personal = ""
    told.case.save()
    assert "Jo Canary" in page(browser_of, "camden_csc_spoc", told)


def test_each_look_is_an_event_and_the_list_opens_nothing(camden, meeting, browser_of):
    notify(camden, meeting, "CSC", *DEFAULT)
    browser = browser_of("camden_csc_spoc")
    listed = browser.get("/notifications/").text
    assert "0 of 2 checked" in listed and "Jo Canary" not in listed and events("notification.viewed") == 0
    assert "Jo Canary" in browser.get(f"/meetings/{meeting.reference}/checks/camden-childrens-services/").text
    assert events("notification.viewed") == 2


def test_who_reads(camden, meeting, browser_of):
    told = notify(camden, meeting, "CSC", *DEFAULT)[0]
    person("camden_csc_referrer", camden.agency("CSC"), Seat.REFERRER)
    person("camden_csc_substitute", camden.agency("CSC"), Seat.SUBSTITUTE)
    expected = {
        **dict.fromkeys(("camden_csc_spoc", "camden_csc_substitute"), 200),
        **dict.fromkeys(("camden_csc_referrer", "camden_police_spoc", "camden_administrator"), 404),
        **dict.fromkeys(("camden_board_chair", "hackney_csc_spoc", "co_ordinator", "nobody"), 404),
    }
    for who, status in expected.items():
        assert browser_of(who).get(f"/notifications/{told.key}/").status_code == status, who


# -- After the meeting --


def test_after_the_meeting_the_agency_copies_note_and_flag(camden, meeting, told, world, browser_of):
    save(told, by=world.camden_csc_spoc)
    url = f"/notifications/{told.key}/"
    browser = browser_of("camden_csc_spoc")
    assert browser.get(f"{url}warning-flag/").status_code == 409
    decide(camden, meeting)
    text = browser.get(url).text
    for said in (
        "Text for your case file",
        "The meeting decided: Level 2",
        "Canary action of CSC",
        "known to us",
    ):
        assert said in text, said
    assert "Canary action of POL" not in text and "Canary risk" not in text
    flag = browser.get(f"{url}warning-flag/")
    assert flag["Content-Disposition"].startswith("attachment") and events("notification.exported") == 1
    data = json.loads(flag.content)
    assert data["person"] == {
        "name": "Jo Canary",
        "aliases": ["Birdie"],
        "birth_date": "1981-05-17",
        "address": "9 Canary Row",
    }
    assert data["level"] == 2 and data["next_review_on"] and "category" not in data
    assert "Decided" in browser.get("/notifications/").text


@pytest.mark.parametrize("given", [(), ("name",), ("address",), ("category", "birth_date")])
def test_note_and_flag_hold_nothing_that_was_not_given(camden, meeting, browser_of, given):
    told = notify(camden, meeting, "CSC", *given)[0]
    decide(camden, meeting)
    browser, url = browser_of("camden_csc_spoc"), f"/notifications/{told.key}/"
    said = browser.get(url).text + browser.get(f"{url}warning-flag/").text
    for code, canaries in SAID.items():
        assert any(canary in said for canary in canaries) == (code in given), code


# -- Costs --


AN_EVENT = 1


def cost(browser, url: str) -> int:
    browser.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(url).status_code == 200
    return len(asked)


PAGES = [
    ("camden_administrator", "/meetings/{}/"),
    ("camden_administrator", "/meetings/{}/notifications/"),
    ("camden_csc_spoc", "/"),
    ("camden_csc_spoc", "/notifications/"),
]


@pytest.mark.parametrize("who, url", PAGES)
def test_the_pages_cost_the_same_however_many_cases_and_agencies(camden, browser_of, who, url):
    costs = set()
    for cases, agencies in ((2, ["CSC"]), (6, ["CSC", "YOT", "POL"])):
        meeting = panel(camden, *agencies, cases=cases)
        for code in agencies:
            for one in notify(camden, meeting, code, *DEFAULT)[1:]:
                notifications.withdraw(one, by=camden.by)
        costs.add(cost(browser_of(who), url.format(meeting.reference)))
    assert len(costs) == 1, costs


def test_a_case_more_costs_an_agencys_page_its_event_alone(camden, browser_of):
    costs = []
    for cases in (2, 4, 6):
        meeting = panel(camden, "CSC", cases=cases)
        notify(camden, meeting, "CSC", *DEFAULT)
        decide(camden, meeting)
        costs.append(
            cost(
                browser_of("camden_csc_spoc"),
                f"/meetings/{meeting.reference}/checks/camden-childrens-services/",
            )
        )
    assert costs[2] - costs[1] == costs[1] - costs[0] == 2 * AN_EVENT, costs
