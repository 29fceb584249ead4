"""One question: what is typed, what is saved, what is said about it."""

from datetime import date

import pytest
from django.utils import timezone

from audit.models import Change, Event
from data_returns.actions.opening import open_return
from data_returns.models import Answer, Figure, Return
from referrals.models import Case, LevelPeriod
from tests.data_returns.conftest import AT, YEAR
from tests.pages import text

ONE = {"q1_l1": 63, "q1_l1_probation": 40, "q1_l1_police": 20, "q1_l1_csc": 1}
ONE |= {"q1_l1_yos": 2, "q1_l1_other": 0, "q1_l2": 6, "q1_l3": 2}


def fields(figures: dict, **more) -> dict:
    return {f"figure-{key}": value for key, value in figures.items()} | {"revision": 1, "then": "next"} | more


@pytest.fixture
def send(browser, opened):
    def post(number: int, figures: dict | None = None, **more):
        return browser.post(f"{AT}q/{number}/", fields(figures or {}, **more))

    return post


def value(key: str):
    return Figure.objects.filter(key=key).values_list("value", flat=True).first()


# -- Numbers --

UNDERSTOOD = [("14", 14), ("0", 0), ("1,204", 1204), (" 007 ", 7), ("99,999", 99_999), ("", None)]


@pytest.mark.parametrize("typed, meant", UNDERSTOOD)
def test_a_number_is_understood(send, typed, meant):
    send(2, {"q2_l2": typed})
    assert value("q2_l2") == meant


NO_NUMBER = ["many", "-", "-many", "1e9", "14.0", "1,20", "1204,", "٣", "½", "0x10", "1 2 3"]


@pytest.mark.parametrize("typed", NO_NUMBER)
def test_what_is_no_number_is_said_and_kept(send, typed):
    response = send(2, {"q2_l2": typed, "q2_l1": "5"})
    assert "Level 2 must be a whole number, like 14" in text(response)
    assert f'value="{typed}"' in response.content.decode() and value("q2_l1") is None


@pytest.mark.parametrize("typed", ["-3", "\u22121,204", " -3 "])
def test_a_number_below_nothing_is_none(send, typed):
    response = send(2, {"q2_l2": typed, "q2_l1": "5"})
    assert "Level 2 must be 0 or more" in text(response) and value("q2_l1") is None


BLANKS = {"q2_l1": "not_known", "q2_l2": "not_applicable"}
ASKED = [
    ({"q2_l3": "0"}, "enter a comment that says why Level 1 is not known, Level 2 is not applicable"),
    ({"q2_l3": ""}, "Enter Level 3, or select why there is no number"),
]


@pytest.mark.parametrize("figures, said", ASKED)
def test_not_known_needs_a_comment(browser, send, figures, said):
    sent = send(2, figures, **{f"blank-{key}": why for key, why in BLANKS.items()})
    page = text(browser.get(sent.url))
    assert said in page and "Select why" in page


@pytest.mark.parametrize("typed", ["100000", "999,999,999", "9" * 400])
def test_a_number_beyond_people_is_a_slip(send, typed):
    assert "Level 2 must be 99,999 or fewer" in text(send(2, {"q2_l2": typed}))


def test_four_things_that_are_no_figure(browser, send):
    send(2, {"q2_l1": "0"}, **{"blank-q2_l2": "not_known", "blank-q2_l3": "not_applicable"})
    said = {f.key: (f.value, f.blank) for f in Figure.objects.all()}
    assert said == {"q2_l1": (0, ""), "q2_l2": (None, "not_known"), "q2_l3": (None, "not_applicable")}
    assert "Enter Level 1, or select why there is no number" in text(browser.get(send(3).url))


def test_a_number_and_no_number_at_once_is_asked_about(send):
    response = send(2, {"q2_l2": "4"}, **{"blank-q2_l2": "not_known"})
    assert "Enter a number for Level 2 or say why there is none, not both" in text(response)


# -- Saved, and what is not right yet --


def test_a_good_question_leads_to_the_next(send, opened):
    response = send(1, ONE)
    assert response.url == f"{AT}q/2/"
    assert opened.sections.get(question=1).is_done and value("q1_l1") == 63


def test_the_last_one_leads_to_the_check(send, opened):
    opened.sections.exclude(question=11).update(is_done=True)
    assert send(11, **{"text-q11": "Read in June.", "done": "yes"}).url == f"{AT}check/"


def test_a_sum_that_does_not_agree_is_saved_and_said(browser, send, opened):
    response = send(1, ONE | {"q1_l1_police": 18})
    assert response.url == f"{AT}q/1/" and value("q1_l1_police") == 18
    page = text(browser.get(response.url))
    assert "Level 1 by case manager adds up to 61. It must equal the Level 1 total, 63" in page
    assert "Go on with question 2 for now" in page


def test_a_part_that_is_more_than_the_whole_is_said_at_both_ends(browser, send):
    send(1, ONE)
    response = send(2, {"q2_l1": 0, "q2_l2": 0, "q2_l3": 4}, **{"text-q2": "The youth panel."})
    said = "Level 3 under-18s (4) must be 2 or fewer, the Level 3 total in question 1"
    assert said in text(browser.get(response.url)) and said in text(browser.get(f"{AT}q/1/"))
    assert said not in text(browser.get(f"{AT}q/3/"))


def test_a_question_that_nobody_opened_has_no_errors(browser, opened):
    assert "There is a problem" not in text(browser.get(f"{AT}q/1/"))


def test_coming_back_later_saves_what_there_is(browser, send, opened):
    assert send(1, {"q1_l1": "63"}, then="later").url == AT
    assert value("q1_l1") == 63 and not opened.sections.get(question=1).is_done
    assert "Enter Level 2, or select why there is no number" in text(browser.get(f"{AT}q/1/"))


def test_a_text_is_completed_when_somebody_says_so(send, opened):
    send(11, **{"text-q11": "Read in June."})
    assert not opened.sections.get(question=11).is_done
    send(11, **{"text-q11": "Read in June.", "done": "yes", "revision": 2})
    assert opened.sections.get(question=11).is_done


def test_a_choice_and_each_agency(browser, send):
    send(8, **{"answer-q8": "no", "text-q8": "Two plans are late.", "done": "yes"})
    send(9, **{"answer-q9_csc": "in_part", "text-q9_csc": "Away in May.", "done": "yes"})
    said = {a.key: (a.choice, a.text) for a in Answer.objects.exclude(choice="")}
    assert said == {"q8": ("no", "Two plans are late."), "q9_csc": ("in_part", "Away in May.")}
    assert "Away in May." in text(browser.get(f"{AT}q/9/"))


def test_a_no_wants_its_reason(browser, send):
    assert "Question 8: enter why the answer is “No”" in text(
        browser.get(send(8, **{"answer-q8": "no", "done": "yes"}).url)
    )


def test_an_answer_taken_back_as_unfinished_makes_it_a_draft(send, filled):
    """Nothing of it changed but that it is not complete: it is not signed like that."""
    send(
        8,
        revision=filled.sections.get(question=8).revision,
        **{"answer-q8": "yes", "text-q8": "", "done": "yes"},
    )
    Return.objects.update(status="checked")
    again = filled.sections.get(question=8).revision
    send(8, revision=again, **{"answer-q8": "yes", "text-q8": "", "done": "no"})
    assert Return.objects.get().status == "draft"


def test_the_caveat_stands_in_words(browser, opened):
    assert "may be missing from this figure" in text(browser.get(f"{AT}q/3/"))


def test_what_is_saved_after_the_check_makes_it_a_draft(send, filled):
    Return.objects.update(status="checked")
    send(10, {"q10": "0"}, revision=filled.sections.get(question=10).revision, **{"text-q10": "None."})
    assert Return.objects.get().status == "draft"


# -- Beside: last year, the register --


@pytest.fixture
def counted(world):
    """The case register knows three people at Level 2 on 31 March."""
    common = {"territory": world.territory("camden"), "organisation": world.organisation("camden-mappa-unit")}
    for number in range(3):
        case = Case.objects.create(**common, reference=f"CMD-C-2020-10{number}", category=1)
        LevelPeriod.objects.create(
            territory=common["territory"], case=case, level=2, starts_on=date(2020, 1, 1)
        )


def test_the_register_s_figure_is_put_in_without_being_saved(browser, counted, send):
    assert "From the case register: 3" in text(browser.get(f"{AT}q/1/"))
    response = send(1, {"q1_l2": "", "q1_l1": "many"}, use="q1_l2", **{"text-q1": "Typed."})
    page = response.content.decode()
    assert 'name="figure-q1_l2" value="3"' in page and 'value="many"' in page and "Typed." in page
    assert "There is a problem" not in page and not Figure.objects.exists()


def test_all_of_the_register_s_figures_at_once(counted, send):
    page = send(1, {"q1_l2": "8"}, use="all").content.decode()
    assert 'name="figure-q1_l2" value="3"' in page and 'name="figure-q1_l3" value="0"' in page


def test_a_figure_that_differs_is_saved_and_wants_a_reason(browser, counted, send, opened):
    response = send(4, {"q4_l1": 0, "q4_l2": 2, "q4_l3": 0}, **{"text-q4": "Two."})
    page = browser.get(response.url)
    assert "Enter why Level 2, 2, differs from the case register, 0" in text(page)
    assert not opened.sections.get(question=4).is_done
    again = fields(
        {"q4_l1": 0, "q4_l2": 2, "q4_l3": 0}, revision=2, **{"reason-q4_l2": "Not yet marked as category 4."}
    )
    browser.post(f"{AT}q/4/", again)
    saved = Figure.objects.get(key="q4_l2")
    assert (saved.register, saved.reason) == (0, "Not yet marked as category 4.")
    assert opened.sections.get(question=4).is_done


def test_a_reason_names_nobody(counted, send):
    response = send(4, {"q4_l2": 2}, **{"reason-q4_l2": "Ask x@example.org"})
    assert "This could identify a person: “x@example.org”. Say it without" in text(response)


def test_last_year_stands_beside(browser, world, opened):
    assert "No return of the year before" in text(browser.get(f"{AT}q/1/"))
    before = open_return(world.territory("camden"), YEAR - 1, by=None, at=timezone.now())
    Figure.objects.create(territory=before.territory, data_return=before, key="q1_l2", value=77)
    Return.objects.filter(pk=before.pk).update(status="sent", signed_at=timezone.now(), content_hash="x")
    page = text(browser.get(f"{AT}q/1/"))
    assert "Last year: 77" in page and "Last year: no figure" in page


# -- Two editors --


def test_a_stale_save_is_refused_with_both_shown(browser, browser_of, send, opened):
    send(2, {"q2_l1": 5}, **{"text-q2": "Theirs."})
    chair = browser_of("camden_mappa_chair")
    response = chair.post(f"{AT}q/2/", fields({"q2_l1": 7}, **{"text-q2": "Mine."}))
    page = text(response)
    assert response.status_code == 409 and value("q2_l1") == 5
    assert "Camden Administrator changed this at" in page
    assert "Check their change, then save yours" in page and "Theirs. Mine." in page
    chair.post(f"{AT}q/2/", fields({"q2_l1": 7}, revision=2))
    assert value("q2_l1") == 7


def test_two_people_fill_in_two_questions(send, browser_of):
    send(2, {"q2_l1": 5})
    browser_of("camden_mappa_chair").post(f"{AT}q/3/", fields({"q3_l1": 6}))
    assert (value("q2_l1"), value("q3_l1")) == (5, 6)


def test_another_borough_s_question_is_not_there(browser_of, opened):
    assert browser_of("hackney_administrator").post(f"{AT}q/2/", fields({"q2_l1": 5})).status_code == 404
    assert not Figure.objects.exists()


def test_signed_meanwhile_it_is_refused(send):
    Return.objects.update(status="signed", signed_at=timezone.now(), content_hash="x")
    assert send(2, {"q2_l1": 5}).status_code == 409 and not Figure.objects.exists()


# -- Words that could identify a person --

SAID = "Ask x@example.org at NW1 2BE."
WORDS = {"x@example.org", "NW1 2BE"}


def test_a_comment_that_could_identify_a_person_waits_for_an_answer(send):
    response = send(2, {"q2_l1": 5}, **{"text-q2": SAID})
    page = response.content.decode()
    assert all(f"<strong>{word}</strong>" in page for word in WORDS)
    assert "Change the comment" in page and "It does not identify anyone" in page
    assert not Figure.objects.exists() and not Answer.objects.exists()


def test_changing_it_loses_nothing(send):
    page = send(2, {"q2_l1": 5}, **{"text-q2": SAID, "personal": "change"}).content.decode()
    assert SAID in page and 'value="5"' in page and not Answer.objects.exists()


def test_words_that_identify_nobody_are_kept_and_asked_about_once(browser, send):
    send(2, {"q2_l1": 5}, **{"text-q2": SAID, "personal": "nobody", "cleared": sorted(WORDS)})
    assert set(Answer.objects.get(key="q2").cleared) == WORDS
    assert Event.objects.filter(name="return.words_cleared").count() == 1
    assert not any(word in str((c.before, c.after)) for c in Change.objects.all() for word in WORDS)
    again = send(2, {"q2_l1": 6}, revision=2, **{"text-q2": SAID})
    assert again.status_code == 302 and value("q2_l1") == 6
    assert Event.objects.filter(name="return.words_cleared").count() == 1


def test_a_word_that_nobody_saw_is_asked_about(send):
    response = send(2, **{"text-q2": SAID, "personal": "nobody", "cleared": ["NW1 2BE"]})
    assert "x@example.org" in text(response) and not Answer.objects.exists()


# -- Cost --


@pytest.mark.parametrize("number, most", [(1, 30), (7, 30), (9, 28)])
def test_a_question_costs_the_same_however_much_is_said(
    browser, counted, filled, django_assert_max_num_queries, number, most
):
    def cost() -> int:
        with django_assert_max_num_queries(most) as seen:
            browser.get(f"{AT}q/{number}/")
        return len(seen)

    browser.get("/returns/")
    full = cost()
    Figure.objects.all().delete(), Answer.objects.all().delete()
    assert cost() == full
