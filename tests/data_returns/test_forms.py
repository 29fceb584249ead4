"""An area's own form of the return: built on pages, published from a year on, used from opening to release."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.timezone import localdate

from audit.models import Draft
from data_returns.actions import building
from data_returns.actions.opening import open_return
from data_returns.actions.releasing import release
from data_returns.actions.signing import sign
from data_returns.building.asking import Asking
from data_returns.editions import PRESENT, SINCE, edition_of, shipped
from data_returns.form import Form
from data_returns.models import Edition, Rendition, Return, Standing
from data_returns.workbook import read
from mappa_portal.exceptions import Conflict, StaleEdit
from outbox.jobs import run_jobs
from tests.data_returns.conftest import AT, YEAR
from tests.pages import text

FORMS = "/returns/forms/"
DRAFT = f"{FORMS}london/form-1/"
TODAY = localdate()


@pytest.fixture
def draft(world, london) -> Edition:
    """A copy of the present-day form."""
    return building.start(london, shipped(PRESENT), title="London 2027", by=world.co_ordinator)


def published(edition: Edition, by, year: int = YEAR) -> Edition:
    return building.publish(edition, from_year=year, revision=edition.revision, today=TODAY, by=by)


def withdrawn(edition: Edition, by) -> Edition:
    return building.withdraw(edition, revision=edition.revision, by=by)


# -- From the first page to the last --

MANAGED = {
    "page": "Numbers",
    "text": "How many people were managed?",
    "shape": "levels",
    "basis": "position",
    "parts": "led by the police\nled by others",
    "parts_of": [2],
    "source": "managed",
    "texts_shown": 1,
}
HARM = {
    "page": "Numbers",
    "text": "How many pose a risk?",
    "shape": "bands",
    "basis": "position",
    "bands": "low\nhigh",
    "texts_shown": 1,
    "text-0-label": "What is done",
    "text-0-needed": "above zero",
}
PLANS = {
    "page": "Plans",
    "text": "Does everybody have a plan?",
    "shape": "none",
    "options": "Yes\nNo",
    "reason": "No",
    "texts_shown": 2,
    "text-0-label": "Comments",
    "text-1-label": "Housing",
    "text-1-attends": "HSG",
    "text-1-needed": "always",
}


def test_a_form_is_built_on_pages_and_carries_a_return_from_opening_to_release(world, browser_of, office):
    old = open_return(world.territory("hackney"), YEAR, by=None, at=timezone.now())
    _build(office)
    unit, chair = browser_of("camden_administrator"), browser_of("camden_mappa_chair")
    unit.post("/returns/open/", {"borough": "camden"})
    made = Return.objects.get(territory__slug="camden")
    assert (made.edition, old.edition) == ("form-1", PRESENT)
    assert Standing.objects.get(about__slug="camden").questions == 3
    _fill(unit, made)
    unit.post(f"{AT}check/")
    made.refresh_from_db()
    assert made.status == "checked", text(unit.get(f"{AT}check/"))
    assert chair.get(f"{AT}sign/").status_code == 200
    sign(made, by=world.camden_mappa_chair, at=timezone.now())
    run_jobs()
    made.refresh_from_db()
    assert made.status == "sent" and made.document
    _read_everywhere(unit)
    Return.objects.filter(pk=made.pk).update(status="closed", closed_on=TODAY)
    release(made, by=world.camden_administrator, at=timezone.now())
    run_jobs()
    cells = Rendition.objects.get(about__slug="camden").cells
    assert cells["q13_l1"] == 40 and "c" in cells.values()
    assert "led by the police" in text(unit.get("/returns/camden/trends/"))
    assert open_return(world.territory("hackney"), YEAR, by=None, at=timezone.now()).edition == PRESENT


def _build(office) -> None:
    assert "has no form of its own yet" in text(office.get(FORMS))
    office.post(f"{FORMS}london/start/", {"source": "blank", "title": "London 2027"})
    assert "The form asks nothing yet: add a question" in text(office.get(DRAFT))
    for said in (HARM, MANAGED, PLANS):
        revision = Edition.objects.get(slug="form-1").revision
        response = office.post(f"{DRAFT}questions/add/", {**said, "revision": revision})
        assert response.status_code == 302, text(response)
    revision = Edition.objects.get(slug="form-1").revision
    office.post(f"{DRAFT}questions/q13/move/", {"to": "up", "revision": revision})
    each = "q12_l1_low,q12_l1_high,q12_l2_low,q12_l2_high,q12_l3_low,q12_l3_high;each"
    said = {"left": each, "right": "q13_l1,q13_l2,q13_l3;each", "test": "at most", "level": "error"}
    response = office.post(f"{DRAFT}checks/", {**said, "revision": revision + 1})
    assert response.status_code == 302, text(response)
    page = text(office.get(f"{DRAFT}checks/"))
    assert "Question 2, Level 3 (N) must be at most question 1, Level 3 (N)" in page
    assert "What is done" in text(office.get(f"{DRAFT}preview/"))
    response = office.post(f"{DRAFT}publish/", {"from_year": YEAR, "revision": revision + 2})
    assert response.status_code == 302, text(response)


def _fill(unit, made: Return) -> dict:
    contradicts = {
        "q13_l1": 40,
        "q13_l2": 9,
        "q13_l2_ledbythepolice": 3,
        "q13_l2_ledbyothers": 5,
        "q13_l3": 2,
    }
    page = _answer(unit, made, 1, {f"figure-{key}": value for key, value in contradicts.items()})
    assert "Question 1, the parts of Level 2 (8) must equal question 1, Level 2 (9)" in page
    figures = contradicts | {"q13_l2_ledbyothers": 6}
    _answer(unit, made, 1, {f"figure-{key}": value for key, value in figures.items()})
    harm = {f"q12_l{level}_{band}": 1 for level in (1, 2, 3) for band in ("low", "high")}
    page = _answer(unit, made, 2, {f"figure-{key}": value for key, value in harm.items()})
    assert "Enter: What is done" in page
    _answer(unit, made, 2, {f"figure-{k}": v for k, v in harm.items()} | {"text-q12": "Visits every week."})
    said = {"answer-q14": "no", "answer-q14_housing": "yes", "done": "yes"}
    page = _answer(unit, made, 3, said)
    assert "Enter: Housing" in page
    _answer(unit, made, 3, said | {"text-q14_housing": "Comes.", "text-q14_comments": "Two are late."})
    return figures | harm


def _answer(unit, made: Return, number: int, said: dict) -> str:
    revision = made.sections.get(question=number).revision
    response = unit.post(f"{AT}q/{number}/", {**said, "revision": revision, "then": "next"}, follow=True)
    return text(response)


def _read_everywhere(unit) -> None:
    page = text(unit.get(f"{AT}view/"))
    assert "Level 2, led by the police" in page and "Visits every week." in page
    for name in ("pdf", "report"):
        assert unit.get(f"{AT}{name}/").status_code == 200


def test_a_workbook_of_an_own_form_is_read_back(world, browser_of, office):
    _build(office)
    unit = browser_of("camden_administrator")
    unit.post("/returns/open/", {"borough": "camden"})
    made = Return.objects.get(territory__slug="camden")
    figures = _fill(unit, made)
    content = read(unit.get(f"{AT}workbook/").content, made.form)
    assert content.figures == figures and content.answers["q14"] == "no"


# -- Which form a year is asked --


def test_the_form_that_was_asked_last_by_then_is_the_one(world, london, draft):
    by = world.co_ordinator
    assert edition_of(london, YEAR, today=TODAY).slug == PRESENT, "a draft is asked nobody"
    published(draft, by, YEAR + 1)
    later = published(building.start(london, shipped(PRESENT), title="Later", by=by), by, YEAR + 2)
    corrected = published(building.start(london, shipped(PRESENT), title="Same year", by=by), by, YEAR + 1)
    asked = {
        year: edition_of(london, year, today=TODAY).slug for year in (SINCE, YEAR + 1, YEAR + 2, YEAR + 9)
    }
    assert asked == {SINCE: PRESENT, YEAR + 1: corrected.slug, YEAR + 2: later.slug, YEAR + 9: later.slug}


def test_published_it_stays_as_it_is(world, draft):
    edition = published(draft, world.co_ordinator)
    for change in (
        lambda: Edition.objects.filter(pk=edition.pk).delete(),
        lambda: Edition.objects.filter(pk=edition.pk).update(content={}),
        lambda: Edition.objects.filter(pk=edition.pk).update(from_year=2030),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    with pytest.raises(Conflict, match="published and stays as it is"):
        building.move(edition, "q1", 1, revision=edition.revision, by=world.co_ordinator)
    with pytest.raises(Conflict, match="published already"):
        published(edition, world.co_ordinator)


def test_S2_the_sum_of_parts_is_kept_with_the_parts(world, draft, office):
    [place] = [n for n, r in enumerate(draft.content["relations"], 1) if r["code"] == "H1"]
    with pytest.raises(Conflict, match="Parts add up to their whole"):
        building.remove_check(draft, place, revision=draft.revision, by=world.co_ordinator)
    assert f"checks/{place}/remove/" not in office.get(f"{DRAFT}checks/").content.decode()
    building.remove_check(draft, place + 1, revision=draft.revision, by=world.co_ordinator)


def test_it_is_withdrawn_until_a_return_is_opened_on_it(world, draft):
    by = world.co_ordinator
    edition = withdrawn(published(draft, by), by)
    assert edition.published_on is None and edition.from_year is None
    edition = published(edition, by)
    made = open_return(world.territory("camden"), YEAR, by=None, at=timezone.now())
    assert made.edition == edition.slug
    with pytest.raises(Conflict, match="Returns were opened on this form"):
        withdrawn(edition, by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(published_on=None, from_year=None)
    with pytest.raises(Conflict, match="comes with the portal"):
        withdrawn(
            Edition(territory=edition.territory, slug=PRESENT, published_on=TODAY, pk=_shipped(world)), by
        )


def _shipped(world) -> int:
    return Edition.objects.get_or_create(
        territory=world.territory("london"),
        slug=PRESENT,
        defaults={"content": shipped(PRESENT), "published_on": TODAY},
    )[0].pk


def test_what_happened_is_told(world, draft):
    by = world.area_administrator
    edition = building.describe(draft, title="New", notes=[], revision=1, by=by)
    building.describe(edition, title="New", notes=[], revision=2, by=by)  # nothing changed
    edition = withdrawn(published(edition, by), by)
    building.discard(edition, revision=edition.revision, today=TODAY, by=by)
    names = Draft.objects.filter(name__startswith="edition").order_by("pk").values_list("name", flat=True)
    assert [name.partition(".")[2] for name in names] == [
        "started",
        "changed",
        "published",
        "withdrawn",
        "discarded",
    ]


# -- Two people, wrong people --


def test_what_somebody_saved_meanwhile_is_not_lost(world, draft, browser_of):
    building.describe(draft, title="Theirs", notes=["Note"], revision=1, by=world.co_ordinator)
    admin = browser_of("area_administrator")
    said = {"title": "Mine", "notes": "Note", "revision": 1}
    response = admin.post(f"{DRAFT}about/", said)
    assert response.status_code == 409 and "Mine" in text(response) and "Theirs" in text(response)
    admin.post(f"{DRAFT}about/", said | {"revision": 2})
    assert str(Edition.objects.get(slug="form-1")) == "Mine"


def test_a_button_that_was_pressed_twice_moves_once(office, draft):
    for _ in range(2):
        page = office.post(f"{DRAFT}questions/q1/move/", {"to": "down", "revision": 1}, follow=True)
    assert "Somebody else changed this form" in text(page)
    assert [q["texts"][0]["key"] for q in Edition.objects.get(slug="form-1").content["questions"][:3]] == [
        "q2",
        "q1",
        "q3",
    ]
    with pytest.raises(StaleEdit):
        building.remove(draft, "q1", revision=1, by=None)


ADULTS = {"page": "Numbers", "text": "How many?", "shape": "none", "texts_shown": 3}
ADULTS |= {f"text-{n}-label": f"Line {n}" for n in range(3)}


def bases(edition: Edition) -> list[str]:
    edition.refresh_from_db()
    return [question.base for question in Form.read(edition.content).questions]


def test_C2_two_at_one_question_see_both_versions_whatever_texts_they_have(world, draft, browser_of):
    building.remove(draft, "q2", revision=1, by=world.co_ordinator)
    admin, address = browser_of("area_administrator"), f"{DRAFT}questions/q11/"
    response = admin.post(address, ADULTS | {"revision": 1})
    page = text(response)
    assert response.status_code == 409 and "Line 2" in page and "changed this" in page
    assert "What was learned from case reviews elsewhere" in page  # as it is saved now
    response = admin.post(address, ADULTS | {"revision": 2})
    assert response.status_code == 302
    place = bases(draft).index("q11")
    assert draft.content["questions"][place]["texts"][-1]["label"] == "Line 2"


def test_C2_a_save_never_lands_on_another_question(world, draft, office):
    building.remove(draft, "q3", revision=1, by=world.co_ordinator)
    for said in ({}, {"more": "text"}):
        response = office.post(f"{DRAFT}questions/q3/", ADULTS | {"revision": 1, **said})
        page = response.content.decode()
        assert "removed this question" in page and 'value="Line 2"' in page
        assert f'action="{DRAFT}questions/add/"' in page
    assert "q3" not in bases(draft) and draft.revision == 2
    assert office.get(f"{DRAFT}questions/q3/").status_code == 409
    assert office.post(f"{DRAFT}questions/add/", ADULTS | {"revision": 2}).status_code == 302
    assert "q12" in bases(draft)


@pytest.mark.parametrize("page", ["questions/add/", "checks/", "publish/"])
def test_C2_what_is_added_to_a_form_that_changed_is_kept_and_said(world, draft, office, page):
    building.describe(draft, title="Theirs", notes=[], revision=1, by=world.area_administrator)
    said = {"left": "q1_l1", "right": "q2_l1", "test": "equal", "level": "error", "from_year": YEAR}
    response = office.post(f"{DRAFT}{page}", ADULTS | said | {"revision": 1, "words": "Line 2"})
    assert response.status_code == 409 and "changed this" in text(response)
    assert "Line 2" in response.content.decode() or "checked" in response.content.decode()
    assert 'name="revision" value="2"' in response.content.decode()
    draft.refresh_from_db()
    assert draft.revision == 2


def test_C2_a_form_that_changed_is_neither_deleted_nor_withdrawn(world, draft, office):
    by = world.area_administrator
    edition = building.describe(draft, title="Theirs", notes=[], revision=1, by=by)
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
def test_a_revision_that_nobody_was_shown_changes_nothing(office, draft, typed):
    said = ADULTS | {"revision": typed, "texts_shown": typed}
    for page in ("discard/", "questions/q1/move/", "questions/q1/remove/", "checks/1/remove/"):
        assert office.post(f"{DRAFT}{page}", said).status_code == 302, page
    for page in ("about/", "questions/q1/", "questions/add/", "checks/", "publish/"):
        assert office.post(f"{DRAFT}{page}", said).status_code in (200, 409), page
    draft.refresh_from_db()
    assert draft.revision == 1 and draft.discarded_on is None


def test_the_name_of_a_deleted_draft_is_never_used_again(world, london, draft, office):
    by = world.co_ordinator
    building.ask(draft, "", Asking("P", "Q?", options=("a", "b")), revision=1, by=by)
    office.post(f"{DRAFT}discard/", {"revision": 2})
    assert office.get(DRAFT).status_code == 404 and "London 2027" not in text(office.get(FORMS))
    assert draft.slug not in office.get(f"{FORMS}london/start/").content.decode()
    again = building.start(london, shipped(PRESENT), title="Again", by=by)
    assert again.slug == "form-2"
    again = building.ask(again, "", Asking("P", "Q?", options=("a", "b")), revision=1, by=by)
    assert bases(again)[-1] == "q13", "q12 was given to a question of the deleted draft"
    for verb in (building.move, building.remove):
        with pytest.raises(Conflict, match="deleted this draft"):
            verb(draft, "q1", *([1] if verb is building.move else []), revision=3, by=by)


def test_what_is_not_there_is_not_said_to_be_removed(world, draft, office):
    last = len(draft.content["relations"])
    response = office.post(f"{DRAFT}checks/{last + 1}/remove/", {"revision": 1})
    assert response.status_code == 409 and "no longer in the form" in text(response)
    response = office.post(f"{DRAFT}questions/q99/remove/", {"revision": 1})
    assert response.status_code == 409 and "no longer in the form" in text(response)


def test_no_more_texts_than_there_is_room_for(office, draft):
    said = ADULTS | {"revision": 1, "texts_shown": 20, "text-19-label": "The last", "more": "text"}
    page = office.post(f"{DRAFT}questions/add/", said)
    assert 'value="The last"' in page.content.decode()
    assert "20 texts at most" in text(page) and "Add another text" not in text(page)


def test_words_with_braces_are_shown_as_they_were_typed(office, draft):
    said = {"left": "q1_l1", "right": "q2_l1", "test": "at most", "level": "warning", "words": "Say {why}"}
    office.post(f"{DRAFT}checks/", said | {"revision": 1})
    page = text(office.get(f"{DRAFT}checks/"))
    assert "C1 Say {why} (N and N)" in page and "{{" not in page


MAY = [
    ("co_ordinator", 200),
    ("office_administrator", 200),
    ("area_administrator", 200),
    ("smb_chair", 403),  # reads it
    ("camden_administrator", 404),
    ("leeds_co_ordinator", 404),
]


@pytest.mark.parametrize("who, status", MAY)
def test_who_builds_forms(browser_of, draft, who, status):
    browser = browser_of(who)
    for page in ("about/", "questions/add/", "questions/q1/", "checks/", "publish/"):
        assert browser.get(f"{DRAFT}{page}").status_code == status, page
    for verb in ("discard/", "questions/q1/remove/", "questions/q1/move/", "checks/1/remove/"):
        if status != 200:
            assert browser.post(f"{DRAFT}{verb}", {"revision": 1}).status_code == status, verb
    assert browser.get(DRAFT).status_code == (200 if status == 403 else status)


def test_the_form_page_costs_the_same_with_more_questions(office, draft):
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert office.get(DRAFT).status_code == 200
        return len(seen)

    office.get(DRAFT)
    before = cost()
    draft.refresh_from_db()  # the content of its own
    for copy in range(1, 6):
        draft.content["questions"] += [again(question, copy) for question in shipped(PRESENT)["questions"]]
    for number, question in enumerate(draft.content["questions"], start=1):
        question["number"] = number
    draft.save()
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
