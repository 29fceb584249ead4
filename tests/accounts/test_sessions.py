"""How long a session lasts, what is kept when it ends, and the second factor where somebody signs."""

import time

import pytest
from django.test import Client, RequestFactory

from accounts.second_factor import SecondFactorForm, current_code, has_fresh_factor
from tests.accounts.helpers import SIGN_IN, events, is_signed_in, sign_in

MINUTE = 60


def age(client, *, idle: float = 0, whole: float = 0) -> None:
    """As if the last request, or signing in, had been so many seconds ago."""
    session, now = client.session, time.time()
    session["started_at"], session["seen_at"] = now - max(idle, whole), now - idle
    session.save()


@pytest.mark.parametrize(
    "idle, whole, signed_in",
    [
        (29 * MINUTE, 0, True),
        (30 * MINUTE, 0, False),
        (0, 8 * 60 * MINUTE - 30, True),
        (0, 8 * 60 * MINUTE, False),
    ],
)
def test_I1_sessions_end(client, world, idle, whole, signed_in):
    client.force_login(world.camden_administrator)
    client.get("/account/")
    cookie = client.cookies["session"].value
    age(client, idle=idle, whole=whole)
    assert is_signed_in(client) == signed_in

    thief = Client()
    thief.cookies["session"] = cookie
    assert is_signed_in(thief) == signed_in
    assert events("user.signed_out").count() == (not signed_in)


def test_I1_activity_moves_the_idle_limit_but_not_the_absolute_one(client, world):
    client.force_login(world.camden_administrator)
    client.get("/account/")
    for _ in range(2):
        age(client, idle=20 * MINUTE, whole=7 * 60 * MINUTE)
        assert is_signed_in(client)
    assert client.session["seen_at"] > time.time() - MINUTE
    assert client.session["started_at"] < time.time() - 6 * 60 * MINUTE


def test_I1_asking_how_long_is_left_is_no_activity_but_extending_is(client, world):
    client.force_login(world.camden_administrator)
    client.get("/account/")
    age(client, idle=26 * MINUTE)
    asked = client.get("/sign-in/extend/", headers={"Accept": "application/json"}).json()
    assert 3 * MINUTE < asked["left"] <= 4 * MINUTE and asked["extendable"]
    extended = client.post("/sign-in/extend/", headers={"Accept": "application/json"}).json()
    assert extended["left"] > 29 * MINUTE
    assert Client().get("/sign-in/extend/").json() == {"left": 0}


def test_extending_works_without_scripts(client, world):
    client.force_login(world.camden_administrator)
    assert client.post("/sign-in/extend/", {"next": "/search/"})["Location"] == "/search/"


def test_a_form_sent_too_late_waits_for_the_same_person(client, world):
    user = world.camden_administrator
    client.force_login(user)
    client.get("/account/")
    age(client, idle=31 * MINUTE)
    typed = {"name": "Ada Lovelace", "phone": "020 7946 0001", "reminders": "on"}

    late = client.post("/account/", typed)

    assert late["Location"] == f"{SIGN_IN}?next=%2Fsign-in%2Fkept%2F"
    assert "nothing happened for 30 minutes" in client.get(late["Location"]).content.decode()
    assert "Ada" not in str(dict(client.session))
    sign_in(client, user, to="/sign-in/kept/")
    page = client.get("/sign-in/kept/")
    assert page.context["kept"]["typed"] == [list(pair) for pair in typed.items()]
    assert client.post("/account/", typed).status_code == 302
    user.refresh_from_db()
    assert user.name == "Ada Lovelace"
    assert client.get("/sign-in/kept/")["Location"] == "/"


def test_a_kept_form_is_not_for_somebody_else(client, world):
    client.force_login(world.camden_administrator)
    client.get("/account/")
    age(client, idle=31 * MINUTE)
    client.post("/account/", {"name": "Ada Lovelace"})
    sign_in(client, world.hackney_administrator)
    assert client.get("/sign-in/kept/")["Location"] == "/"


def test_passwords_and_codes_are_not_kept(client, world):
    user = world.camden_administrator
    client.force_login(user)
    client.get("/account/")
    age(client, idle=31 * MINUTE)
    client.post("/account/password/", {"oldpassword": "x", "password1": "y", "code": "123456", "other": "z"})
    sign_in(client, user)
    assert client.get("/sign-in/kept/").context["kept"]["typed"] == [["other", "z"]]


def test_devices_are_signed_out_one_by_one_or_together(client, world):
    user = world.camden_administrator
    others = [Client(headers={"User-Agent": f"Mozilla (Windows) Firefox/{n}"}) for n in range(3)]
    for one in (client, *others):
        sign_in(one, user)
    page = client.get("/account/devices/")
    devices = page.context["devices"]
    assert [d.here for d in devices] == [True, False, False, False]
    assert "Firefox on Windows" in page.content.decode()

    client.post("/account/devices/", {"device": devices[1].key})
    assert sum(map(is_signed_in, others)) == 2
    client.post("/account/devices/")
    assert is_signed_in(client) and not any(map(is_signed_in, others))


def test_a_device_of_somebody_else_is_not_there(client, world):
    other = Client()
    sign_in(other, world.hackney_administrator)
    theirs = other.get("/account/devices/").context["devices"][0]
    sign_in(client, world.camden_administrator)
    for key in (theirs.key, "abc", "1"):
        assert client.post("/account/devices/", {"device": key}).status_code == 404
    assert is_signed_in(other)


class Signing(SecondFactorForm):
    """What a room writes."""


@pytest.fixture
def signing(client, world, monkeypatch):
    """A request of a signed-in person, as a signing view gets it."""
    from allauth.core import context

    user = world.camden_mappa_chair
    sign_in(client, user)
    request = RequestFactory().post("/")
    request.user, request.session = user, client.session
    with context.request_context(request):
        yield request


def test_I1_the_second_factor_is_asked_for_again_after_ten_minutes(signing):
    assert has_fresh_factor(signing) and "code" not in Signing(request=signing).fields

    key = "account_authentication_methods"
    signing.session[key] = [r | {"at": r["at"] - 601} for r in signing.session[key]]

    assert not has_fresh_factor(signing)
    assert Signing({}, request=signing).errors == {"code": ["Enter the 6-digit code"]}
    assert not Signing({"code": "000000"}, request=signing).is_valid()


def test_I1_confirming_spends_the_code_and_makes_it_fresh(signing):
    from allauth.mfa.models import Authenticator

    from accounts.second_factor import give_totp

    signing.session["account_authentication_methods"] = []
    Authenticator.objects.filter(user=signing.user).delete()
    give_totp(signing.user)
    code = current_code(signing.user)

    assert Signing({"code": code}, request=signing).is_valid()
    assert has_fresh_factor(signing)
    signing.session["account_authentication_methods"] = []
    assert not Signing({"code": code}, request=signing).is_valid()


def test_I1_a_password_alone_makes_nothing_fresh(signing):
    from allauth.account.internal.flows.reauthentication import reauthenticate_by_password

    signing.session["account_authentication_methods"] = []
    reauthenticate_by_password(signing)
    assert not has_fresh_factor(signing)
