"""Two people at one form, and wrong people: nothing is lost, lands on another question or is done twice."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from data_returns.actions import building
from data_returns.building.asking import Asking
from data_returns.editions import PRESENT, shipped
from data_returns.form import Form
from data_returns.models import Edition
from mappa_portal.exceptions import Conflict, StaleEdit
from tests.data_returns.conftest import YEAR
from tests.data_returns.own_forms import ADULTS, DRAFT, FORMS, published, withdrawn
from tests.pages import text


def test_what_somebody_saved_meanwhile_is_not_lost(world, own_form, browser_of):
    building.describe(own_form, title="Theirs", notes=["Note"], revision=1, by=world.co_ordinator)
    admin = browser_of("area_administrator")
    said = {"title": "Mine", "notes": "Note", "revision": 1}
    response = admin.post(f"{DRAFT}about/", said)
    assert response.status_code == 409 and "Mine" in text(response) and "Theirs" in text(response)
    admin.post(f"{DRAFT}about/", said | {"revision": 2})
    assert str(Edition.objects.get(slug="form-1")) == "Mine"


def test_a_button_that_was_pressed_twice_moves_once(office, own_form):
    for _ in range(2):
        page = office.post(f"{DRAFT}questions/q1/move/", {"to": "down", "revision": 1}, follow=True)
    assert "Somebody else changed this form" in text(page)
    assert [q["texts"][0]["key"] for q in Edition.objects.get(slug="form-1").content["questions"][:3]] == [
        "q2",
        "q1",
        "q3",
    ]
    with pytest.raises(StaleEdit):
        building.remove(own_form, "q1", revision=1, by=None)


def bases(edition: Edition) -> list[str]:
    edition.refresh_from_db()
    return [question.base for question in Form.read(edition.content).questions]


def test_C2_two_at_one_question_see_both_versions_whatever_texts_they_have(world, own_form, browser_of):
    building.remove(own_form, "q2", revision=1, by=world.co_ordinator)
    admin, address = browser_of("area_administrator"), f"{DRAFT}questions/q11/"
    response = admin.post(address, ADULTS | {"revision": 1})
    page = text(response)
    assert response.status_code == 409 and "Line 2" in page and "changed this" in page
    assert "What was learned from case reviews elsewhere" in page  # as it is saved now
    response = admin.post(address, ADULTS | {"revision": 2})
    assert response.status_code == 302
    place = bases(own_form).index("q11")
    assert own_form.content["questions"][place]["texts"][-1]["label"] == "Line 2"


def test_C2_a_save_never_lands_on_another_question(world, own_form, office):
    building.remove(own_form, "q3", revision=1, by=world.co_ordinator)
    for said in ({}, {"more": "text"}):
        response = office.post(f"{DRAFT}questions/q3/", ADULTS | {"revision": 1, **said})
        page = response.content.decode()
        assert "removed this question" in page and 'value="Line 2"' in page
        assert f'action="{DRAFT}questions/add/"' in page
    assert "q3" not in bases(own_form) and own_form.revision == 2
    assert office.get(f"{DRAFT}questions/q3/").status_code == 409
    assert office.post(f"{DRAFT}questions/add/", ADULTS | {"revision": 2}).status_code == 302
    assert "q12" in bases(own_form)


KEPT = {  # page: what was typed and chosen there, in this order
    "questions/add/": 'value="Numbers".*How many[?].*value="Line 0".*value="Line 1".*value="Line 2"',
    "checks/": '"q1_l1" selected.*"equal" selected.*"q2_l1" selected.*name="words" value="Line 2"',
    "publish/": f'name="from_year" value="{YEAR}"[^>]* checked',
}


@pytest.mark.parametrize("page", KEPT)
def test_C2_what_is_added_to_a_form_that_changed_is_kept_and_said(world, own_form, office, page):
    building.describe(own_form, title="Theirs", notes=[], revision=1, by=world.area_administrator)
    said = {"left": "q1_l1", "right": "q2_l1", "test": "equal", "level": "error", "from_year": YEAR}
    response = office.post(f"{DRAFT}{page}", ADULTS | said | {"revision": 1, "words": "Line 2"})
    assert response.status_code == 409 and "changed this" in text(response)
    assert re.search(KEPT[page], response.content.decode(), re.DOTALL)
    assert 'name="revision" value="2"' in response.content.decode()
    own_form.refresh_from_db()
    assert own_form.revision == 2


def test_C2_a_form_that_changed_is_neither_deleted_nor_withdrawn(world, own_form, office):
    by = world.area_administrator
    edition = building.describe(own_form, title="Theirs", notes=[], revision=1, by=by)
    assert "Somebody else changed this form" in text(
        office.post(f"{DRAFT}discard/", {"revision": 1}, follow=True)
    )
    edition = published(withdrawn(published(edition, by), by), by)
    assert "Somebody else changed" in text(office.post(f"{DRAFT}withdraw/", {"revision": 3}, follow=True))
    edition.refresh_from_db()
    assert edition.is_published and edition.discarded_on is None
    with pytest.raises(StaleEdit):
        building.withdraw(edition, revision=3, by=by)


@pytest.mark.parametrize("typed", ["", "two", "9" * 5000, "99999999999999999999"])
def test_a_revision_that_nobody_was_shown_changes_nothing(office, own_form, typed):
    said = ADULTS | {"revision": typed, "texts_shown": typed}
    for page in ("discard/", "questions/q1/move/", "questions/q1/remove/", "checks/1/remove/"):
        assert office.post(f"{DRAFT}{page}", said).status_code == 302, page
    for page in ("about/", "questions/q1/", "questions/add/", "checks/", "publish/"):
        assert office.post(f"{DRAFT}{page}", said).status_code in (200, 409), page
    own_form.refresh_from_db()
    assert own_form.revision == 1 and own_form.discarded_on is None


def test_the_name_of_a_deleted_draft_is_never_used_again(world, london, own_form, office):
    by = world.co_ordinator
    building.ask(own_form, "", Asking("P", "Q?", options=("a", "b")), revision=1, by=by)
    office.post(f"{DRAFT}discard/", {"revision": 2})
    assert office.get(DRAFT).status_code == 404 and "London 2027" not in text(office.get(FORMS))
    assert own_form.slug not in office.get(f"{FORMS}london/start/").content.decode()
    again = building.start(london, shipped(PRESENT), title="Again", by=by)
    assert again.slug == "form-2"
    again = building.ask(again, "", Asking("P", "Q?", options=("a", "b")), revision=1, by=by)
    assert bases(again)[-1] == "q13", "q12 was given to a question of the deleted draft"
    for verb in (building.move, building.remove):
        with pytest.raises(Conflict, match="deleted this draft"):
            verb(own_form, "q1", *([1] if verb is building.move else []), revision=3, by=by)


def test_what_is_not_there_is_not_said_to_be_removed(world, own_form, office):
    last = len(own_form.content["relations"])
    response = office.post(f"{DRAFT}checks/{last + 1}/remove/", {"revision": 1})
    assert response.status_code == 409 and "no longer in the form" in text(response)
    response = office.post(f"{DRAFT}questions/q99/remove/", {"revision": 1})
    assert response.status_code == 409 and "no longer in the form" in text(response)


MAY = [
    ("co_ordinator", 200),
    ("office_administrator", 200),
    ("area_administrator", 200),
    ("smb_chair", 403),  # reads it
    ("camden_administrator", 404),
    ("leeds_co_ordinator", 404),
]


@pytest.mark.parametrize("who, status", MAY)
def test_who_builds_forms(browser_of, own_form, who, status):
    browser = browser_of(who)
    for page in ("about/", "questions/add/", "questions/q1/", "checks/", "publish/"):
        assert browser.get(f"{DRAFT}{page}").status_code == status, page
    for verb in ("discard/", "questions/q1/remove/", "questions/q1/move/", "checks/1/remove/"):
        if status != 200:
            assert browser.post(f"{DRAFT}{verb}", {"revision": 1}).status_code == status, verb
    assert browser.get(DRAFT).status_code == (200 if status == 403 else status)


def test_the_form_page_costs_the_same_with_more_questions(office, own_form):
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert office.get(DRAFT).status_code == 200
        return len(seen)

    office.get(DRAFT)
    before = cost()
    own_form.refresh_from_db()  # the content of its own
    for copy in range(1, 6):
        own_form.content["questions"] += [again(question, copy) for question in shipped(PRESENT)["questions"]]
    for number, question in enumerate(own_form.content["questions"], start=1):
        question["number"] = number
    own_form.save()
    assert 'id="question-60"' in office.get(DRAFT).content.decode() and cost() == before <= 18


def again(question: dict, copy: int) -> dict:
    """With keys of its own."""
    cells = [
        {k: v for k, v in c.items() if k != "part_of"} | {"key": f"{c['key']}_{copy}"}
        for c in question.get("cells", [])
    ]
    texts = [text | {"key": f"{text['key']}_{copy}"} for text in question["texts"]]
    kept = {name: value for name, value in question.items() if name != "choice"}
    return kept | {"cells": cells, "texts": texts}
