"""What every answer has: words and numbers for errors, headers, whole pages."""

import json
import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.urls import path
from rest_framework import serializers
from rest_framework.decorators import api_view, authentication_classes, permission_classes

from boards.models import Territory
from mappa_portal import urls
from mappa_portal.exceptions import Conflict, Gone, TooMany, Unavailable
from mappa_portal.middleware import HEADERS
from tests.frontend.html import page


def fail(request, what):
    if what == "rollback":
        Territory.objects.create(kind="area", code="ZZZ", slug="zzz", name="Z")
    raise {
        "conflict": Conflict("Version 4 replaced version 3."),
        "rollback": Conflict("Too late."),
        "gone": Gone("The meeting has started."),
        "too-many": TooMany("Wait."),
        "unavailable": Unavailable("No time stamp."),
        "denied": PermissionDenied("Your seat does not let you sign this."),
        "missing": Http404("canary"),
        "invalid": ValidationError({"name": ["Enter a name"]}),
        "nested": serializers.ValidationError({"clauses": [{}, {"text": ["Enter the text"]}]}),
        "bug": ZeroDivisionError("canary"),
    }[what]


fail_api = api_view(["GET", "POST"])(permission_classes([])(authentication_classes([])(fail)))
urlpatterns = [
    path("fail/<what>/", fail),
    path("api/v1/fail/<what>/", fail_api),
    *urls.urlpatterns,
]
handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)

STATUSES = [
    ("conflict", 409, "Version 4 replaced version 3."),
    ("gone", 410, "The meeting has started."),
    ("too-many", 429, "Wait."),
    ("unavailable", 503, "No time stamp."),
    ("denied", 403, "Your seat does not let you sign this."),
    ("missing", 404, "There is nothing at this address, or it is not yours to see."),
]


@pytest.fixture
def browser(client, db, settings):
    settings.ROOT_URLCONF = "tests.frontend.test_answers"
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("what, status, words", STATUSES)
def test_E1_pages_say_what_happened(browser, what, status, words):
    response = browser.get(f"/fail/{what}/")
    assert response.status_code == status
    text = "".join(page(response).find(".//main").itertext())
    assert words in text and "canary" not in text


@pytest.mark.parametrize("what, status, words", STATUSES)
def test_E1_problem_json_says_the_same(browser, what, status, words):
    response = browser.get(f"/api/v1/fail/{what}/")
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert (body["status"], body["detail"]) == (status, words) and body["type"] == "about:blank"


def test_E1_a_bug_gives_a_number_and_nothing_else(browser):
    response = browser.get("/fail/bug/")
    text = response.content.decode()
    assert response.status_code == 500
    assert re.search(r">[0-9A-F]{8}<", text) and "canary" not in text and "ZeroDivision" not in text
    machine = browser.get("/api/v1/fail/bug/")
    assert machine.status_code == 500 and b"canary" not in machine.content
    assert machine.headers["Content-Type"] == "application/problem+json"


def test_problem_json_points_at_each_wrong_value(browser):
    errors = {
        what: json.loads(browser.post(f"/api/v1/fail/{what}/").content)["errors"]
        for what in ("invalid", "nested")
    }
    assert errors["invalid"] == [{"pointer": "/name", "detail": "Enter a name"}]
    assert errors["nested"] == [{"pointer": "/clauses/1/text", "detail": "Enter the text"}]


@pytest.mark.parametrize("door", ["/fail/rollback/", "/api/v1/fail/rollback/"])
def test_T2_a_refusal_rolls_the_request_back(browser, door):
    assert browser.get(door).status_code == 409
    assert not Territory.objects.filter(slug="zzz").exists()


@pytest.mark.parametrize("address", ["/api/nothing/", "/api/v1/nothing/", "/api/v1/nothing.json"])
def test_nothing_under_the_api_is_json(browser, address):
    response = browser.get(address)
    assert response.status_code == 404 and response.headers["Content-Type"] == "application/problem+json"


def test_a_form_from_elsewhere_is_refused_in_words(settings, db):
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post("/search/")
    assert response.status_code == 403
    assert "What you sent was not recorded" in response.content.decode()


# -- Headers and pages --

PUBLIC = ["/privacy/", "/accessibility/", "/cookies/"]


@pytest.mark.parametrize(
    "address", [*PUBLIC, "/nothing/", "/fail/conflict/", "/fail/bug/", "/api/v1/", "/healthz"]
)
def test_E3_headers_stand_on_every_answer(browser, address):
    headers = browser.get(address).headers
    assert HEADERS.items() <= dict(headers).items()
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("address", PUBLIC)
def test_public_pages_are_whole(browser, address):
    tree = page(browser.get(address))
    (heading,) = tree.findall(".//h1")
    assert tree.find(".//title").text == f"{heading.text} – MAPPA portal"
    markings = [e.text for e in tree.iter("p") if "app-marking" in e.get("class", "")]
    assert markings == ["OFFICIAL", "OFFICIAL"]


def test_the_api_page_describes_every_address_and_each_link_leads_somewhere(browser):
    tree = page(browser.get("/api/v1/docs/"))
    paths = json.loads(browser.get("/api/v1/schema/?format=json").content)["paths"]
    text = "".join(tree.find(".//main").itertext())
    ids = {e.get("id") for e in tree.iter() if e.get("id")}
    assert paths and all(path in text for path in paths)
    assert {e.get("href")[1:] for e in tree.iter("a") if e.get("href", "").startswith("#")} <= ids


def test_the_reference_speaks_in_words(browser):
    text = " ".join(browser.get("/api/v1/docs/").content.decode().split())
    assert "Paginated" not in text.replace('id="Paginated', "").replace('href="#Paginated', "")
    for words in ("Page of protocol rows", "Waiting for signatures", "Not decided yet", "csv for a table"):
        assert words in text
