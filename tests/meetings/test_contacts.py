"""The directory of contacts: who keeps it, who confirms it, whom the night asks, and what a link opens."""

import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils.timezone import localdate

from audit.models import Event
from mappa_portal.exceptions import Conflict, StaleEdit
from meetings import contacts, tasks
from meetings.actions import contacts as actions
from meetings.models import Contact
from outbox.jobs import run_jobs
from outbox.models import Job, Message
from tests.pages import text

TODAY = localdate()
ADA = {"name": "Ada Canary", "email": "ada@example.org"}


@pytest.fixture
def unit(world):
    return world.organisation("camden-mappa-unit")


@pytest.fixture
def contact(world, unit):
    return actions.add_contact(
        unit, world.organisation("metropolitan-police"), by=world.camden_administrator, **ADA
    )


@pytest.fixture
def browser(world):
    client = Client()
    client.force_login(world.camden_administrator)
    return client


WHO = ["camden_police_spoc", "camden_business_manager", "hackney_administrator", "co_ordinator"]


@pytest.mark.parametrize("who", WHO)
def test_only_the_unit_keeps_contacts(world, contact, unit, who):
    by = getattr(world, who)
    for act in (
        lambda: actions.add_contact(unit, world.organisation("camden-lscb"), by=by, **ADA),
        lambda: actions.change_contact(contact, revision=1, by=by, name="X"),
        lambda: actions.end_contact(contact, on=TODAY, today=TODAY, by=by),
        lambda: actions.ask(contact, today=TODAY, by=by),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_an_agency_has_one_contact_until_it_ends(world, contact, unit):
    by, police = world.camden_administrator, contact.agency
    with pytest.raises(ValidationError, match="This agency has a contact already"):
        actions.add_contact(unit, police, by=by, **ADA)
    with pytest.raises(ValidationError, match="Last day must be today or in the past"):
        actions.end_contact(contact, on=TODAY + timedelta(days=1), today=TODAY, by=by)
    actions.end_contact(contact, on=TODAY, today=TODAY, by=by)
    with pytest.raises(Conflict):
        actions.ask(contact, today=TODAY, by=by)
    assert actions.add_contact(unit, police, by=by, **ADA).pk != contact.pk


def test_C2_a_stale_change_is_refused_and_the_same_again_is_none(world, contact):
    by = world.camden_administrator
    assert actions.change_contact(contact, revision=1, by=by, **ADA).revision == 1
    assert actions.change_contact(contact, revision=1, by=by, phone="020").revision == 2
    with pytest.raises(StaleEdit):
        actions.change_contact(contact, revision=1, by=by, phone="021")


COVER = [
    ({"cover_email": "c@example.org"}, "Enter who covers, and from when"),
    ({"cover_from": TODAY, "cover_until": TODAY - timedelta(days=1)}, "Cover must end the same day"),
]


@pytest.mark.parametrize("values, said", COVER)
def test_cover_says_who_and_from_when(world, contact, values, said):
    with pytest.raises(ValidationError, match=said):
        actions.change_contact(contact, revision=1, by=world.camden_administrator, **values)


# -- Asked every six months --


def promised(world, today: date) -> int:
    """How many letters the night of that day adds."""
    before = Job.objects.filter(kind="meetings.ask_contact").count()
    with world.acting(world.camden_administrator):
        contacts.ask_the_due(world.territory("camden"), today)
    return Job.objects.filter(kind="meetings.ask_contact").count() - before


def test_O4_each_contact_is_asked_once_for_each_due_date(world, contact):
    tasks.ask_contacts()
    run_jobs()
    tasks.ask_contacts()
    run_jobs()
    [letter] = Message.objects.filter(kind="contact")
    assert letter.to_email == "ada@example.org" and "/c/CMD-" in letter.text
    assert promised(world, TODAY + timedelta(days=1)) == 0
    actions.confirm_by_link(contact, revision=1, today=date(2026, 1, 31))
    nights = [date(2026, 7, 30), date(2026, 7, 31), date(2026, 8, 1)]
    assert [promised(world, night) for night in nights] == [0, 1, 0]


def test_a_contact_that_left_is_not_asked(world, contact):
    tasks.ask_contacts()
    actions.end_contact(contact, on=TODAY, today=TODAY, by=world.camden_administrator)
    run_jobs()
    assert (
        not Message.objects.filter(kind="contact").exists() and not Job.objects.filter(done_at=None).exists()
    )


# -- The link --


@pytest.fixture
def link(world, contact) -> str:
    actions.ask(contact, today=TODAY, by=world.camden_administrator)
    return re.search(r"/c/\S+", Message.objects.get(kind="contact").text)[0]


def page_of(client, link: str) -> str:
    taken = client.get(link)
    assert taken.status_code == 303 and "CMD-" not in taken["Location"]
    return taken["Location"]


def test_L2_opening_the_link_fifty_times_changes_nothing(contact, link):
    before = Contact.objects.values().get(pk=contact.pk)
    for _ in range(50):
        client = Client()
        assert "Are these details right?" in text(client.get(page_of(client, link)))
    assert Contact.objects.values().get(pk=contact.pk) == before


def test_one_button_confirms_and_the_form_changes(contact, link):
    client = Client()
    page = page_of(client, link)
    assert "Thank you" in text(client.post(page, follow=True))
    contact.refresh_from_db()
    assert contact.confirmed_on == TODAY
    client.post(page)
    assert Event.objects.filter(name="contact.confirmed").count() == 1
    new = {"change": "yes", "revision": "1", "name": "Bea Canary", "email": contact.email}
    assert "Bea Canary" in text(client.post(page, new, follow=True))
    stale = client.post(page, new | {"name": "Cyd"})
    assert "Somebody else changed this" in text(stale) and "Enter" not in text(client.post(page, new))
    assert "Enter full name" in text(client.post(page, new | {"name": "", "revision": "2"}))


def test_a_contact_who_enters_another_address_ends_the_link_of_the_old_one(world, contact, link):
    client = Client()
    page = page_of(client, link)
    new = {"change": "yes", "revision": "1", "name": contact.name, "email": "bea@example.org"}
    said = text(client.post(page, new))
    assert "Thank you" in said and "This link has ended" in said and "Save and confirm" not in said
    assert client.get(page).status_code == client.post(page, new).status_code == 410
    contact.refresh_from_db()
    assert (contact.email, contact.confirmed_on) == ("bea@example.org", TODAY)
    actions.ask(contact, today=TODAY, by=world.camden_administrator)
    assert Message.objects.filter(kind="contact", to_email="bea@example.org").count() == 1


@pytest.mark.parametrize("days, status", [(30, 200), (31, 410)])
def test_L1_the_link_expires_after_thirty_days(contact, link, days, status):
    client = Client()
    page = page_of(client, link)
    Contact.objects.update(asked_on=TODAY - timedelta(days=days))
    assert client.get(page).status_code == status


ENDINGS = ["ended", "other address", "newer letter"]


@pytest.mark.parametrize("how", ENDINGS)
def test_L1_a_link_ends_with_its_contact_address_or_a_newer_letter(world, contact, link, how):
    by, client = world.camden_administrator, Client()
    page = page_of(client, link)
    if how == "ended":
        actions.end_contact(contact, on=TODAY, today=TODAY, by=by)
    elif how == "other address":
        actions.change_contact(contact, revision=1, by=by, email="new@example.org")
    else:
        actions.ask(contact, today=TODAY + timedelta(days=1), by=by)
    gone, unknown = client.get(page), Client().get(f"/c/{'0' * 24}/")
    assert (gone.status_code, unknown.status_code) == (410, 410)
    assert client.post(page).status_code == 410


# -- Pages --


def test_the_list_names_agencies_without_a_contact(browser, contact):
    page = text(browser.get("/contacts/"))
    assert "Camden Adult Social Care has no contact. Add one" in page and "Ada Canary" in page
    assert "3 agencies have no contact" in page and "To confirm" in page


def test_bounce_and_seniority_are_shown(browser, world, contact):
    actions.change_contact(contact, revision=1, by=world.camden_administrator, representative_grade=2)
    actions.ask(contact, today=TODAY, by=world.camden_administrator)
    Message.objects.update(state="failed")
    page = text(browser.get("/contacts/"))
    assert "Email refused on" in page and "Seniority too low for Level 3" in page
    assert "/mail/" in browser.get("/contacts/camden/metropolitan-police/").content.decode()


def test_all_who_are_due_are_asked_at_once(browser, contact):
    assert "Ask 1 contact to confirm" in text(browser.get("/contacts/"))
    assert "1 contact asked to confirm." in text(browser.post("/contacts/ask/", follow=True))
    assert "Ask 1 contact" not in text(browser.get("/contacts/"))


def test_a_contact_is_added_changed_and_ended(browser):
    place = "/contacts/camden/camden-adult-social-care/"
    assert "Enter email address" in text(browser.post(place, {"revision": "0", "name": "Ada"}))
    assert "has a contact now" in text(browser.post(place, {"revision": "0"} | ADA, follow=True))
    assert "is saved" in text(browser.post(place, {"revision": "1", "phone": "020"} | ADA, follow=True))
    clash = browser.post(place, {"revision": "1", "phone": "021"} | ADA)
    assert clash.status_code == 409 and "Both versions" in text(clash)
    day = {"on_day": TODAY.day, "on_month": TODAY.month, "on_year": TODAY.year}
    assert "has no contact now. Add one." in text(browser.post(f"{place}end/", day, follow=True))


def test_a_list_costs_the_same_with_more_contacts(browser, world, unit, django_assert_max_num_queries):
    def queries() -> int:
        with django_assert_max_num_queries(40) as seen:
            browser.get("/contacts/")
        return len(seen)

    def add(slug: str) -> None:
        actions.add_contact(unit, world.organisation(slug), by=world.camden_administrator, **ADA)

    add("metropolitan-police")
    queries()
    few = queries()
    for slug in ("camden-adult-social-care", "camden-youth-justice-service", "camden-childrens-services"):
        add(slug)
    assert queries() == few


def test_the_page_that_ends_a_contact_asks_for_the_last_day(browser, contact):
    assert "Last day" in text(browser.get("/contacts/camden/metropolitan-police/end/"))
    assert browser.get("/contacts/camden/camden-adult-social-care/end/").status_code == 404
