import secrets

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from boards.models import Territory

# Argon2id as ever, without the memory that makes guessing dear: dozens of sign-ins happen here.
Argon2PasswordHasher.time_cost = Argon2PasswordHasher.parallelism = 1
Argon2PasswordHasher.memory_cost = 1024


@pytest.fixture(autouse=True)
def own_counters(settings):
    """Attempts and used codes live in Redis: each test counts its own. No code changes half-way."""
    settings.MFA_TOTP_PERIOD = 3600
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": secrets.token_hex(4)}}


@pytest.fixture
def portal_root(world) -> Territory:
    return Territory.objects.get(kind="portal")
