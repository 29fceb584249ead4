"""What a meeting decided: who records it, what is stored, two people at once, actions and their owners."""

import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from boards.access import share_many
from boards.models import Organisation
from mappa_portal.exceptions import Conflict, StaleEdit
from meetings.actions import actions, decisions
from meetings.models import Action, Discussion, Meeting
from meetings.record import Record
from outbox.jobs import run_jobs
from referrals.actions.levels import change_level
from referrals.models import Case
from tests.pages import text

BASE = "/meetings/CMD-M-2024-001/decisions/"
HELD, TODAY = date(2024, 5, 1), date(2024, 5, 3)
SECRET = "Mr Penhaligon keeps a second telephone"


@pytest.fixture
def discussion(register):
    """Two cases; nobody knows the second person's birth date. Children's Services was given the first."""
    register.put({"case": "C1", "agency": "CSC"}, {"case": "C2", "birth_date": ""})
    run_jobs()
    first = Discussion.objects.get(case__file_reference="C1")
    share_many([(first, Organisation.objects.get(slug="camden-childrens-services"))])
    return first


def decide(discussion, by, revision=1, **values):
    values = {"said": Record(risk=SECRET), "level_decided": 2} | values
    return decisions.record_discussion(discussion, by=by, revision=revision, today=TODAY, **values)


INTERVALS = [(3, date(2024, 6, 26)), (2, date(2024, 8, 21)), (1, date(2024, 9, 1))]


@pytest.mark.parametrize("level, review", INTERVALS)
def test_the_next_review_follows_from_the_level_decided(world, discussion, level, review):
    saved = decide(discussion, world.camden_administrator, level_decided=level)
    assert saved.next_review_on == review


DAYS = [
    (date(2024, 5, 1), "Next review must be after 1 May 2024, the day of the meeting"),
    (date(2024, 8, 22), "Next review must be by 21 August 2024, 16 weeks after the last"),
    (date(2024, 8, 21), None),
]


@pytest.mark.parametrize("day, refused", DAYS)
def test_the_day_chosen_lies_within_the_interval(world, discussion, day, refused):
    try:
        assert decide(discussion, world.camden_administrator, next_review_on=day).next_review_on == day
        assert refused is None
    except ValidationError as error:
        assert error.messages == [refused]


def test_what_was_said_lies_sealed_and_the_event_holds_no_words(world, discussion):
    saved = decide(discussion, world.camden_administrator)
    assert SECRET not in saved.record and Record.opened(saved.record).risk == SECRET
    with world.acting(world.camden_administrator):
        decide(discussion, world.camden_administrator, revision=2, risk_of_harm="high")
    events = Event.objects.filter(name="discussion.recorded")
    assert all(SECRET not in str([c.before, c.after]) for e in events for c in e.changes.all())


def test_the_same_again_changes_nothing_and_a_stale_save_is_refused(world, discussion):
    by = world.camden_administrator
    assert decide(discussion, by).revision == 2
    assert decide(discussion, by, revision=2).revision == 2
    with pytest.raises(StaleEdit):
        decide(discussion, by, revision=1, level_decided=3)


@pytest.mark.parametrize("who", ["camden_csc_spoc", "camden_business_manager", "co_ordinator"])
def test_only_the_unit_records(world, discussion, who):
    with pytest.raises(PermissionDenied):
        decide(discussion, getattr(world, who))


def test_only_of_a_meeting_that_was_held(world, discussion):
    Meeting.objects.update(status="cancelled")
    with pytest.raises(Conflict):
        decide(discussion, world.camden_administrator)


AGES = [("C1", True, False), ("C2", True, True), ("C2", False, False), ("C2", None, None)]


@pytest.mark.parametrize("case, stated, stored", AGES)
def test_a_known_birth_date_wins_over_what_is_stated(world, discussion, case, stated, stored):
    found = Discussion.objects.get(case__file_reference=case)
    saved = decide(found, world.camden_administrator, under_18=stated)
    assert (saved.under_18, saved.under_18_stated) == (stored, case == "C2" and stated is not None)
    assert run_jobs() == (stored is not None and case == "C2"), "the figures of the day are counted anew"


# -- The pages --

WHO = [  # overview, record of a case, action of Children's Services
    ("camden_administrator", 200, 200, 200),
    ("camden_mappa_chair", 200, 200, 200),
    ("camden_csc_spoc", 200, 403, 200),
    ("camden_police_spoc", 404, 404, 404),
    ("camden_business_manager", 404, 404, 404),
    ("hackney_administrator", 404, 404, 404),
]


@pytest.fixture
def action(world, discussion):
    agency = Organisation.objects.get(slug="camden-childrens-services")
    return actions.add(
        discussion, text=SECRET, agency=agency, due_on=date(2024, 5, 9), by=world.camden_administrator
    )


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


def test_an_agency_does_its_action_without_being_given_the_discussion(world, discussion, browser_of):
    police = world.camden_police_spoc.appointments.get().organisation
    made = actions.add(discussion, text=SECRET, agency=police, due_on=TODAY, by=world.camden_administrator)
    browser, address = browser_of("camden_police_spoc"), f"{BASE}1/actions/1/"
    assert "Report on an action of CMD-M-2024-001" in text(browser.get("/"))
    assert address in browser.get("/actions/").text
    assert SECRET in text(browser.get(address)) and "1 May 2024" in text(browser.get(address))
    assert [browser.get(a).status_code for a in (BASE, f"{BASE}1/")] == [404, 404]
    assert browser.get(f"{BASE}2/actions/1/").status_code == 404
    browser.post(address, {"outcome": "Visited"})
    made.refresh_from_db()
    assert made.status == "done"


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


def test_an_action_is_added_with_an_owner(discussion, browser_of):
    browser = browser_of("camden_administrator")
    agency = Organisation.objects.get(slug="camden-childrens-services")
    day = {"due_on_day": "9", "due_on_month": "5", "due_on_year": "2024"}
    refused = browser.post(f"{BASE}1/actions/new/", {"text": "Call"} | day)
    assert "Enter the agency that owns this action" in text(refused)
    early = browser.post(
        f"{BASE}1/actions/new/", {"text": "Call", "agency": agency.pk} | day | {"due_on_year": "2023"}
    )
    assert "Due date must be the same as or after 1 May 2024" in text(early)
    browser.post(f"{BASE}1/actions/new/", {"text": SECRET, "agency": agency.pk} | day)
    made = Action.objects.get()
    assert (made.number, made.agency, SECRET in made.text) == (1, agency, False)
    assert SECRET in text(browser.get(f"{BASE}1/"))


# -- Actions: closed by the unit, reported by the owner, carried over once --


def test_the_owner_reports_its_action_done_once(world, action, browser_of):
    browser = browser_of("camden_csc_spoc")
    browser.post(f"{BASE}1/actions/1/", {"outcome": "Visited"})
    action.refresh_from_db()
    assert (action.status, actions.outcome_of(action)) == ("done", "Visited")
    assert browser.post(f"{BASE}1/actions/1/", {"outcome": "Again"}).status_code == 409


@pytest.mark.parametrize("who", ["camden_police_spoc", "camden_board_chair", "hackney_csc_spoc"])
def test_nobody_else_reports_it(world, action, who):
    with pytest.raises(PermissionDenied):
        actions.report_done(action, outcome="", today=TODAY, by=getattr(world, who))


def test_the_owner_neither_changes_nor_drops_it(world, action):
    with pytest.raises(PermissionDenied):
        actions.close(action, status="dropped", outcome="x", today=TODAY, by=world.camden_csc_spoc)


def test_dropping_says_why(world, action):
    with pytest.raises(ValidationError, match="no longer needed"):
        actions.close(action, status="dropped", outcome=" ", today=TODAY, by=world.camden_administrator)


@pytest.fixture
def later(register, action):
    """The next meeting hears the same case."""
    register.put({"meeting": "M2", "held_on": "2024-07-01", "case": "C1", "agency": "CSC"})
    return Discussion.objects.get(meeting__file_reference="M2")


def test_unfinished_actions_are_carried_over_once(world, action, later):
    by = world.camden_administrator
    assert list(actions.unfinished_before(later)) == [action]
    [new] = actions.carry_over(later, actions=[action], due_on=date(2024, 8, 1), by=by)
    action.refresh_from_db()
    assert (action.status, action.closed_on) == ("carried_over", date(2024, 7, 1))
    assert (new.text, new.agency, new.carried_from, new.number) == (action.text, action.agency, action, 1)
    with pytest.raises(Conflict):
        actions.carry_over(later, actions=[action], due_on=date(2024, 8, 1), by=by)
    assert Action.objects.count() == 2


def test_the_page_of_the_next_meeting_offers_them(action, later, browser_of):
    browser = browser_of("camden_administrator")
    address = "/meetings/CMD-M-2024-002/decisions/1/"
    assert SECRET in text(browser.get(address))
    sent = {"then": "carry", "revision": "1", "information": "Typed before."}
    refused = browser.post(address, sent)
    assert "Select at least one action" in text(refused) and "Enter the new due date" in text(refused)
    assert "Typed before." in text(refused) and "The record is saved." in text(refused)
    day = {"due_on_day": "1", "due_on_month": "8", "due_on_year": "2024"}
    sent |= {"actions": [action.pk], "revision": "2"} | day
    assert browser.post(address, sent | {"information": "Typed with it."}).url == address
    assert "Typed with it." in text(browser.get(address)) and Action.objects.count() == 2


CARRIES = [("carry", {"next_review_on_day": "x"}), ("next", {}), ("carry", {"revision": "0"})]


@pytest.mark.parametrize("then, wrong", CARRIES)
def test_what_is_ticked_stays_when_the_record_is_refused(action, later, browser_of, then, wrong):
    address = "/meetings/CMD-M-2024-002/decisions/1/"
    sent = {"then": then, "revision": "1", "plan": "P", "actions": [action.pk], "due_on_day": "31"}
    page = browser_of("camden_administrator").post(address, sent | wrong).content.decode()
    assert re.search(r'name="actions"[^>]*checked', page) and 'value="31"' in page
    assert ("Enter the new due date" in page) is False and Action.objects.count() == 1


FILTERS = [("", True), ("overdue", True), ("closed", False), ("all", True)]


@pytest.mark.parametrize("status, shown", FILTERS)
def test_the_list_of_actions_filters_and_holds_no_texts(action, browser_of, status, shown):
    for who in ("camden_administrator", "camden_csc_spoc"):
        page = text(browser_of(who).get(f"/actions/?status={status}"))
        assert ("CMD-C-2024-001" in page and "Overdue" in page.partition("Apply filters")[2]) == shown
        assert SECRET not in page


def test_the_home_page_names_what_is_owed(action, browser_of):
    assert "Report on an action of CMD-M-2024-001" in text(browser_of("camden_csc_spoc").get("/"))
    assert "Follow up 1 overdue action" in text(browser_of("camden_administrator").get("/"))


def test_two_cases_of_one_person_never_share_actions(register, action):
    assert Case.objects.count() == 2
    register.put({"meeting": "M3", "held_on": "2024-07-01", "case": "C2"})
    other = Discussion.objects.get(meeting__file_reference="M3")
    assert not actions.unfinished_before(other).exists()


LEVELS = [  # present level and since when; decided; the periods then
    (None, None, 2, [(2, HELD, None)]),
    (2, date(2024, 1, 1), 2, [(2, date(2024, 1, 1), None)]),
    (3, date(2024, 1, 1), 2, [(2, HELD, None), (3, date(2024, 1, 1), date(2024, 4, 30))]),
    (3, HELD, 2, [(2, HELD, None)]),
    (3, date(2024, 5, 2), 2, [(3, date(2024, 5, 2), None)]),
]


@pytest.mark.parametrize("present, since, decided, periods", LEVELS)
def test_the_level_decided_is_the_cases_level_from_that_day(
    world, discussion, present, since, decided, periods
):
    by, case = world.camden_administrator, discussion.case
    if present:
        change_level(case, level=present, starts_on=since, reason="", today=TODAY, by=by)
    decide(discussion, by, level_decided=decided)
    assert list(case.levels.values_list("level", "starts_on", "ends_on")) == periods
    saved = decide(discussion, by, revision=2, level_decided=decided, risk_of_harm="low")
    assert saved.revision == 3 and case.levels.count() == len(periods)


DOWN = [
    ("reduced", [(1, HELD, ""), (2, date(2024, 1, 1), "reduced")]),
    ("recalled", [(2, date(2024, 1, 1), "recalled")]),
]


@pytest.mark.parametrize("ending, periods", DOWN)
def test_a_meeting_that_decides_level_1_says_why_active_management_ends(
    world, discussion, browser_of, ending, periods
):
    by, case = world.camden_administrator, discussion.case
    change_level(case, level=2, starts_on=date(2024, 1, 1), reason="", today=TODAY, by=by)
    browser, sent = browser_of("camden_administrator"), {"level_decided": "1", "revision": "1"}
    page = text(browser.post(f"{BASE}1/", sent))
    up = text(browser.post(f"{BASE}1/", sent | {"level_decided": "3", "ending": ending}))
    assert "Active management ends only at Level 1" in up
    assert "Select why active management ends" in page and case.levels.get().ends_on is None
    browser.post(f"{BASE}1/", sent | {"ending": ending})
    assert list(case.levels.values_list("level", "starts_on", "ending")) == periods
    assert "Why does active management end?" not in text(browser.get(f"{BASE}1/"))


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
