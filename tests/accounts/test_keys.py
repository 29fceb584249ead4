"""Replacing SECRET_KEY: what was sealed before still opens, and is sealed anew."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.fernet import InvalidToken
from django.core.management import call_command

from accounts.second_factor import current_code
from accounts.vault import seal, unseal


def test_what_was_sealed_with_an_earlier_key_opens_while_it_is_named(settings):
    sealed = seal("a secret")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    assert unseal(sealed) == "a secret"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(InvalidToken):
        unseal(sealed)


def test_resealed_secrets_need_the_new_key_alone(world, settings):
    user = world.camden_administrator
    app, codes = current_code(user), RecoveryCodes.activate(user).get_unused_codes()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    call_command("reseal", verbosity=0)
    settings.SECRET_KEY_FALLBACKS = []
    assert current_code(user) == app
    held = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    assert held.wrap().get_unused_codes() == codes
