"""Declaring, what was reported, and the board's questions, as people see them."""

import re
from datetime import UTC, datetime

import pytest

from accounts.second_factor import current_code
from boards.access import unshare
from data_returns.actions.checking import pass_check
from data_returns.actions.entry import Entered, import_content, save_question
from data_returns.actions.opening import correct, open_return
from data_returns.actions.signing import sign
from data_returns.content import parse
from data_returns.models import Query, Return
from outbox.jobs import run_jobs
from tests.data_returns.samples import good
from tests.pages import text

AT = datetime(2025, 6, 2, 10, tzinfo=UTC)
BASE = "/returns/camden/2024-25/"


@pytest.fixture
def ready(world):
    """2024 to 2025, filled in without a fault; the year before was signed."""
    for year, differs in ((2023, {"q1_l1_police": 90, "q1_l1": 221}), (2024, {})):
        made = open_return(world.territory("camden"), year, by=None, at=AT)
        import_content(made, parse(good(differs), made.form)[0], by=None, at=AT)
        made.sections.update(is_done=True)
        made = pass_check(made, by=None)
        if year == 2023:
            sign(made, by=world.camden_mappa_chair, at=AT)
    return Return.objects.get(year=2024)


@pytest.fixture
def sent(world, ready):
    sign(ready, by=world.camden_mappa_chair, at=AT)
    run_jobs()
    return Return.objects.get(pk=ready.pk)


def opened(page) -> str:
    return re.search(r'name="opened" value="([^"]+)"', page.content.decode())[1]


def test_the_chair_declares_with_both_statements_and_the_code(world, ready, browser_of):
    browser = browser_of("camden_mappa_chair")
    page = browser.get(f"{BASE}sign/")
    assert "Sign and send to Camden LSCB" in text(page) and "231" in text(page)
    refused = browser.post(f"{BASE}sign/", {"opened": opened(page)})
    assert "Select to confirm the return contains no personal information" in text(refused)
    assert "Enter the 6-digit code" in text(refused)
    data = {
        "opened": opened(page),
        "complete": "on",
        "impersonal": "on",
        "code": current_code(world.camden_mappa_chair),
    }
    answer = browser.post(f"{BASE}sign/", data, follow=True)
    assert "You signed CMD-R-2025-001" in text(answer)
    assert Return.objects.get(pk=ready.pk).status == "signed"
    assert browser.post(f"{BASE}sign/", data).status_code == 409


def another_figure(found: Return) -> None:
    import_content(found, parse(good({"q2_l1": 5}), found.form)[0], by=None, at=AT)


def another_reason(found: Return) -> None:
    section = found.sections.get(question=10)
    said = {
        "figures": {"q10": Entered(0, reason="Counted by hand.")},
        "texts": {},
        "answers": {},
        "cleared": {},
    }
    save_question(found, 10, **said, is_done=True, revision=section.revision, by=None, at=AT)


@pytest.mark.parametrize("change", [another_figure, another_reason])
def test_what_changed_after_the_page_was_opened_is_not_signed(world, ready, browser_of, change):
    browser = browser_of("camden_mappa_chair")
    token = opened(browser.get(f"{BASE}sign/"))
    change(ready)
    pass_check(ready, by=None)
    code = current_code(world.camden_mappa_chair)
    data = {"opened": token, "complete": "on", "impersonal": "on", "code": code}
    answer = browser.post(f"{BASE}sign/", data)
    assert answer.status_code == 409 and "changed after you opened this page" in text(answer)
    assert Return.objects.get(pk=ready.pk).is_open


def test_a_return_with_problems_has_no_signing_form(world, ready, browser_of):
    import_content(ready, parse(good({"q1_l1": 1}), ready.form)[0], by=None, at=AT)
    assert browser_of("camden_mappa_chair").get(f"{BASE}sign/").status_code == 409
    Return.objects.filter(pk=ready.pk).update(status="checked")
    page = browser_of("camden_mappa_chair").get(f"{BASE}sign/")
    assert "must be fixed first" in text(page) and 'name="complete"' not in page.content.decode()


def test_the_board_reads_this_year_last_year_and_the_change(sent, browser_of):
    browser = browser_of("camden_business_manager")
    page = browser.get(f"{BASE}view/")
    assert "With the board" in text(page) and "Metropolitan Police manage alone" in text(page)
    assert re.search(r"Level 1 231 221 \+10", text(page))
    changed = text(browser.get(f"{BASE}view/?changed=1"))
    assert "120 120 0" not in changed and "231 221 +10" in changed
    assert browser.get(f"{BASE}pdf/").content.startswith(b"%PDF-")
    earlier = browser.get("/returns/camden/2023-24/view/")
    assert "First return: no earlier year" in text(earlier)
    assert "2022 to 2023" not in text(earlier) and "Change" not in text(earlier)
    assert "2023 to 2024" in text(page)


def test_the_board_reads_last_year_as_it_was_given_it(world, sent, browser_of):
    before = Return.objects.get(year=2023)
    following = correct(before, reason="A move was missed.", by=world.camden_administrator, at=AT)
    import_content(following, parse(good(), following.form)[0], by=None, at=AT)
    sign(pass_check(following, by=None), by=world.camden_mappa_chair, at=AT)  # its file is not sealed yet
    seen = lambda who: text(browser_of(who).get(f"{BASE}view/"))  # noqa: E731
    assert "Level 1 231 : cases of Level 1 231 0" in seen("camden_administrator")
    assert "Level 1 231 221 +10" in seen("camden_business_manager")
    unshare(before, with_=before.board)
    assert "First return: no earlier year" in seen("camden_business_manager")


def test_a_question_is_asked_answered_and_closed_before_the_return_is_accepted(world, sent, browser_of):
    board, unit = browser_of("camden_business_manager"), browser_of("camden_administrator")
    empty = board.post(f"{BASE}review/ask/", {"question": "5", "text": ""})
    assert "Enter your question about question 5" in text(empty)
    board.post(f"{BASE}review/ask/", {"question": "5", "text": "Why so few?"})
    assert "Why so few?" in text(unit.get(f"{BASE}review/"))
    unit.post(f"{BASE}review/1/say/", {"text": "Two moved away."})
    assert Query.objects.get().status == "answered"
    refused = board.post(f"{BASE}review/accept/")
    assert refused.status_code == 409 and "There is a problem Close 1 query to accept" in text(refused)
    assert "Two moved away." in text(refused) and text(refused).count("Error: Questions") == 1
    board.post(f"{BASE}review/1/close/")
    accepted = board.post(f"{BASE}review/accept/", follow=True)
    assert "The return is accepted." in text(accepted)
    assert unit.post(f"{BASE}review/1/say/", {"text": "More."}).status_code == 403


def test_home_says_whose_turn_it_is(sent, browser_of):
    board, unit = browser_of("camden_business_manager"), browser_of("camden_administrator")
    review = "Review the data return of Camden, 2024 to 2025"
    asked = "Answer 1 question of the board about the data return of Camden, 2024 to 2025"
    home = text(board.get("/"))
    assert review in home and "with the board, signed on 2 June 2025" in home
    assert asked not in text(unit.get("/")) and review not in text(unit.get("/"))
    board.post(f"{BASE}review/ask/", {"question": "5", "text": "Why so few?"})
    assert "1 question with the MAPPA unit" in text(board.get("/")) and asked in text(unit.get("/"))
    assert review not in text(browser_of("hackney_administrator").get("/"))
    unit.post(f"{BASE}review/1/say/", {"text": "Two moved away."})
    assert "1 answer to read" in text(board.get("/")) and asked not in text(unit.get("/"))
    board.post(f"{BASE}review/1/close/")
    board.post(f"{BASE}review/accept/")
    assert review not in text(board.get("/"))


def test_home_costs_the_same_with_more_questions(sent, browser_of, django_assert_max_num_queries):
    board, unit = browser_of("camden_business_manager"), browser_of("camden_administrator")

    def cost(browser) -> int:
        browser.get("/")  # takes away what was said after the last form
        with django_assert_max_num_queries(60) as seen:
            browser.get("/")
        return len(seen)

    board.post(f"{BASE}review/ask/", {"question": "5", "text": "Why so few?"})
    before = [cost(board), cost(unit)]
    for _ in range(4):
        board.post(f"{BASE}review/ask/", {"question": "5", "text": "Why so few?"})
    assert [cost(board), cost(unit)] == before


def test_the_meeting_of_the_board_is_recorded(sent, browser_of):
    board = browser_of("camden_business_manager")
    day = {"on_day": "1", "on_month": "7", "on_year": "2025"}
    assert "The meeting of the board is recorded." in text(
        board.post(f"{BASE}review/table/", day, follow=True)
    )
    future = board.post(f"{BASE}review/table/", day | {"on_year": "2099"})
    assert "Date of the meeting must be today or in the past" in text(future)
    assert "Error: Error:" not in future.content.decode()
    before = board.post(f"{BASE}review/table/", day | {"on_day": "1", "on_month": "6"})
    said = "Date of the meeting must be the same as or after 2 June 2025, when the return was signed"
    assert said in text(before)


def test_a_correction_marks_the_figures_that_it_changes(world, sent, browser_of):
    unit = browser_of("camden_administrator")
    unit.post(f"{BASE}correct/", {"reason": "One person was counted twice."})
    following = Return.objects.get(year=2024, number=2)
    import_content(following, parse(good({"q5_l1": 59}), following.form)[0], by=None, at=AT)
    page = text(unit.get(f"{BASE}view/"))
    assert "59 [r]" in page and "Version 2 corrects: One person was counted twice." in page
    assert "[r]" not in text(unit.get(f"{BASE}view/?version=1"))
    assert unit.get(f"{BASE}view/?version=9").status_code == 404


PAGES = ["view/", "review/"]


@pytest.mark.parametrize("page", PAGES)
def test_pages_cost_the_same_with_more_queries_of_the_board(
    sent, world, browser_of, page, django_assert_max_num_queries
):
    browser = browser_of("camden_business_manager")
    for _ in range(6):
        browser.post(f"{BASE}review/ask/", {"question": "5", "text": "Why so few?"})
    with django_assert_max_num_queries(32):
        browser.get(f"{BASE}{page}")


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("review/send-back/", {"reason": "Mr John Smith is counted twice"}),
        ("review/ask/", {"question": "1", "text": "Is John Smith of NW1 4AB counted twice?"}),
    ],
)
def test_H8_what_goes_into_the_signed_file_or_to_the_unit_names_nobody(sent, browser_of, path, data):
    page = text(browser_of("camden_business_manager").post(f"{BASE}{path}", data))
    assert "This could identify a person" in page
    assert Return.objects.count() == 2 and not Query.objects.exists()
