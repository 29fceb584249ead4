"""A figure opens to its cases, for the unit that keeps them and nobody else."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.fernet import InvalidToken
from django.utils import timezone

from audit.models import Event
from boards.access import share
from data_returns import evidence, records
from data_returns import register as register_
from data_returns.actions.checking import pass_check
from data_returns.actions.opening import correct
from data_returns.actions.signing import sign
from data_returns.models import Return
from data_returns.register import SOURCES
from referrals.models import Case, LevelPeriod
from tests.data_returns.conftest import AT, CHILD, YEAR
from tests.meetings.conftest import register  # noqa: F401
from tests.pages import text

ONE = f"{AT}q/1/records/q1_l1/"
SIGNED = datetime(2026, 6, 2, 10, tzinfo=UTC)


@pytest.fixture
def kept(cases, opened):
    cases.add("1"), cases.add("2", born=CHILD, lead=""), cases.add("3", level=2)
    return cases


@pytest.fixture
def signed(world, kept, filled) -> Return:
    filled.figures.update(reason="Made up.")
    return sign(pass_check(filled, by=None), by=world.camden_mappa_chair, at=SIGNED)


MAY_OPEN = [
    ("camden_administrator", 200),
    ("camden_mappa_chair", 200),
    ("camden_business_manager", 403),  # was given the return, keeps no cases
    ("camden_board_chair", 403),
    ("smb_chair", 404),
    ("co_ordinator", 404),
    ("camden_csc_spoc", 404),
    ("hackney_administrator", 404),
]


@pytest.mark.parametrize("who, status", MAY_OPEN)
@pytest.mark.parametrize("page", ["", "csv/"])
def test_only_the_unit_opens_a_figure(browser_of, kept, opened, who, status, page):
    share(opened, with_=opened.board)
    response = browser_of(who).get(ONE + page)
    assert response.status_code == status
    assert ("CMD-C-2020-001" in response.content.decode()) == (status == 200)
    assert Event.objects.filter(name__startswith="return.records_").exists() == (status == 200)


def test_the_cases_of_a_figure_and_what_is_known_of_them(browser, kept):
    page = text(browser.get(ONE))
    assert "Cases managed at the level on 31 March 2026, Level 1: 2 ." in page
    assert "CMD-C-2020-001 1 Jan 2020 Yes" in page and "CMD-C-2020-002 1 Jan 2020 Yes" in page
    assert "CMD-C-2020-003" not in page


PROOF = [  # of a figure: what is shown of a case beside its reference and since when
    ("q/1/records/q1_l1/", []),
    ("q/1/records/q1_l1_police/", ["Lead agency"]),
    ("q/2/records/q2_l1/", ["Age on the day"]),
    ("q/4/records/q4_l1/", ["Category"]),
]


@pytest.mark.parametrize("address, proof", PROOF)
@pytest.mark.parametrize("by", ["kept", "signed"])
def test_only_what_proves_the_figure_is_shown(browser, request, by, address, proof):
    request.getfixturevalue("kept").add("4", category=4)
    request.getfixturevalue(by)
    columns = ["Case", "At this level since", *proof, "Counted"]
    assert [label for _, label in browser.get(AT + address).context["columns"]] == columns
    lines = browser.get(f"{AT}{address}csv/").content.decode("utf-8-sig").splitlines()
    assert lines[0].split(",") == [*columns, "Marking"]


def test_birth_dates_stay_sealed_where_no_age_is_counted(browser, kept):
    Case.objects.update(personal="cannot be opened")
    assert "CMD-C-2020-001 1 Jan 2020 Yes" in text(browser.get(ONE))
    with pytest.raises(InvalidToken):
        browser.get(f"{AT}q/2/records/q2_l1/")


def test_a_signed_figure_is_read_by_the_sources_of_its_version(browser, kept, signed, monkeypatch):
    """Later ones call it otherwise, or know it no longer."""
    later = {
        key: replace(source, label="Otherwise") for key, source in SOURCES.items() if key != "category_4"
    }
    for module in (register_, records, evidence):
        monkeypatch.setattr(module, "SOURCES", later)
    assert "Cases managed at the level on 31 March 2026" in text(browser.get(ONE))
    assert "Frozen when" in text(browser.get(f"{AT}q/4/records/q4_l1/"))
    page = browser.get(f"{AT}view/").content.decode()
    assert "q/4/records/q4_l1/" in page


def test_cases_of_which_the_register_does_not_say_stand_there_too(browser, kept):
    page = text(browser.get(f"{AT}q/1/records/q1_l1_police/"))
    assert "at least 1; lead agency of 1 not recorded" in page and "No: lead agency not recorded" in page


def test_beside_an_unknown_there_is_nothing_to_use(browser, kept):
    page = text(browser.get(f"{AT}q/1/"))
    assert "From the case register: at least 1; lead agency of 1 not recorded Show the cases" in page
    assert "From the case register: 2 Use this" in page


NOT_THERE = ["q/1/records/q2_l1/", "q/3/records/q3_l1/", "q/1/records/nothing/", "q/99/records/q1_l1/"]


@pytest.mark.parametrize("address", [*NOT_THERE, "q/10/records/q10/", "q/1/records/q1_l1/?page=9"])
def test_what_is_counted_from_no_register_has_no_records(browser, kept, address):
    assert browser.get(AT + address).status_code == 404


def test_sorted_and_paged(browser, kept):
    for number in range(100):
        kept.add(str(200 + number))
    first, second = text(browser.get(f"{ONE}?sort=-case")), text(browser.get(f"{ONE}?page=2"))
    assert "CMD-C-2020-299" in first and "CMD-C-2020-001" not in first
    assert "CMD-C-2020-299" in second and "CMD-C-2020-001" not in second


def test_a_signed_return_shows_what_was_frozen_and_what_changed_since(browser, kept, signed):
    page = text(browser.get(ONE))
    assert "Frozen when the return was signed, 2 June 2026 at 11am" in page
    assert "The register would count the same today" in page
    kept.add("4"), kept.add("5")
    LevelPeriod.objects.filter(case__reference="CMD-C-2020-001").update(level=2)
    page = text(browser.get(ONE))
    assert "2 cases have since been added: CMD-C-2020-004, CMD-C-2020-005." in page
    assert "1 case has since been taken away: CMD-C-2020-001." in page
    assert "CMD-C-2020-001 1 Jan 2020 Yes" in page and "CMD-C-2020-004 1 Jan" not in page


def test_a_case_that_was_withdrawn_stays_in_the_list_without_a_page(browser, kept, signed):
    LevelPeriod.objects.get(case__reference="CMD-C-2020-001").case.delete()
    page = browser.get(ONE)
    assert "CMD-C-2020-001, no longer on the register" in text(page)
    assert "/cases/CMD-C-2020-001/" not in page.content.decode()


def test_an_earlier_version_keeps_its_own_list(world, browser, kept, signed):
    correct(signed, reason="A slip", by=world.camden_administrator, at=timezone.now())
    kept.add("4")
    assert "CMD-C-2020-004 1 Jan" in text(browser.get(ONE))
    assert "CMD-C-2020-004 1 Jan" not in text(browser.get(f"{ONE}?version=1"))
    assert browser.get(f"{ONE}?version=7").status_code == 404


def test_signed_before_evidence_was_kept(browser, kept, signed):
    Return.objects.update(evidence={"register": {}})
    assert "signed before the portal kept evidence" in text(browser.get(ONE))


def test_as_csv(browser, kept):
    lines = browser.get(f"{ONE}csv/").content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Case,At this level since,Counted,Marking"
    assert lines[1] == "CMD-C-2020-001,2020-01-01,Yes,OFFICIAL-SENSITIVE"
    assert Event.objects.get(name="return.records_exported").reason == "Level 1: 2 rows, CSV"


def test_the_submitted_page_leads_there_for_the_unit_alone(browser_of, browser, kept, signed):
    share(signed, with_=signed.board)
    link = f'href="{ONE}?version=1"'
    assert link in browser.get(f"{AT}view/").content.decode()
    board = browser_of("camden_board_chair").get(f"{AT}view/").content.decode()
    assert link not in board and "CMD-C-2020" not in board


def test_a_look_costs_the_same_with_more_cases(browser, kept, signed, django_assert_max_num_queries):
    def cost() -> int:
        with django_assert_max_num_queries(30) as seen:
            browser.get(ONE)
        return len(seen)

    browser.get(ONE)
    before = cost()
    for number in range(50):
        kept.add(str(200 + number))
    assert cost() == before


# -- KPI 6 beside what is said of an agency --


@pytest.fixture
def met(register):  # noqa: F811
    cell = {"held_on": "2025-09-01", "agency": "CSC"}
    register.put(cell | {"meeting": "M1", "case": "C1"}, cell | {"meeting": "M1", "case": "C2"})


SAID = f"KPI 6 {YEAR} to {YEAR + 1}: attended 2 of 2, 100.0%, met"


@pytest.mark.parametrize("page", ["q/9/", "check/"])
def test_kpi_6_stands_beside_the_comment(browser, met, filled, page):
    response = browser.get(AT + page)
    assert SAID in text(response)
    assert "/performance/6/missed/?place=camden&amp;year=2025&amp;agency=CSC" in response.content.decode()
    assert f"KPI 6 {YEAR} to {YEAR + 1}: no figure" in text(response)  # of others


def test_the_board_reads_it_as_it_was_when_the_return_was_signed(browser_of, register, met, signed):  # noqa: F811
    share(signed, with_=signed.board)
    cell = {"held_on": "2025-10-01", "agency": "CSC", "attended": "no", "grade": ""}
    register.put(cell | {"meeting": "M2", "case": "C1"})
    assert SAID in text(browser_of("camden_board_chair").get(f"{AT}view/"))
