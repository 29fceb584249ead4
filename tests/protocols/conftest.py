"""A browser signed in as a person of the world."""

import secrets

import pytest
from django.test import Client


@pytest.fixture(autouse=True)
def own_counters(settings):
    """Used codes and rate limits live in Redis: each test counts its own."""
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": secrets.token_hex(4)}}


@pytest.fixture
def browser(world):
    """``browser("camden_administrator")``: signed in as a person of the world."""

    def open_as(name: str) -> Client:
        client = Client()
        client.force_login(getattr(world, name))
        return client

    return open_as
