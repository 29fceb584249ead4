"""The matrix (A2): every route × who × whose → status. A route without a row fails the build."""

import re
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver

from tests.access.addresses import address
from tests.access.building import CANARY, build
from tests.access.people import CAMDEN, PARTIES, PEOPLE, STRANGERS
from tests.access.rows import OF_BOROUGH, OWN_ACCOUNT, PUBLIC, ROUTES, STAGES


def routes(patterns=None, namespace: str = "") -> Iterator[str]:
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(entry, URLPattern):
            yield namespace + (entry.name or str(entry.pattern))
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from routes(entry.url_patterns, inner)


def test_A2_every_route_has_a_row():
    named = {name for name in routes() if name not in PUBLIC and not OWN_ACCOUNT.match(name)}
    assert named == set(ROUTES)


def client(world, person: str) -> Client:
    made = Client(raise_request_exception=False)
    made.force_login(getattr(world, person))
    return made


@pytest.mark.parametrize("people", [PEOPLE[0::3], PEOPLE[1::3], PEOPLE[2::3]])
@pytest.mark.parametrize("stage", STAGES)
def test_A2_who_gets_what_of_their_own_territory(world, stage, people):
    build(world, stage)
    deviations = []
    for person in people:
        browser = client(world, person)
        for name, row in ROUTES.items():
            if row.stage != stage:
                continue
            response = browser.get(address(name, row.of, "own"))
            expected = 405 if row.post else row.expected(person)
            if response.status_code != expected:
                deviations.append(f"{person} {name}: {response.status_code}, not {expected}")
            if person in CAMDEN | STRANGERS - {"hackney_administrator"} and CANARY in response.content.decode(
                "latin1"
            ):
                deviations.append(f"{person} {name}: shows Hackney's text")
    assert "\n".join(deviations) == ""


@pytest.mark.parametrize("person", ["camden_administrator", "leeds_co_ordinator"])
@pytest.mark.parametrize("stage", STAGES)
def test_A2_foreign_and_missing_answer_alike(world, stage, person):
    """404, with the same body and headers; also for POST and DELETE, and nothing is written."""
    build(world, stage)
    before = events()
    deviations = []
    browser = client(world, person)
    for name, row in ROUTES.items():
        if row.stage != stage or not row.of:
            continue
        target = "own" if person == "leeds_co_ordinator" else "foreign"
        if person in row.knows | row.ok and row.of not in OF_BOROUGH:
            continue
        for method in ("get", "post", "delete"):
            answers = {t: getattr(browser, method)(address(name, row.of, t)) for t in (target, "missing")}
            seen = {t: (a.status_code, body(a), headers(a)) for t, a in answers.items()}
            if seen[target] != seen["missing"] or seen[target][0] not in (403, 404, 405):
                statuses = {t: s[0] for t, s in seen.items()}
                deviations.append(f"{method} {name}: {statuses}")
        malformed = browser.get(address(name, row.of, "malformed")).status_code
        if malformed not in (404, 405):
            deviations.append(f"malformed {name}: {malformed}")
    assert "\n".join(deviations) == ""
    assert events() == before


def test_A2_nobody_gets_in_without_signing_in(world):
    build(world, "draft")
    browser = Client()
    for name, row in ROUTES.items():
        for method in ("get", "post"):
            response = getattr(browser, method)(address(name, row.of, "own"))
            api = name in ("kpis", "referral_figures", "api-root") or name.endswith(("-list", "-detail"))
            assert response.status_code in ((401, 403) if api else (302, 405)), (
                name,
                method,
                response.status_code,
            )
            if response.status_code == 302:
                assert response.url.startswith("/sign-in/"), name


POSTED = sorted({row.stage for row in ROUTES.values() if row.post})


@pytest.mark.parametrize("people", [PEOPLE[0::2], PEOPLE[1::2]])
@pytest.mark.parametrize("stage", POSTED)
def test_A2_who_may_press_a_button_of_their_own_territory(world, stage, people):
    """Whoever may is told about the moment or the input at most; nobody else changes anything."""
    build(world, stage)
    before, deviations = events(), []
    for person in people:
        browser = client(world, person)
        for name, row in ROUTES.items():
            if row.stage != stage or not row.post:
                continue
            with transaction.atomic():
                status = browser.post(address(name, row.of, "own")).status_code
                changed = events() != before
                transaction.set_rollback(True)
            if person in row.ok and (status in (403, 404, 405, 500) and status != row.status):
                deviations.append(f"{person} {name}: {status} though it is this person's")
            if person not in row.ok and (status not in (403, 404) or changed):
                deviations.append(f"{person} {name}: {status}, not {row.expected(person)}")
    assert "\n".join(deviations) == ""


@pytest.mark.parametrize("stage", STAGES)
def test_A2_a_form_from_the_wrong_seat_changes_nothing(world, stage):
    build(world, stage)
    before, deviations = events(), []
    for name, row in ROUTES.items():
        if row.stage != stage or row.post or not row.of or row.ok >= PARTIES:
            continue
        for person in sorted(row.knows - row.ok):
            status = client(world, person).post(address(name, row.of, "own")).status_code
            if status not in (403, 404, 405, dict(row.unlike).get(person)) or events() != before:
                deviations.append(f"{person} {name}: {status}")
    assert "\n".join(deviations) == ""


def events() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM audit_event) + (SELECT count(*) FROM audit_draft)")
        return cursor.fetchone()[0]


def body(response) -> str:
    """Without what differs between two requests for the same page."""
    text = response.content.decode("latin1")
    return re.sub(
        r'name="csrfmiddlewaretoken" value="\w+"|data-left="\d+"|[\w-]+-[MPC]-\d+-\d+|/[\w/?=&;-]*(?=")',
        "",
        text,
    )


def headers(response) -> dict[str, str]:
    return {k: v for k, v in response.headers.items() if k not in ("Content-Length", "X-Request-Reference")}
