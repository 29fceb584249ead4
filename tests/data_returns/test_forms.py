"""An area's own form of the return: built on pages, published from a year on, used from opening to release."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import Draft
from data_returns.actions import building
from data_returns.actions.opening import open_return
from data_returns.actions.releasing import release
from data_returns.actions.signing import sign
from data_returns.editions import PRESENT, SINCE, edition_of, shipped
from data_returns.models import Edition, Rendition, Return, Standing
from data_returns.workbook import read
from mappa_portal.exceptions import Conflict
from outbox.jobs import run_jobs
from tests.data_returns.conftest import AT, YEAR
from tests.data_returns.own_forms import ADULTS, DRAFT, FORMS, TODAY, published, withdrawn
from tests.pages import text

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


def test_no_more_texts_than_there_is_room_for(office, own_form):
    said = ADULTS | {"revision": 1, "texts_shown": 20, "text-19-label": "The last", "more": "text"}
    page = office.post(f"{DRAFT}questions/add/", said)
    assert 'value="The last"' in page.content.decode()
    assert "20 texts at most" in text(page) and "Add another text" not in text(page)


def test_words_with_braces_are_shown_as_they_were_typed(office, own_form):
    said = {"left": "q1_l1", "right": "q2_l1", "test": "at most", "level": "warning", "words": "Say {why}"}
    office.post(f"{DRAFT}checks/", said | {"revision": 1})
    page = text(office.get(f"{DRAFT}checks/"))
    assert "C1 Say {why} (N and N)" in page and "{{" not in page


# -- Which form a year is asked --


def test_the_form_that_was_asked_last_by_then_is_the_one(world, london, own_form):
    by = world.co_ordinator
    assert edition_of(london, YEAR, today=TODAY).slug == PRESENT, "a draft is asked nobody"
    published(own_form, by, YEAR + 1)
    later = published(building.start(london, shipped(PRESENT), title="Later", by=by), by, YEAR + 2)
    corrected = published(building.start(london, shipped(PRESENT), title="Same year", by=by), by, YEAR + 1)
    asked = {
        year: edition_of(london, year, today=TODAY).slug for year in (SINCE, YEAR + 1, YEAR + 2, YEAR + 9)
    }
    assert asked == {SINCE: PRESENT, YEAR + 1: corrected.slug, YEAR + 2: later.slug, YEAR + 9: later.slug}


def test_published_it_stays_as_it_is(world, own_form):
    edition = published(own_form, world.co_ordinator)
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


def test_S2_the_sum_of_parts_is_kept_with_the_parts(world, own_form, office):
    [place] = [n for n, r in enumerate(own_form.content["relations"], 1) if r["code"] == "H1"]
    with pytest.raises(Conflict, match="Parts add up to their whole"):
        building.remove_check(own_form, place, revision=own_form.revision, by=world.co_ordinator)
    assert f"checks/{place}/remove/" not in office.get(f"{DRAFT}checks/").content.decode()
    building.remove_check(own_form, place + 1, revision=own_form.revision, by=world.co_ordinator)


def test_it_is_withdrawn_until_a_return_is_opened_on_it(world, own_form):
    by = world.co_ordinator
    edition = withdrawn(published(own_form, by), by)
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


def test_what_happened_is_told(world, own_form):
    by = world.area_administrator
    edition = building.describe(own_form, title="New", notes=[], revision=1, by=by)
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
