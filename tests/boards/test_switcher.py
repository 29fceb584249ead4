"""The bar above the page: it filters lists and fills in forms, and never widens or narrows what may be seen."""

import pytest
from django.test import Client

from tests.factories import appoint

SWITCH = "/boroughs/switch/"


@pytest.fixture
def browser(world):
    for borough in ("camden", "hackney"):
        world.protocol(borough)
    client = Client()
    client.force_login(world.co_ordinator)
    return client


def references(page) -> set[str]:
    return {r for r in ("CMD-P-2026-001", "HCK-P-2026-001") if r in page.content.decode()}


def test_a_chosen_borough_filters_the_list_until_all_are_asked_for(browser):
    assert references(browser.get("/protocols/")) == {"CMD-P-2026-001", "HCK-P-2026-001"}
    page = browser.post(SWITCH, {"borough": "hackney", "next": "/protocols/"}, follow=True)
    assert page.redirect_chain == [("/protocols/", 302)]
    assert references(page) == {"HCK-P-2026-001"} and "Lists now begin with Hackney." in page.content.decode()
    assert references(browser.get("/protocols/?borough=")) == {"CMD-P-2026-001", "HCK-P-2026-001"}
    assert references(browser.get("/protocols/?borough=camden")) == {"CMD-P-2026-001"}
    browser.post(SWITCH, {"borough": ""})
    assert references(browser.get("/protocols/")) == {"CMD-P-2026-001", "HCK-P-2026-001"}


def test_what_is_not_chosen_is_still_there(browser):
    browser.post(SWITCH, {"borough": "hackney"})
    assert browser.get("/protocols/CMD-P-2026-001/").status_code == 200


def test_performance_begins_with_it(browser):
    browser.post(SWITCH, {"borough": "hackney"})
    assert "<title>Performance, Hackney" in browser.get("/performance/").content.decode()


def test_a_borough_that_is_nobodys_own_is_refused(browser):
    page = browser.post(SWITCH, {"borough": "leeds"})
    assert page.status_code == 200 and "Select a valid choice" not in page.content.decode()
    assert references(browser.get("/protocols/")) == {"CMD-P-2026-001", "HCK-P-2026-001"}


def test_it_leads_nowhere_else(browser):
    page = browser.post(SWITCH, {"borough": "", "next": "https://elsewhere.example/"})
    assert page["Location"] == "/"


BARS = [("co_ordinator", True), ("camden_administrator", False), ("smb_member", False)]


@pytest.mark.parametrize("who, shown", BARS)
def test_the_bar_is_for_people_with_several_boroughs(world, who, shown):
    client = Client()
    client.force_login(getattr(world, who))
    assert ("moj-organisation-switcher" in client.get("/").content.decode()) == shown


def test_a_seat_that_ends_takes_the_choice_along(world):
    user, unit = world.camden_administrator, world.organisation("hackney-mappa-unit")
    second = appoint(user, unit, "administrator")
    client = Client()
    client.force_login(user)
    client.post(SWITCH, {"borough": "hackney"})
    second.delete()
    page = client.get("/performance/").content.decode()
    assert "Performance, Camden" in page and "moj-organisation-switcher" not in page
