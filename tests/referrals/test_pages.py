"""The pages of cases: list, one case, forms, and the search for a person."""

import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.timezone import localdate

from audit.models import Event
from meetings.models import Discussion, Meeting
from referrals import actions
from referrals.models import Case
from referrals.personal import Person
from tests.pages import text

TODAY = localdate()


@pytest.fixture
def browser(world):
    client = Client()
    client.force_login(world.camden_administrator)
    return client


@pytest.fixture
def add(world):
    def added(name="", **values):
        unit, by = world.organisation("camden-mappa-unit"), world.camden_administrator
        return actions.add_case(unit, person=Person(name), today=TODAY, by=by, **values)

    return added


def test_without_cases_the_list_says_how_to_begin(browser):
    assert "No cases recorded yet. Add a case, or import" in text(browser.get("/cases/"))


FILTERS = [
    ("level=2", {"CMD-C-{}-001", "CMD-C-{}-003"}),
    ("level=none", {"CMD-C-{}-002"}),
    ("category=none", {"CMD-C-{}-003"}),
    ("review=overdue", {"CMD-C-{}-001"}),
    ("level=3", set()),
]


@pytest.mark.parametrize("query, shown", FILTERS)
def test_the_list_is_narrowed_by_level_category_and_review(browser, add, query, shown):
    add(category=1, level=2, starts_on=TODAY - timedelta(days=113))
    add(category=1)
    add(level=2, starts_on=TODAY - timedelta(days=112))
    page = text(browser.get(f"/cases/?{query}"))
    assert set(re.findall(r"CMD-C-\d+-\d+", page)) == {one.format(TODAY.year) for one in shown}
    assert ("No case matches these filters." in page) == (not shown)


def test_the_clock_counts_from_the_last_held_meeting_or_what_it_decided(browser, add):
    case = add(level=2, starts_on=date(2020, 1, 1))
    meeting = Meeting.objects.create(
        territory=case.territory, organisation=case.organisation, reference="CMD-M-2026-001", level=2,
        held_on=date(2026, 8, 3), status="held",
    )  # fmt: skip
    heard = Discussion.objects.create(territory=case.territory, meeting=meeting, case=case)
    page = text(browser.get(f"/cases/{case}/"))
    assert "Next review: 23 November 2026" in page and "3 August 2026" in page
    heard.next_review_on = date(2026, 9, 1)
    heard.save()
    assert "1 Sep 2026" in text(browser.get("/cases/"))


def test_a_list_costs_the_same_with_more_cases(browser, add, django_assert_max_num_queries):
    def queries() -> int:
        with django_assert_max_num_queries(40) as seen:
            browser.get("/cases/")
        return len(seen)

    add(level=2, starts_on=TODAY)
    queries()
    few = queries()
    for _ in range(9):
        add(level=2, starts_on=TODAY)
    assert queries() == few


def sent(**values):
    return {"name": "", "aliases": "", "address": "", "category": ""} | values


def test_a_case_is_added_and_shown_with_its_name_only_on_the_page(browser):
    form = sent(name="Jo Canary", aliases="JC\n\n Joey ", category="3", level="1", reason="Calm")
    day = {f"starts_on_{part}": getattr(TODAY, part) for part in ("day", "month", "year")}
    answer = browser.post("/cases/new/", form | day, follow=True)
    page, title = text(answer), re.search("<title>(.*?)</title>", answer.content.decode())[1]
    assert "Jo Canary" in page and "Canary" not in title and "JC" in page and "Calm" in page
    assert "Category 3 is for people who need more than one agency" in page
    assert Event.objects.filter(name="case.viewed").count() == 1


def test_a_reference_that_is_known_leads_to_its_case(browser, add):
    case = add(file_reference="LOCAL/7")
    page = browser.post("/cases/new/", sent(file_reference="local/7", name="Jo Canary"))
    said = f'local/7 exists already: <a class="govuk-link" href="/cases/{case}/">open case {case}</a>'
    assert page.content.decode().count(said) == 1 and f"local/7 exists already: open case {case}</a>" in (
        page.content.decode()
    ), "the summary leads to the field"
    assert Case.objects.count() == 1 and 'value="Jo Canary"' in page.content.decode()
    page = browser.post("/cases/new/", sent(file_reference="<b>7"), follow=True)
    assert "your reference &lt;b&gt;7" in page.content.decode()


def test_a_person_who_may_be_here_already_is_asked_about_once(browser, add):
    there = add("Jo Canary")
    asked = browser.post("/cases/new/", sent(name="Joe Canary"))
    assert there.reference in text(asked) and 'value="Joe Canary"' in asked.content.decode()
    again = browser.post("/cases/new/", sent(name="Joe Canary", confirmed="yes", again="yes"))
    assert 'value="Joe Canary"' in again.content.decode() and Case.objects.count() == 1
    added = browser.post("/cases/new/", sent(name="Joe Canary", confirmed="yes"))
    assert added.status_code == 302 and Case.objects.count() == 2
    assert browser.post("/cases/new/", sent(name="Somebody Else")).status_code == 302


def test_a_case_is_withdrawn_from_its_page(browser, add):
    case = add("Jo Canary")
    assert f'href="/cases/{case}/withdraw/"' in browser.get(f"/cases/{case}/").content.decode()
    address = f"/cases/{case}/withdraw/"
    assert "Enter why the case is withdrawn" in text(browser.post(address, {"reason": " "}))
    assert f"Case {case} is withdrawn." in text(browser.post(address, {"reason": "Twice"}, follow=True))
    assert browser.post(address, {"reason": "Twice"}).status_code == 404


WRONG = [
    (
        {"birth_date_day": "1", "birth_date_month": "1", "birth_date_year": "2090"},
        "Date of birth must be in the past",
    ),
    ({"birth_date_day": "1", "birth_date_year": "1990"}, "Date of birth (optional) must include a month"),
    ({"level": "2"}, "Enter the first day of this level"),
    ({"starts_on_day": "1", "starts_on_month": "1", "starts_on_year": "2020"}, "Select a level"),
]


@pytest.mark.parametrize("values, said", WRONG)
def test_what_is_wrong_stands_beside_the_field_and_nothing_typed_is_lost(browser, values, said):
    answer = browser.post("/cases/new/", sent(name="Jo Canary") | values)
    assert said in text(answer) and "Jo Canary" in answer.content.decode()
    assert not Case.objects.exists()


def test_C2_a_stale_form_comes_back_with_both_versions(browser, add):
    case = add("Old Name")
    page = f"/cases/{case}/edit/"
    browser.post(page, sent(name="First Name", revision="1"))
    clash = browser.post(page, sent(name="Second Name", revision="1"))
    assert clash.status_code == 409 and "Camden Administrator changed this at" in text(clash)
    assert "First Name" in text(clash) and 'value="Second Name"' in clash.content.decode()
    assert "Second Name" in text(browser.post(page, sent(name="Second Name", revision="2"), follow=True))


def test_levels_are_changed_and_corrected(browser, add):
    case = add(level=2, starts_on=date(2026, 1, 1))
    day = {"starts_on_day": "1", "starts_on_month": "3", "starts_on_year": "2026"}
    assert "Enter the reason for this level" in text(
        browser.post(f"/cases/{case}/level/", day | {"level": "3"})
    )
    done = browser.post(f"/cases/{case}/level/", day | {"level": "3", "reason": "Media"}, follow=True)
    assert "The case is at Level 3 from 1 March 2026." in text(done) and "to 28 February 2026" in text(done)
    page = f"/cases/{case}/level/correct/"
    looked = Event.objects.filter(name="case.viewed")
    before = looked.count()
    assert "Media" in text(browser.get(page)) and looked.count() == before + 1
    assert "The level is corrected." in text(
        browser.post(page, day | {"level": "1", "ending": "reduced", "reason": "Error"}, follow=True)
    )


# -- The search for a person --


def test_a_person_is_found_by_post_alone_and_named_nowhere(browser, add):
    case = add("Siobhan Canary")
    answer = browser.post("/cases/", {"name": "Siobhen Canary"})
    assert (
        f"{case} Managed name, similar" in text(answer) and "<title>Find a person" in answer.content.decode()
    )
    assert "No cases match" not in text(answer)
    assert str(case) in text(browser.get("/cases/?name=Somebody"))  # an address searches nothing
    assert "No case matches." in text(browser.post("/cases/", {"name": "Nobody Atall"}))
    assert "Enter a name or a date of birth" in text(browser.post("/cases/", {}))


def test_A3_only_the_own_units_cases(world, add):
    case, stranger = add("Siobhan Canary"), Client()
    stranger.force_login(world.hackney_administrator)
    assert "No case matches." in text(stranger.post("/cases/", {"name": "Siobhan Canary"}))
    assert "0 results" in text(stranger.get("/search/", {"q": str(case)}))


def test_E4_the_search_for_people_is_limited(world, browser):
    key = f"limit:person:{world.camden_administrator.pk}"
    cache.set(key, 29)
    answers = [browser.post("/cases/", {"name": "Jo"}).status_code for _ in range(2)]
    cache.delete(key)
    assert answers == [200, 429]


def test_search_finds_a_case_by_its_reference(browser, add):
    case = add()
    assert f"/cases/{case}/" in browser.get("/search/", {"q": str(case).lower()}).content.decode()
