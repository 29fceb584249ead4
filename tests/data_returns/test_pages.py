"""The list, the task list and the check, as those see them who may."""

import pytest
from django.utils import timezone

from audit.models import Event
from boards.access import share
from data_returns.actions.opening import open_return
from data_returns.models import Answer, Figure, Return, Section, Standing
from tests.data_returns.conftest import AT, YEAR
from tests.pages import text

LIST = "/returns/"


# -- List --


def test_the_unit_opens_the_year_that_has_ended(browser):
    assert "Open the 2025 to 2026 return of Camden" in text(browser.get(LIST))
    response = browser.post("/returns/open/", {"borough": "camden"})
    assert response.url == AT
    assert Return.objects.get().year == YEAR


def test_once_it_is_open_the_next_one_is_named(browser, opened):
    browser.post("/returns/open/")
    page = text(browser.get(LIST))
    assert Return.objects.count() == 1
    assert "The 2026 to 2027 return opens on 1 April 2027" in page and "Open the" not in page


MAY_OPEN = [
    ("camden_mappa_chair", 302),
    ("hackney_administrator", 404),  # not Camden's
    ("camden_board_chair", 403),  # the board's seat, not the unit's
    ("co_ordinator", 403),
    ("camden_csc_spoc", 403),
]


@pytest.mark.parametrize("who, status", MAY_OPEN)
def test_the_borough_s_unit_alone_opens_it(browser_of, who, status):
    assert browser_of(who).post("/returns/open/", {"borough": "camden"}).status_code == status
    assert Return.objects.exists() == (status == 302)


SEES = [
    ("camden_administrator", True),
    ("smb_chair", True),  # the state alone
    ("co_ordinator", True),
    ("camden_business_manager", False),  # not given to the board yet
    ("hackney_administrator", False),
    ("camden_csc_spoc", False),
]


@pytest.mark.parametrize("who, seen", SEES)
def test_who_sees_where_a_return_is(browser_of, opened, who, seen):
    page = browser_of(who).get(LIST)
    assert ("Camden LSCB" in text(page)) == seen
    assert (AT in page.content.decode()) == (who == "camden_administrator")


def test_a_board_sees_what_it_was_given(browser_of, opened):
    share(opened, with_=opened.board)
    page = text(browser_of("camden_business_manager").get(LIST))
    assert "Camden LSCB" in page and "MAPPA unit" in page and "30 Jun 2026" in page


def test_the_list_is_narrowed(browser, opened, world):
    open_return(world.territory("camden"), 2024, by=None, at=timezone.now())
    assert text(browser.get(f"{LIST}?year=2024")).count("Camden LSCB") == 1
    assert "No return matches these filters" in text(browser.get(f"{LIST}?status=closed"))
    assert text(browser.get(f"{LIST}?year=atlantis")).count("Camden LSCB") == 2


def test_a_list_costs_the_same_with_more_returns(browser, opened, world, django_assert_max_num_queries):
    def cost() -> int:
        with django_assert_max_num_queries(30) as seen:
            browser.get(LIST)
        return len(seen)

    browser.get(LIST)
    before = cost()
    for year in range(2019, 2025):
        open_return(world.territory("camden"), year, by=None, at=timezone.now())
    assert cost() == before


# -- Task list, home, borough --


def test_the_task_list_says_what_is_left(browser, opened):
    page = text(browser.get(AT))
    assert "0 of 11 complete" in page and "Due Tuesday 30 June 2026" in page
    assert "Continue with question 1" in page and page.count("Not yet started") == 12
    assert "Sign and send Cannot start yet" in page


def test_a_question_with_an_error_is_not_called_completed(browser, filled):
    assert "11 of 11 complete" in text(browser.get(AT)) and "problem" not in text(browser.get(AT))
    filled.figures.filter(key="q1_l1").update(value=1)
    assert "Fix 1 problem" in text(browser.get(AT))


def test_it_goes_on_where_somebody_stopped(browser, opened):
    opened.sections.filter(question__lt=8).update(is_done=True)
    opened.sections.filter(question=8).update(revision=2, edited_by=opened_by(browser))
    page = text(browser.get(AT))
    assert "7 of 11 complete" in page and "Continue with question 8" in page
    assert "In progress" in page and "Last changed by Camden Administrator" in page


def opened_by(browser):
    return browser.session["_auth_user_id"]


def test_a_signed_return_is_not_filled_in(browser, opened):
    now = timezone.now()
    Return.objects.update(status="signed", signed_at=now, content_hash="x")
    for place in ("", "q/1/", "check/", "import/"):
        page = browser.get(f"{AT}{place}", follow=True)
        assert page.redirect_chain == [(f"{AT}view/", 302)]
        assert "This return can no longer be changed: signed." in text(page)
    for place in ("q/1/", "check/", "import/"):
        assert browser.post(f"{AT}{place}", {"text-q1": "Typed"}).status_code == 409


def test_a_board_that_was_given_it_does_not_fill_it_in(browser_of, opened):
    share(opened, with_=opened.board)
    assert browser_of("camden_business_manager").get(AT).status_code == 403


@pytest.mark.parametrize(
    "place", ["camden/2025-27/", "camden/2024-25/", "hackney/2025-26/", "camden/2025-26/q/12/"]
)
def test_what_there_is_not(browser, opened, place):
    assert browser.get(f"{LIST}{place}").status_code == 404


def test_home_and_the_page_of_the_borough_name_it(browser, opened):
    assert "Fill in the data return of Camden, 2025 to 2026" in text(browser.get("/"))
    Standing.objects.update(extended_to="2026-12-31")
    assert "Due 31 Dec 2026" in text(browser.get("/boroughs/camden/"))


def test_an_agency_reads_nothing_of_it_on_the_page_of_the_borough(browser_of, opened):
    assert "Data return" not in text(browser_of("camden_csc_spoc").get("/boroughs/camden/"))


# -- Check --


def test_what_must_be_fixed_leads_to_its_field(browser, filled):
    Figure.objects.filter(key="q2_l3").update(value=4)
    page = browser.get(f"{AT}check/").content.decode()
    said = "Question 2: Level 3 under-18s (4) must be 1 or fewer, the Level 3 total in question 1"
    assert f'<a href="{AT}q/2/#id_figure-q2_l3">{said}</a>' in page
    assert "Hand over" not in page
    assert browser.post(f"{AT}check/").status_code == 409


def test_a_question_that_is_not_completed_must_be_fixed(browser, filled):
    filled.sections.filter(question=9).update(is_done=False)
    assert "Question 9 is not completed" in text(browser.get(f"{AT}check/"))
    assert browser.post(f"{AT}check/").status_code == 409


def test_what_must_be_fixed_stands_in_the_order_of_the_questions(browser, filled):
    filled.sections.filter(question__in=[1, 9]).update(is_done=False)
    Figure.objects.filter(key="q2_l3").update(value=4)
    page = text(browser.get(f"{AT}check/"))
    found = [
        page.index(f"Question {n}{said}") for n, said in ((1, " is not"), (2, ": Level 3"), (9, " is not"))
    ]
    assert found == sorted(found)


@pytest.mark.parametrize(
    "who, button",
    [
        ("camden_administrator", "Hand over to the MAPPA chair to sign"),
        ("camden_mappa_chair", "Continue to declaration"),
    ],
)
def test_the_button_says_what_it_does(browser_of, filled, who, button):
    page = text(browser_of(who).get(f"{AT}check/"))
    assert [said in page for said in ("Hand over", "Continue to")] == [
        button.startswith(said) for said in ("Hand over", "Continue to")
    ]


def test_what_wants_an_explanation_blocks_nothing(browser, filled):
    Figure.objects.filter(key="q2_l1").update(value=1)
    page = text(browser.get(f"{AT}check/"))
    assert (
        "Explain" in page
        and "Youth justice manages 4 people" in page
        and "Hand over to the MAPPA chair" in page
    )
    assert "Has a comment" not in page
    Answer.objects.create(territory=filled.territory, data_return=filled, key="q1", text="Three turned 18.")
    assert "Has a comment" in text(browser.get(f"{AT}check/"))


def test_without_a_problem_it_is_ready_to_sign_once(browser, filled):
    assert "No problems found" in text(browser.get(f"{AT}check/"))
    assert [browser.post(f"{AT}check/").status_code for _ in range(2)] == [302, 302]
    assert Return.objects.get().status == Standing.objects.get().status == "checked"
    assert Event.objects.filter(name="return.checked").count() == 1


def test_who_does_not_sign_is_told_that_it_is_the_chair_s_turn(browser, browser_of, filled):
    page = browser.post(f"{AT}check/", follow=True)
    assert page.status_code == 200 and "The MAPPA chair signs it" in text(page)
    assert "With the MAPPA chair" in text(page) and f"{AT}sign/" not in page.content.decode()
    assert f"{AT}sign/" in browser_of("camden_mappa_chair").get(AT).content.decode()


def test_all_answers_are_shown_four_kinds_of_nothing_apart(browser, filled):
    Figure.objects.filter(key="q4_l1").update(value=None, blank="not_known")
    Figure.objects.filter(key="q4_l2").update(value=None, blank="not_applicable")
    Figure.objects.filter(key="q4_l3").delete()
    page = text(browser.get(f"{AT}check/"))
    assert "Level 1 Not known Show cases level 1 Level 2 Not applicable Show cases level 2" in page
    assert "Level 3 Not filled in" in page
    assert "Matched with the MARAC list." in page and "Level 1, managed by another agency 5" in page


def test_the_check_costs_the_same_however_much_is_said(
    browser, opened, filled, django_assert_max_num_queries
):
    def cost() -> int:
        with django_assert_max_num_queries(30) as seen:
            browser.get(f"{AT}check/")
        return len(seen)

    browser.get(LIST)
    full = cost()
    Figure.objects.all().delete(), Answer.objects.all().delete()
    assert cost() in (full, full - 1)  # without a capitalised word nobody asks for names
    assert Section.objects.count() == 11
