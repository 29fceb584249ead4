"""The look and the wiring: assets, forms, words, lists, errors, headers."""

import functools
import json
import operator
import re
from datetime import UTC, date, datetime, time
from pathlib import Path

import html5lib
import pytest
from django import forms as django_forms
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import FileSystemStorage
from django.http import Http404
from django.test import RequestFactory
from django.urls import path
from rest_framework import serializers
from rest_framework.decorators import api_view, authentication_classes, permission_classes

from boards.models import Territory
from boards.roles import Seat
from mappa_portal import home, search, urls, words
from mappa_portal.exceptions import Conflict, Gone, TooMany, Unavailable
from mappa_portal.forms import DateField, Form
from mappa_portal.limits import limit
from mappa_portal.middleware import HEADERS
from mappa_portal.pagination import keyset, sorting
from mappa_portal.templatetags import govuk
from mappa_portal.text import markdown_to_html
from tests.factories import appoint

TOP = Path(__file__).resolve().parent.parent
STATIC = TOP / "static"
TODAY = date(2026, 11, 22)


def page(response):
    """Parse strictly: invalid HTML raises."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(response.content.decode())


# -- Assets --


def test_no_marks_that_belong_to_others():
    names = [p.name.lower() for p in STATIC.rglob("*")]
    assert not [n for n in names if re.search("crown|crest|govuk-icon|logotype|moj-apple|opengraph", n)]
    for sheet in [*STATIC.rglob("*.css"), *STATIC.rglob("*.svg")]:
        assert not re.search("crown|crest|GDS Transport", sheet.read_text(), re.IGNORECASE), sheet


def test_every_address_in_a_stylesheet_resolves(tmp_path):
    class Storage(ManifestStaticFilesStorage):
        def __init__(self):
            super().__init__(
                location=tmp_path, base_url="/static/", manifest_storage=FileSystemStorage(tmp_path)
            )

    files = {}
    for file in STATIC.rglob("*"):
        if file.is_file():
            name = str(file.relative_to(STATIC))
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(file.read_bytes())
            files[name] = (FileSystemStorage(tmp_path), name)
    failed = [result for _, _, result in Storage().post_process(files) if isinstance(result, Exception)]
    assert failed == []
    assert "sourceMappingURL" not in "".join(p.read_text() for p in STATIC.rglob("*.js"))


def test_pages_name_files_that_exist():
    named = re.findall(
        r"""{% static ['"](.+?)['"]""", "".join(p.read_text() for p in (TOP / "templates").rglob("*.html"))
    )
    assert "js/portal.js" in named and [name for name in named if not finders.find(name)] == []


def test_lock_file_names_no_host():
    assert "://" not in (TOP / "frontend/package-lock.json").read_text()


INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=|\|\s*safe\b|autoescape off")


def test_E3_templates_have_no_inline_code():
    pages = [p for p in (TOP / "templates").rglob("*.html") if p.parts[-2] not in ("pdf", "emails")]
    assert [str(p) for p in pages if INLINE.search(p.read_text())] == []


# -- Forms --


class Everything(Form):
    name = django_forms.CharField(label="Name of the clause", max_length=5, help_text="As in the template")
    days = django_forms.IntegerField(label="Notice in days", min_value=1, max_value=60)
    reason = django_forms.CharField(label="Reason", max_length=9, widget=django_forms.Textarea)
    due = DateField(label="Review date")
    email = django_forms.EmailField(label="Email address")
    kind = django_forms.ChoiceField(label="MAPPA level", choices=[("", ""), ("2", "2")])
    agrees = django_forms.ChoiceField(
        label="Do you approve?", choices=[("y", "Yes"), ("n", "No")], widget=django_forms.RadioSelect
    )
    who = django_forms.MultipleChoiceField(
        label="Agencies", choices=[("p", "Police")], widget=django_forms.CheckboxSelectMultiple
    )
    file = django_forms.FileField(label="Template file")
    password = django_forms.CharField(label="Password", widget=django_forms.PasswordInput)
    secret = django_forms.CharField(widget=django_forms.HiddenInput, required=False)


EMPTY = {
    "name": "Enter name of the clause",
    "days": "Enter notice in days",
    "reason": "Enter reason",
    "due": "Enter review date",
    "email": "Enter email address",
    "kind": "Select MAPPA level",
    "agrees": "Select an answer to ‘Do you approve?’",
    "who": "Select agencies",
    "file": "Select template file",
    "password": "Enter password",
}
WRONG = [
    ("name", {"name": "abcdef"}, "Name of the clause must be 5 characters or less"),
    ("days", {"days": "x"}, "Notice in days must be a whole number, like 14"),
    ("days", {"days": "61"}, "Notice in days must be 60 or less"),
    ("days", {"days": "0"}, "Notice in days must be 1 or more"),
    ("email", {"email": "x"}, "Email address must be an email address, like name@example.org"),
    ("kind", {"kind": "9"}, "Select MAPPA level from the list"),
    ("due", {"due_0": "1"}, "Enter review date"),
    ("due", {"due_day": "1", "due_year": "2026"}, "Review date must include a month"),
    ("due", {"due_day": "1"}, "Review date must include a month and year"),
    ("due", {"due_day": "31", "due_month": "2", "due_year": "2026"}, "Review date must be a real date"),
    ("due", {"due_day": "3", "due_month": "x", "due_year": "2026"}, "Review date must be a real date"),
    ("due", {"due_day": "3", "due_month": "2", "due_year": "26"}, "Year must include 4 numbers"),
    ("due", {"due_day": "3", "due_month": "2", "due_year": "9" * 30}, "Review date must be a real date"),
]


def test_empty_fields_say_what_to_do():
    assert {name: texts[0] for name, texts in Everything({}).errors.items()} == EMPTY


@pytest.mark.parametrize("name, typed, message", WRONG)
def test_wrong_values_say_what_is_expected(name, typed, message):
    assert Everything(typed).errors[name] == [message]


@pytest.mark.parametrize("month", ["11", "nov", "November"])
def test_dates_are_read_as_people_write_them(month):
    form = Everything({"due_day": "8", "due_month": month, "due_year": "2026"})
    assert "due" not in form.errors and form.cleaned_data["due"] == date(2026, 11, 8)


def test_words_of_the_field_itself_win():
    class Own(Form):
        name = django_forms.CharField(error_messages={"required": "Enter the representative's full name"})

    assert Own({}).errors["name"] == ["Enter the representative's full name"]


def test_markup_leads_from_the_summary_to_each_field_and_describes_it():
    form = Everything({"name": "abcdef", "due_day": "31", "due_month": "2", "due_year": "2026"})
    summary = govuk.register.tags["error_summary"]
    assert summary
    targets = [target for _, target in govuk.error_summary(form)["errors"]]
    tree = html5lib.parseFragment(str(form), namespaceHTMLElements=False)
    ids = [e.get("id") for e in tree.iter() if e.get("id")]

    assert len(ids) == len(set(ids))
    assert len(targets) == len(EMPTY) and set(targets) <= set(ids)
    described = [i for e in tree.iter() for i in (e.get("aria-describedby") or "").split()]
    assert described and set(described) <= set(ids)
    labels = [e.get("for") for e in tree.iter("label")]
    assert len(labels) == len(set(labels)) and set(labels) <= set(ids)
    controls = [
        e for e in tree.iter() if e.tag in ("input", "select", "textarea") and e.get("type") != "hidden"
    ]
    assert {e.get("id") for e in controls} == set(labels)
    assert not [e for e in controls if "required" in e.attrib or "maxlength" in e.attrib]
    assert tree.find(".//*[@name='due_day']").get("value") == "31"
    assert tree.find(".//*[@name='name']").get("value") == "abcdef"


def test_hostile_text_in_a_form_is_text():
    form = Everything({"name": "<script>alert(1)</script>", "due_day": '"><b>'})
    assert "<script>" not in str(form) and "<b>" not in str(form)


# -- Words --

WORDS = [
    (words.long_date, date(2026, 11, 21), "21 November 2026"),
    (words.short_date, date(2026, 11, 2), "2 Nov 2026"),
    (words.weekday_date, date(2026, 11, 12), "Thursday 12 November 2026"),
    (words.long_date, datetime(2026, 6, 30, 23, 30, tzinfo=UTC), "1 July 2026"),
    (words.moment, datetime(2026, 11, 21, 10, 42, tzinfo=UTC), "21 November 2026 at 10:42am"),
    (words.clock, datetime(2026, 6, 1, 9, 0, tzinfo=UTC), "10am"),
    (words.clock, time(14, 30), "2:30pm"),
    (words.clock, time(12, 0), "midday"),
    (words.clock, time(0, 5), "12:05am"),
    (words.long_date, None, ""),
    (words.lower_first, "MAPPA chair", "MAPPA chair"),
    (words.lower_first, "Date of birth", "date of birth"),
]


@pytest.mark.parametrize("say, value, said", WORDS)
def test_dates_and_words(say, value, said):
    assert say(value) == said


@pytest.mark.parametrize("number, said", [(0, "0 agencies"), (1, "1 agency"), (2, "2 agencies")])
def test_plurals(number, said):
    assert words.plural(number, "agency", "agencies") == said


def test_a_table_escapes_and_labels_its_cells():
    table = govuk.data_table("T", ["A", "B", "C", "D<"], [["<b>", 1, "x", "y"]], numeric="2")
    assert "&lt;b&gt;" in table["body"] and 'data-label="D&lt;"' in table["body"]
    assert table["body"].count("cell--numeric") == 1 and table["head"].count("header--numeric") == 1


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>)",
    "[x](//evil.example)",
    "[x](/account/)",
    "![x](http://evil.example/pixel.png)",
    "<https://[x>",
    "| a |\n|:-:|\n| <b>1</b> |",
    '[x](https://a.example "\\" onclick=alert(1)")',
]


@pytest.mark.parametrize("text", HOSTILE)
def test_P1_markdown_lets_nothing_through(text):
    tree = html5lib.parseFragment(markdown_to_html(text), namespaceHTMLElements=False)
    for element in tree.iter():
        assert element.tag not in ("script", "img", "b", "style", "iframe")
        assert set(element.attrib) <= {"class", "href", "title"}
        assert (element.get("href") or "https:").startswith(("https:", "mailto:"))


def test_markdown_headings_fit_below_those_of_the_page():
    html = markdown_to_html("# One\n\n### Two\n\n- a\n", top=3)
    assert '<h3 class="govuk-heading-s">One</h3>' in html and "<h5" in html and "govuk-list--bullet" in html


# -- Lists --


@pytest.fixture
def territories(db):
    for number in range(7):
        Territory.objects.create(
            kind="area", code=f"Z{'ABCDEFG'[number]}Z", slug=f"z{number}", name=f"Z {number // 2}"
        )
    return Territory.objects.filter(slug__startswith="z")


@pytest.mark.parametrize(
    "order", [("slug",), ("-slug",), ("name", "code"), ("-name", "code"), ("name", "-code")]
)
def test_pages_forward_and_back_show_each_row_once(territories, order):
    expected = [t.slug for t in territories.order_by(*order)]
    forward, backward, url = [], [], ""
    while True:
        shown = keyset(territories, RequestFactory().get(f"/{url}"), *order, size=3)
        forward.append([t.slug for t in shown])
        url = shown.next_url
        if not url:
            break
    url = shown.previous_url
    while url:
        shown = keyset(territories, RequestFactory().get(f"/{url}"), *order, size=3)
        backward.insert(0, [t.slug for t in shown])
        url = shown.previous_url

    assert functools.reduce(operator.iadd, forward, []) == expected
    assert functools.reduce(operator.iadd, backward, []) == expected[:6]


def test_A3_a_made_up_place_in_a_list_is_not_found(territories):
    with pytest.raises(Http404):
        keyset(territories, RequestFactory().get("/?after=eyJhIjoxfQ"), "slug")


@pytest.mark.parametrize("other", [("-slug",), ("name",), ("pk",), ("name", "code")])
def test_A3_a_place_in_another_list_is_not_found(territories, other):
    place = keyset(territories, RequestFactory().get("/"), "slug", size=3).next_url
    with pytest.raises(Http404):
        keyset(territories, RequestFactory().get(f"/{place}"), *other, size=3)


SORTS = [("?sort=due", ["due_on", "pk"]), ("?sort=-due", ["-due_on", "-pk"]), ("?sort=password", ["name"])]


@pytest.mark.parametrize("query, fields", SORTS)
def test_A3_sorting_is_an_allow_list(query, fields):
    allowed = {"due": ["due_on", "pk"], "name": ["name"]}
    assert sorting(RequestFactory().get(f"/{query}"), allowed, "name")[1] == fields


# -- Errors --


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
    settings.ROOT_URLCONF = "tests.test_frontend"
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


# -- Home and search --

DAYS = [
    (date(2026, 11, 21), "Overdue"),
    (date(2026, 11, 22), "Today"),
    (None, "Today"),
    (date(2026, 11, 23), "Next 14 days"),
    (date(2026, 12, 6), "Next 14 days"),
    (date(2026, 12, 7), "Later"),
]


@pytest.mark.parametrize("due, heading", DAYS)
def test_home_groups_by_day(due, heading):
    (group,) = home.grouped([home.Task("the protocol", "/", due)], TODAY)
    assert group.heading == heading


@pytest.fixture
def signed_in(client, world):
    client.force_login(world.camden_administrator)
    return client


def test_home_without_work_names_what_comes_next(signed_in, monkeypatch):
    monkeypatch.setattr(home, "_rooms", [lambda user, today: []])
    assert "Nothing needs you today." in signed_in.get("/").content.decode()

    later = home.Task("the Camden protocol", "/x/", date(2099, 12, 8), verb="Review")
    monkeypatch.setattr(home, "_rooms", [lambda user, today: [later]])
    text = signed_in.get("/").content.decode()
    assert "Nothing needs you today. Next: Review the Camden protocol on Tuesday 8 December 2099." in text
    assert "OFFICIAL-SENSITIVE" in text and "London MAPPA" in text and "Camden MAPPA Unit" in text


def test_search_counts_by_kind_and_says_which_forms_work(signed_in, monkeypatch):
    hits = [search.Hit("Camden protocol", "/x/", "CMD-P-2026-001"), search.Hit("Other", "/y/")]
    monkeypatch.setattr(
        search, "_rooms", {"protocols": lambda user, query: hits if query == "CMD-2026" else []}
    )
    text = signed_in.get("/search/?q=CMD-2026").content.decode()
    assert "2 results for ‘CMD-2026’ in protocols" in text and "CMD-P-2026-001" in text

    text = signed_in.get("/search/", {"q": "<b>" * 99}).content.decode()
    assert "0 results for" in text and "<b>" not in text and "a reference, or how it begins" in text


@pytest.mark.parametrize("address", ["/", "/search/"])
def test_home_and_search_ask_you_to_sign_in(client, db, address):
    response = client.get(address)
    assert response.status_code == 302 and "/sign-in/" in response.headers["Location"]


def test_E4_searching_has_a_limit(db):
    with pytest.raises(TooMany):
        for _ in range(4):
            limit("test", "somebody", most=3)


SEES = [
    ("camden_administrator", ["Home", "Protocols"], "Emails and jobs"),
    ("camden_board_chair", ["Home", "Protocols"], "Review calendar"),
    ("area_administrator", ["Home", "Area", "Audit"], "Check a signed document"),
    ("auditor", ["Home", "Area", "Audit"], "Check a signed document"),
    ("camden_police_spoc", ["Home"], "Check a signed document"),
    ("nobody", [], "You hold no seat today"),
]


@pytest.mark.parametrize("who, links, register", SEES)
def test_each_seat_finds_its_way(client, world, who, links, register):
    client.force_login(getattr(world, who))
    tree = page(client.get("/"))
    menu = tree.find(".//ul[@id='navigation']")
    assert ["".join(link.itertext()).strip() for link in menu or []] == links
    assert register in "".join(tree.find(".//main").itertext())


SEATINGS = [
    (o, s) for o in ("london-smb", "london-mappa-executive-office", "camden-mappa-unit") for s in Seat
]


@pytest.mark.parametrize(("where", "seat"), SEATINGS)
def test_what_is_offered_opens(client, world, where, seat):
    appoint(world.nobody, world.organisation(where), seat)
    client.force_login(world.nobody)
    tree = page(client.get("/"))
    offered = {link.get("href") for link in tree.findall(".//ul[@id='navigation']//a")}
    offered |= {
        link.get("href") for link in tree.findall(".//main//a") if "no-visited" in link.get("class", "")
    }
    assert len(offered) > 1
    for url in offered:
        assert client.get(url, follow=True).status_code == 200, url


def test_the_api_page_describes_every_address_and_each_link_leads_somewhere(browser):
    tree = page(browser.get("/api/v1/docs/"))
    paths = json.loads(browser.get("/api/v1/schema/?format=json").content)["paths"]
    text = "".join(tree.find(".//main").itertext())
    ids = {e.get("id") for e in tree.iter() if e.get("id")}
    assert paths and all(path in text for path in paths)
    assert {e.get("href")[1:] for e in tree.iter("a") if e.get("href", "").startswith("#")} <= ids
