"""Single sign-on by configuration: existing people only, matched by an address that the provider verified."""

from urllib.parse import urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount

from accounts.models import User
from accounts.second_factor import current_code
from tests.accounts.helpers import CODE, events, is_signed_in
from tests.accounts.identity_provider import CLIENT_ID, Provider


@pytest.fixture
def provider(settings):
    with Provider() as running:
        settings.OIDC_SERVER_URL, settings.OIDC_NAME = running.url, "Camden Council"
        app = {
            "provider_id": "sso",
            "name": "Camden Council",
            "client_id": CLIENT_ID,
            "secret": "s",
            "settings": {"server_url": running.url},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        yield running
        running.shutdown()


def come_back(client, provider, **claims):
    """Through the provider and back, as a browser would."""
    provider.claims = {"sub": "1", "name": "Somebody", **claims}
    away = client.get("/sign-in/with/sso/?next=/search/")["Location"]
    back = requests.get(away, allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(back)
    return client.get(f"{parts.path}?{parts.query}")


def test_the_button_is_there_when_configured(client, db, provider):
    page = client.get("/sign-in/?next=/search/").content.decode()
    assert "Sign in with Camden Council" in page and "/sign-in/with/sso/?next=/search/" in page


def test_no_button_without_configuration(client, db):
    assert "/sign-in/with/" not in client.get("/sign-in/").content.decode()
    assert client.get("/sign-in/with/sso/").status_code == 404


def test_an_existing_person_still_proves_the_portals_second_factor(client, world, provider):
    user = world.camden_administrator
    arrived = come_back(client, provider, email=user.email.upper(), email_verified=True)
    assert arrived["Location"] == CODE
    assert provider.asked["code_challenge_method"] == "S256"
    assert client.post(CODE, {"code": current_code(user)})["Location"] == "/search/"
    assert is_signed_in(client)
    user.refresh_from_db()
    assert user.has_usable_password() and not SocialAccount.objects.exists()


@pytest.mark.parametrize("who, verified", [("camden_administrator", False), ("stranger", True)])
def test_nobody_else_comes_in_and_no_account_is_made(client, world, provider, who, verified):
    before = User.objects.count()
    page = come_back(client, provider, email=f"{who}@example.org", email_verified=verified)
    assert "No account found" in page.content.decode()
    assert not is_signed_in(client)
    assert User.objects.count() == before
    assert events("user.sign_in_failed").get().reason == "single sign-on"


def test_a_disabled_person_stays_out(client, world, provider):
    user = world.camden_administrator
    user.is_active = False
    user.save()
    come_back(client, provider, email=user.email, email_verified=True)
    assert not is_signed_in(client)


def test_a_provider_that_fails_gets_a_page(client, world, provider):
    away = client.get("/sign-in/with/sso/")["Location"]
    state = dict(pair.split("=") for pair in urlsplit(away).query.split("&"))["state"]
    page = client.get(f"/sign-in/with/sso/callback/?error=server_error&state={state}")
    assert "Signing in did not work" in page.content.decode()
