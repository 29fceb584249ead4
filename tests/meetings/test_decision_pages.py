"""The pages of what a meeting decided: who reads what, which looks are recorded, when the next case comes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from boards.models import Organisation
from meetings.actions import actions
from meetings.models import Discussion
from meetings.record import Record
from tests.meetings.decided import BASE, SECRET, TODAY, decide
from tests.pages import text

WHO = [  # overview, record of a case, action of Children's Services
    ("camden_administrator", 200, 200, 200),
    ("camden_mappa_chair", 200, 200, 200),
    ("camden_csc_spoc", 200, 403, 200),
    ("camden_police_spoc", 404, 404, 404),
    ("camden_business_manager", 404, 404, 404),
    ("hackney_administrator", 404, 404, 404),
]


@pytest.mark.parametrize("who, overview, record, one", WHO)
def test_who_reads_what(action, browser_of, who, overview, record, one):
    browser = browser_of(who)
    found = [browser.get(a).status_code for a in (BASE, f"{BASE}1/", f"{BASE}1/actions/1/")]
    assert found == [overview, record, one]


def test_an_agency_sees_neither_other_cases_nor_other_agencies_actions(world, discussion, browser_of):
    asc = Organisation.objects.get(slug="camden-adult-social-care")
    actions.add(discussion, text="x", agency=asc, due_on=TODAY, by=world.camden_administrator)
    browser = browser_of("camden_csc_spoc")
    assert browser.get(f"{BASE}1/actions/1/").status_code == 404
    assert browser.get(f"{BASE}2/").status_code == 404
    assert "No actions of this meeting are your agency’s." in text(browser.get(BASE))
    assert "CMD-C-2024-001" not in text(browser.get("/actions/?status=all"))


def test_looking_leaves_an_event(world, action, browser_of):
    browser_of("camden_administrator").get(f"{BASE}1/")
    browser_of("camden_csc_spoc").get(f"{BASE}1/actions/1/")
    names = set(Event.objects.values_list("name", flat=True))
    assert {"discussion.viewed", "action.viewed"} <= names


def looks() -> list[str]:
    return sorted(Event.objects.filter(name__endswith=".viewed").values_list("name", flat=True))


AGREED = {"text": "Mine", "due_on_day": "9", "due_on_month": "5", "due_on_year": "2024"}
OPENED = [  # what is sent, where; which looks its page leaves
    (None, "1/actions/1/change/", 200, ["action.viewed"]),
    (AGREED | {"revision": "0"}, "1/actions/1/change/", 409, ["action.viewed"]),
    ({"revision": "0"}, "1/", 409, ["discussion.viewed"]),
    ({"revision": "1", "then": "next"}, "1/", 200, ["discussion.viewed"]),
    ({"revision": "1", "then": "carry"}, "1/", 200, ["discussion.viewed"]),
]


@pytest.mark.parametrize("sent, address, status, events", OPENED)
def test_H1_every_page_that_opens_a_text_leaves_an_event(action, browser_of, sent, address, status, events):
    browser = browser_of("camden_administrator")
    if sent is None:
        page = browser.get(BASE + address)
    else:
        page = browser.post(BASE + address, sent | ({"agency": action.agency_id} if "text" in sent else {}))
    assert page.status_code == status and SECRET in page.content.decode()
    assert looks() == events


COMPLETE = {
    "revision": "1",
    "risk_of_harm": "high",
    "disclosure_considered": "yes",
    "level_decided": "2",
    "level_reason": "Agencies must act together",
    "then": "next",
}
MISSING = [
    ("level_decided", "Select the level decided"),
    ("level_reason", "Enter why this level is needed"),
    ("risk_of_harm", "Select the risk of serious harm"),
    ("disclosure_considered", "Select yes if disclosure was considered"),
]


@pytest.mark.parametrize("field, said", MISSING)
def test_the_next_case_comes_when_the_record_is_complete(discussion, browser_of, field, said):
    browser = browser_of("camden_administrator")
    answer = browser.post(f"{BASE}1/", COMPLETE | {field: ""})
    assert answer.status_code == 200 and said in text(answer)
    later = browser.post(f"{BASE}1/", COMPLETE | {field: "", "then": "later"})
    assert later.url == BASE
    assert browser.post(f"{BASE}1/", COMPLETE | {"revision": "2"}).url == f"{BASE}2/"


def test_two_people_at_once_both_wordings_are_shown(world, discussion, browser_of):
    decide(discussion, world.camden_mappa_chair, said=Record(risk="Theirs"))
    page = browser_of("camden_administrator").post(f"{BASE}1/", COMPLETE | {"risk": "Mine"})
    assert page.status_code == 409
    assert (
        "Theirs" in text(page)
        and "Mine" in text(page)
        and 'name="revision" value="2"' in page.content.decode()
    )


def test_without_actions_the_page_says_so(discussion, browser_of):
    assert "No actions for this case" in text(browser_of("camden_administrator").get(f"{BASE}1/"))


LISTS = [BASE, "/actions/", f"{BASE}1/"]


@pytest.mark.parametrize("address", LISTS)
def test_pages_ask_as_few_questions_for_many_actions(world, action, browser_of, address):
    browser = browser_of("camden_administrator")
    browser.get(address)
    with CaptureQueriesContext(connection) as few:
        browser.get(address)
    for discussion in Discussion.objects.all():
        for _ in range(4):
            actions.add(
                discussion, text="x", agency=action.agency, due_on=TODAY, by=world.camden_administrator
            )
    with CaptureQueriesContext(connection) as many:
        browser.get(address)
    assert len(many) == len(few)
