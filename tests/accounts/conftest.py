import secrets

import pytest

from boards.models import Territory


@pytest.fixture(autouse=True)
def own_counters(settings):
    """Attempts and used codes live in Redis: each test counts its own."""
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": secrets.token_hex(4)}}


@pytest.fixture
def portal_root(world) -> Territory:
    return Territory.objects.get(kind="portal")
