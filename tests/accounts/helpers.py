"""Signing in through the real pages, for the tests that are about it. Others use ``client.force_login``."""

from allauth.mfa.models import Authenticator

from accounts.models import User
from accounts.second_factor import current_code, give_totp
from audit.models import Event
from tests.factories import PASSWORD

SIGN_IN, CODE = "/sign-in/", "/code/"


def sign_in(client, user: User, password: str = PASSWORD, to: str = ""):
    """Password, then code. A code opens once in its half minute, so the person gets a new app first."""
    Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
    give_totp(user)
    give_password(client, user.email, password, to)
    return client.post(CODE, {"code": current_code(user)})


def give_password(client, email: str, password: str = PASSWORD, to: str = ""):
    return client.post(SIGN_IN, {"login": email, "password": password, "next": to})


def is_signed_in(client) -> bool:
    return client.get("/account/").status_code == 200


def events(name: str):
    """In the chains of the portal and of the areas: a borough holds none."""
    return Event.objects.filter(territory__kind__in=["portal", "area"], name=name)
