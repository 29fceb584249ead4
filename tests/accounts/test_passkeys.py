import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from tests.accounts.helpers import CODE, events, give_password, is_signed_in, sign_in
from tests.accounts.passkey import Passkey

HOST = {"host": "localhost"}


def options(page) -> dict:
    """What the page's script would read."""
    return json.loads(
        re.search(r'<script id="passkey-options"[^>]*>(.*?)</script>', page.content.decode()).group(1)
    )


@pytest.fixture
def phone(world):
    """Camden's administrator with a passkey and nothing else."""
    user, client, passkey = world.camden_administrator, Client(headers=HOST), Passkey()
    sign_in(client, user)
    add = reverse("mfa_add_webauthn")
    asked = options(client.get(add))["creation_options"]
    client.post(add, {"name": "Phone", "passwordless": "True", "credential": passkey.create(asked)})
    assert client.post(reverse("mfa_deactivate_totp"))["Location"] == reverse("account")
    return passkey


def test_I1_a_passkey_signs_in_alone(phone, world):
    client = Client(headers=HOST)
    login = reverse("mfa_login_webauthn")
    asked = client.get(login, headers={"Accept": "application/json"}).json()["request_options"]
    answer = {"credential": phone.get(asked), "next": "/search/"}
    assert client.post(login, answer)["Location"] == "/search/"
    assert is_signed_in(client)

    replayed = Client(headers=HOST)
    replayed.get(login, headers={"Accept": "application/json"})
    replayed.post(login, answer)
    assert not is_signed_in(replayed)


def test_I1_a_passkey_without_finger_or_pin_does_not_sign_in_alone(phone):
    client = Client(headers=HOST)
    login = reverse("mfa_login_webauthn")
    asked = client.get(login, headers={"Accept": "application/json"}).json()["request_options"]
    client.post(login, {"credential": phone.get(asked, verified=False)})
    assert not is_signed_in(client)


def test_I1_a_passkey_is_a_second_factor_after_the_password(phone, world):
    client = Client(headers=HOST)
    give_password(client, world.camden_administrator.email)
    asked = options(client.get(CODE))["request_options"]
    assert client.post(CODE, {"credential": phone.get(asked)}).status_code == 302
    assert is_signed_in(client)


@pytest.mark.parametrize("forge", [{"key": Passkey().key}, {"id": b"another passkey"}])
def test_I1_a_forged_passkey_does_not_open(phone, world, forge):
    client = Client(headers=HOST)
    give_password(client, world.camden_administrator.email)
    vars(phone).update(forge)
    asked = options(client.get(CODE))["request_options"]
    page = client.post(CODE, {"credential": phone.get(asked)})
    assert "The passkey was not accepted. Try again" in page.content.decode()
    assert not is_signed_in(client)


def test_passkeys_are_renamed_and_the_last_way_in_is_kept(phone, world):
    client = Client(headers=HOST)
    client.force_login(world.camden_administrator)
    one = Authenticator.objects.get(user=world.camden_administrator, type="webauthn")

    client.post(reverse("mfa_edit_webauthn", args=[one.pk]), {"name": "Work laptop"})
    assert "Passkey: Work laptop" in client.get("/account/").content.decode()
    refused = client.post(reverse("mfa_remove_webauthn", args=[one.pk]))
    assert "Keep at least one way to sign in" in refused.content.decode()
    assert [e.reason for e in events("authenticator.removed")] == ["app"]

    other = Client(headers=HOST)
    other.force_login(world.hackney_administrator)
    assert other.post(reverse("mfa_remove_webauthn", args=[one.pk])).status_code == 404
    assert Authenticator.objects.filter(pk=one.pk).exists()


def test_the_last_app_is_kept(client, world):
    client.force_login(world.camden_administrator)
    page = client.post(reverse("mfa_deactivate_totp"))
    assert "Keep at least one way to sign in" in page.content.decode()
    assert Authenticator.objects.filter(user=world.camden_administrator, type="totp").exists()
