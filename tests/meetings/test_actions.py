"""Actions have an owner, who reports them done; the unit closes them, and an unfinished one is carried over once."""

import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from boards.models import Organisation
from mappa_portal.exceptions import Conflict
from meetings.actions import actions
from meetings.models import Action, Discussion
from referrals.models import Case
from tests.meetings.decided import BASE, SECRET, TODAY
from tests.pages import text


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
