"""Meetings in lists and in the search, as people see them."""

import pytest

from tests.pages import text

FOUND_BY = ["CMD-M-2024-002", "cmd-m-2024-002", "M2", "CMD-C-2024-002", "C2"]


@pytest.mark.parametrize("query", FOUND_BY)
def test_search_takes_either_reference(year, browser_of, query):
    browser = browser_of("camden_administrator")
    assert "/meetings/CMD-M-2024-002/" in browser.get("/search/", {"q": query}).content.decode()
    strange = browser_of("hackney_administrator").get("/search/", {"q": query})
    assert "/meetings/CMD-M-" not in strange.content.decode() and "0 results for" in text(strange)


def test_the_list_and_the_meeting_show_what_was_recorded(year, browser_of):
    browser = browser_of("camden_administrator")
    page = text(browser.get("/meetings/"))
    assert "CMD-M-2024-002" in page and "3 of 3" in page
    meeting = text(browser.get("/meetings/CMD-M-2024-002/"))
    assert "Attended, in person, practitioner" in meeting and "Explained absence" in meeting
    assert text(browser.get("/meetings/?status=cancelled")).count("No meeting matches these filters.") == 1


def test_a_list_costs_the_same_with_more_meetings(register, browser_of, django_assert_max_num_queries):
    browser = browser_of("camden_administrator")

    def queries() -> int:
        with django_assert_max_num_queries(40) as seen:
            assert browser.get("/meetings/").status_code == 200
        return len(seen)

    register.put({})
    queries()  # the first request writes the session
    few = queries()
    register.put(*({"meeting": f"N{n}", "case": f"C{n % 5}"} for n in range(30)))
    assert queries() == few
