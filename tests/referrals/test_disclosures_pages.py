"""The forms of a disclosure: each page at its address, what is wrong beside its field, nothing typed lost."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.second_factor import current_code
from referrals.disclosing.draft import AT_MOST
from referrals.forms.disclosure_finding import KnewForm
from referrals.forms.disclosure_steps import FORMS
from referrals.models import Case, Disclosure
from tests.pages import text
from tests.referrals.disclosing import DAY, Disclosing
from tests.referrals.disclosing import TODAY as NOW
from tests.referrals.disclosing_pages import DECISION, PROPOSAL, REQUEST, TODAY, day, send

TOMORROW = TODAY + timedelta(days=1)
FIRST = {n: REQUEST[n] for n in (*day(), "asked_by", "why")}


@pytest.fixture
def ledger(world):
    return Disclosing(world)


@pytest.fixture
def client(world):
    return browser(world.camden_administrator)


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def address(ledger):
    return f"/cases/{ledger.case}/disclosures/new/request/"


def test_each_page_asks_its_own_and_keeps_what_was_typed(client, address):
    assert "Who asked, and why?" in text(client.get(address))
    wrong = text(client.post(address, FIRST | {"asked_by": ""}, follow=True))
    assert "Enter who asked" in wrong and "Select the circumstances" not in wrong
    sent = client.post(address, FIRST)
    assert (sent.status_code, sent["Location"]) == (302, f"{address}?step=2"), "the browser can go back to it"
    second = client.get(sent["Location"]).content.decode()
    assert "Why might somebody be told?" in second and "There is a problem" not in second
    assert '<input type="hidden" name="asked_by" value="Canary Asker">' in second
    for again in (address, f"{address}?step=1"):
        assert 'value="Canary Asker"' in client.get(again).content.decode()
    assert client.get(f"{address}?step=4")["Location"] == f"{address}?step=2", "not sent yet"
    assert not Disclosure.objects.exists()


def test_after_a_change_the_answers_to_check_come_back_with_days_in_words(client, address):
    client.post(f"{address}?step=3", REQUEST)
    changed = client.post(f"{address}?step=1", REQUEST | {"why": "Another reason"} | day(on=date(2025, 1, 1)))
    assert changed["Location"] == f"{address}?step=4"
    page = text(client.get(changed["Location"]))
    assert "Check your answers" in page and "Another reason" in page
    assert "1 January 2025" in page and "1/1/2025" not in page


FUTURE = REQUEST | day(on=TOMORROW)


def test_a_day_to_come_is_refused_on_its_own_page(client, address):
    sent = client.post(address, FIRST | day(on=TOMORROW))
    assert sent["Location"] == f"{address}?step=1"
    page = client.get(sent["Location"]).content.decode()
    assert 'href="#id_happened_on_0">Date must be today or in the past' in page
    assert 'value="Canary Asker"' in page


def test_what_is_refused_at_the_end_leads_to_its_page_and_loses_nothing(client, address):
    client.post(f"{address}?step=3", REQUEST)
    sent = client.post(f"{address}?step=4", FUTURE)
    assert sent["Location"] == f"{address}?step=4" and not Disclosure.objects.exists()
    page = client.get(sent["Location"]).content.decode()
    assert 'href="?step=1#id_happened_on_0">Date must be today or in the past' in page
    assert "<title>Error: Check your answers" in page and "Canary Asker" in page
    mended = client.post(f"{address}?step=1", REQUEST, follow=True)
    assert "There is a problem" not in text(mended) and "Check your answers" in text(mended)
    assert client.post(f"{address}?step=4", REQUEST).status_code == 302
    assert Disclosure.objects.count() == 1


def test_what_somebody_added_meanwhile_is_said_among_the_answers(ledger, client):
    made = ledger.open()
    add = f"/disclosures/{made}/add/proposal/"
    client.post(f"{add}?step=5", PROPOSAL)
    assert client.get(f"{add}?step=6").status_code == 200
    page = text(client.post(f"{add}?step=6", PROPOSAL | {"seen": "0"}, follow=True))
    assert "Somebody added to this disclosure" in page and "Check your answers" in page


# -- What is kept --


def kept() -> str:
    return str([session.get_decoded() for session in Session.objects.all()])


def test_answers_are_kept_sealed_until_recorded_or_cancelled(client, address):
    client.post(f"{address}?step=3", REQUEST)
    assert "disclosure_drafts" in kept() and "canary" not in kept().lower()
    assert client.post(f"{address}?step=3", REQUEST | {"cancel": "1"})["Location"].startswith("/cases/")
    assert 'value="Canary Asker"' not in client.get(address).content.decode()
    client.post(f"{address}?step=3", REQUEST)
    client.post(f"{address}?step=4", REQUEST)
    assert 'value="Canary Asker"' not in client.get(address).content.decode()


def test_answers_belong_to_one_case_kind_and_person(ledger, client, world, address):
    client.post(f"{address}?step=3", REQUEST)
    for other in (address.replace("request", "outside"), f"/disclosures/{ledger.open()}/add/proposal/"):
        assert 'value="Canary Asker"' not in client.get(other).content.decode()
        assert client.get(f"{other}?step=3")["Location"] == f"{other}?step=1"
    assert "Canary Asker" not in browser(world.camden_mappa_chair).get(address).content.decode()


def test_more_than_any_answer_may_be_is_shown_at_once_and_not_kept(client, address):
    page = client.post(address, FIRST | {"why": "x" * AT_MOST})
    assert page.status_code == 200 and "must be 2,000 characters or less" in text(page)
    assert "disclosure_drafts" not in kept()


# -- Meetings to choose from --


def test_meetings_since_the_proposal_are_offered(ledger, world):
    made = ledger.proposed()
    before = ledger.hearing(DAY - timedelta(days=1))
    chair, add = browser(world.camden_mappa_chair), f"/disclosures/{made}/add/decision/"
    none = text(chair.get(add))
    assert before.reference not in none
    assert "No meeting has heard this case since 2 March 2026, when disclosure was proposed." in none
    assert "Put the case on the agenda of the next panel" in none
    after = ledger.hearing(DAY)
    page = chair.get(add).content.decode()
    assert set(re.findall(r'<option value="(CMD-M[^"]+)"', page)) == {after.reference}
    assert "No meeting has heard" not in page
    values = DECISION | {"route": "panel", "meeting": before.reference}
    refused = send(chair, add, values | {"code": current_code(world.camden_mappa_chair)}).content.decode()
    said = "Date of the meeting must be the same as or after 2 March 2026, when disclosure was proposed"
    assert f'href="#id_meeting">{said}' in refused


# -- Recipients --

TWICE = [  # the second person, is it the first again
    ({"recipient_2": " canary  HEAD", "role_2": "head"}, True),
    ({"recipient_2": "Canary Head", "role_2": "parent"}, False),
    ({"recipient_2": "Canary Teacher", "role_2": "head"}, False),
]


@pytest.mark.parametrize("second, refused", TWICE)
def test_nobody_is_told_twice(ledger, client, second, refused):
    add = f"/disclosures/{ledger.open()}/add/proposal/"
    page = client.post(add, PROPOSAL | second, follow=True).content.decode()
    assert ('href="#id_recipient_2">This is the first person again' in page) == refused


# -- Error texts --


def test_error_texts_are_sentences(ledger, world, rf):
    """None repeats a question or an aside of its label."""
    made, request = ledger.decided(), rf.get("/")
    request.user, request.session = world.camden_mappa_chair, {}
    built = [KnewForm({}, cases=Case.objects.none(), today=NOW)]
    for form in FORMS.values():
        more = {"request": request} if "code" in form.base_fields else {}
        built.append(form({}, place=made, today=NOW, **more))
    texts = {text for form in built for field in form.fields.values() for text in _texts(field)}
    wrong = [t for t in texts if re.search(r"\(optional\)|(?<!’)\?|Enter (date|day|review|next)", t)]
    assert not [t for t in wrong if "‘" not in t]
    assert {"Enter the date of the review", "Enter the date", "Enter the day"} <= texts


def _texts(field) -> set[str]:
    said = {code: str(text) for code, text in field.error_messages.items()}
    if field.required:
        yield said["required"]
    if hasattr(field, "choices"):
        yield said["invalid_choice"]
    if "max_length" in said:
        yield said["max_length"]
    if hasattr(field, "_thing"):
        yield f"{field._thing} must be a real date"
