"""C1: a form that is sent again does nothing again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from lxml import html

from accounts.models import Submission
from accounts.tasks import forget
from protocols.models import VersionClause

TYPED = {"heading": "Local contacts at night", "body": "Ring the duty desk.", "depth": "1"}


def browser_of(user) -> Client:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)
    return browser


def opened(browser: Client, address: str) -> dict[str, str]:
    """The form's values as the page offers them."""
    [form] = html.fromstring(browser.get(address).content).forms[-1:]
    return {name: value for name, value in form.form_values() if name not in TYPED}


@pytest.fixture
def address(world):
    return f"/protocols/{world.protocol().reference}/draft/add/"


def added() -> int:
    return VersionClause.objects.filter(heading=TYPED["heading"]).count()


def test_C1_of_twenty_equal_forms_at_once_one_takes_effect(committed):
    with committed.scope():
        address = f"/protocols/{committed.protocol().reference}/draft/add/"
    user = committed.camden_administrator
    browser = browser_of(user)
    form = opened(browser, address) | TYPED

    def send(_):
        try:
            mine = Client(enforce_csrf_checks=True)
            mine.cookies = browser.cookies
            return mine.post(address, form)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(send, range(20)))
    assert {(a.status_code, a["Location"]) for a in answers} == {(302, address.removesuffix("add/"))}
    with committed.scope():
        assert added() == 1


def test_C1_the_same_words_from_a_page_opened_later_are_a_new_form(world, address):
    browser = browser_of(world.camden_administrator)
    for expected in (1, 2):
        browser.post(address, opened(browser, address) | TYPED)
        assert added() == expected


def test_C1_a_refused_form_may_be_sent_again(world, address):
    browser = browser_of(world.camden_administrator)
    form = opened(browser, address) | TYPED
    assert browser.post(address, form | {"heading": ""}).status_code == 200
    assert not Submission.objects.exists()
    assert browser.post(address, form).status_code == 302
    assert added() == 1


def test_keys_are_forgotten_after_a_day(world):
    for age in (1, 25):
        Submission.objects.create(
            user=world.camden_administrator,
            digest=str(age),
            location="/",
            at=timezone.now() - timedelta(hours=age),
        )
    forget()
    assert Submission.objects.get().digest == "1"
