"""The pages of a round: opened, extended and chased by hand; who reads it, and what it costs."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from audit.models import Event
from data_returns.actions.opening import due_day
from data_returns.models import Standing
from outbox.jobs import run_jobs
from tests.data_returns.conftest import AT
from tests.data_returns.rounds import DUE, LATER, PAGE, TODAY, extend, sent, standing
from tests.pages import text


def test_the_round_is_opened_extended_and_chased_by_hand(office, london):
    assert "No return of this year has been opened yet" in text(office.get(PAGE))
    day = {"due_on_day": DUE.day, "due_on_month": DUE.month, "due_on_year": DUE.year}
    assert "Enter the day on which returns are due" in text(office.post(f"{PAGE}open/"))
    assert office.post(f"{PAGE}open/", day).status_code == 302
    assert "3 returns are being opened" in text(office.get(PAGE))
    run_jobs()
    page = text(office.get(PAGE))
    assert "Opened 3 of 3" in page and "0 of 11" in page
    asked = text(office.post(f"{PAGE}extend/", {"boroughs": ["camden"]}))
    assert "Who is given more time?" in asked
    to = {"to_day": LATER.day, "to_month": LATER.month, "to_year": LATER.year}
    chosen = {"boroughs": ["camden"]}
    refused = office.post(f"{PAGE}extend/", chosen | to | {"reason": ""})
    assert "Enter why they are given more time" in text(refused)
    office.post(f"{PAGE}extend/", chosen | to | {"reason": "Nobody was in post."})
    assert "Nobody was in post. (Co Ordinator" in text(office.get(PAGE))
    office.post(f"{PAGE}take-back/", chosen)
    assert standing().extended_to is None
    assert "Select at least one borough" in text(office.post(f"{PAGE}chase/"))
    office.post(f"{PAGE}chase/", chosen)
    assert standing().chased_on == TODAY


def test_the_day_that_is_proposed_is_ahead(office, london):
    day = localdate() + timedelta(days=30) if due_day(2025) <= localdate() else due_day(2025)
    shown = office.get(PAGE).context["due_form"]["due_on"].value()
    assert shown == day
    refused = office.post(f"{PAGE}open/", {"due_on_day": "30", "due_on_month": "6", "due_on_year": "2020"})
    assert (
        "Due day must be in the future" in text(refused) and "<title>Error: Round" in refused.content.decode()
    )


def test_before_it_is_opened_nobody_is_late_and_who_has_none_is_named(office, opened):
    Standing.objects.update(due_on=TODAY - timedelta(days=4))
    page = text(office.get(PAGE))
    assert "Not opened Hackney, Islington" in page and "not signed by their due day" not in page


def test_all_who_are_late_are_chased_with_one_button(office, round_):
    assert "Chase 3" not in text(office.get(PAGE))
    Standing.objects.exclude(about__slug="camden").update(due_on=TODAY - timedelta(days=4))
    assert "Chase 2 boroughs that are late" in text(office.get(PAGE)) and "Late, 4 days" in text(
        office.get(PAGE)
    )
    office.post(f"{PAGE}chase/", {"late": "1"})
    assert Standing.objects.filter(chased_on=TODAY).count() == 2
    assert "that are late" not in text(office.get(PAGE))


def test_it_says_how_many_signed_files_are_being_sealed(office, round_):
    sent("camden", DUE)
    Standing.objects.filter(about__slug__in=["hackney", "islington"]).update(status="signed")
    page = office.get(PAGE)
    assert "3 of 3; 2 files are being sealed" in text(page)
    assert '<progress class="app-progress" max="3" value="1"' in page.content.decode()
    sent("hackney", DUE)
    sent("islington", DUE)
    assert "being sealed" not in text(office.get(PAGE))


READS = [("smb_chair", 200), ("scb_chair", 200), ("auditor", 200), ("camden_administrator", 403)]
READS += [("camden_business_manager", 403), ("camden_csc_spoc", 403)]


@pytest.mark.parametrize("who, status", READS)
def test_who_reads_the_round(browser_of, round_, who, status):
    response = browser_of(who).get(PAGE)
    assert response.status_code == status
    assert "Chase" not in text(response).replace("Chased", "")


def test_another_area_sees_its_own(browser_of, round_):
    page = text(browser_of("leeds_co_ordinator").get(f"{PAGE}?area=london"))
    assert "Leeds" in page and "Camden" not in page


@pytest.mark.parametrize("year", ["2000-01", "2031-32", "9999-00"])
def test_years_without_a_round(office, year):
    assert office.get(f"/returns/round/{year}/").status_code == 404


def test_the_table_is_narrowed_sorted_and_taken_along(office, round_):
    sent("camden", DUE)
    page = text(office.get(f"{PAGE}?show=sent"))
    assert "With the board" in page and "Hackney" not in page
    assert "No borough matches this filter" in text(office.get(f"{PAGE}?show=accepted"))
    down = text(office.get(f"{PAGE}?sort=-borough"))
    assert down.index("Islington") < down.index("Hackney")
    lines = office.get(f"{PAGE}csv/?show=sent").content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Borough,State,Version,Due") and len(lines) == 2
    assert Event.objects.get(name="round.exported").reason == "London: 1 row, CSV of 2025/26"


def test_the_boroughs_pages_show_the_later_day(world, browser, round_):
    extend(round_, "camden", by=world.co_ordinator)
    day = f"{LATER.day} {LATER:%b %Y}"
    assert f"extended from {DUE.day} {DUE:%B %Y}: Nobody was in post." in text(browser.get(AT))
    assert day in text(browser.get("/returns/")) and day in text(browser.get("/boroughs/camden/"))
    assert day in text(browser.get("/")) or f"{LATER.day} {LATER:%B %Y}" in text(browser.get("/"))


def test_home_names_a_return_that_is_not_opened(browser):
    assert "Open the data return of Camden, 2025 to 2026" in text(browser.get("/"))


def test_home_asks_who_runs_it_to_open_the_round_and_to_chase(office, browser_of, london):
    opens = "Open the round of data returns of London, 2025 to 2026"
    assert opens in text(office.get("/"))
    assert opens not in text(browser_of("smb_chair").get("/"))
    office.post(f"{PAGE}open/", {"due_on_day": DUE.day, "due_on_month": DUE.month, "due_on_year": DUE.year})
    run_jobs()
    assert "round of data returns" not in text(office.get("/"))
    Standing.objects.exclude(about__slug="camden").update(due_on=TODAY - timedelta(days=4))
    assert "2 boroughs are late" in text(office.get("/"))
    office.post(f"{PAGE}chase/", {"late": "1"})
    assert "boroughs are late" not in text(office.get("/"))


def test_the_page_costs_the_same_with_more_returns(office, round_, world, django_assert_max_num_queries):
    def cost() -> int:
        with django_assert_max_num_queries(30) as seen:
            office.get(PAGE)
        return len(seen)

    office.get(PAGE)
    full = cost()
    extend(round_, "camden", "hackney", by=world.co_ordinator)
    assert cost() == full
    Standing.objects.exclude(about__slug="camden").delete()
    assert full <= cost() <= full + 2  # who has no return is asked for unit and board
