"""Real servers, the application's own role, and a world that every test starts from."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import setup_databases, teardown_databases

from boards.scope import everywhere, scope
from tests.factories import build_world
from tests.world import World


def pytest_configure():
    """Pages link to files as they lie; tests/frontend proves that the hashed names resolve."""
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)  # WhiteNoise warns about a folder that is not there


@pytest.fixture(autouse=True)
def own_counts():
    """What one test counts against a limit is nothing to the next, nor to those that run beside it."""
    settings.CACHES["default"]["KEY_PREFIX"] = cache.key_prefix = uuid4().hex


def _login(variable: str) -> dict[str, str]:
    address = urlsplit(os.environ[variable])
    return {"USER": unquote(address.username), "PASSWORD": unquote(address.password)}


def _log_in_as(variable: str) -> None:
    connection.close()
    connection.settings_dict.update(_login(variable))


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker):
    """The owner creates and migrates; then everybody is the application role (T3)."""
    with django_db_blocker.unblock():
        _log_in_as("OWNER_DATABASE_URL")
        suffix = getattr(request.config, "workerinput", {}).get("workerid", "")
        settings.DATABASES["default"].setdefault("TEST", {})
        connection.settings_dict["TEST"]["NAME"] = f"test_mappa_{suffix or 'main'}"
        made = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
        _log_in_as("DATABASE_URL")
        build_world()
    yield
    with django_db_blocker.unblock():
        _log_in_as("OWNER_DATABASE_URL")
        teardown_databases(made, verbosity=0)


def _owner() -> psycopg.Connection:
    """A second connection, as the owner, to the test database."""
    login = _login("OWNER_DATABASE_URL")
    where = connection.settings_dict
    return psycopg.connect(
        host=where["HOST"],
        port=where["PORT"],
        dbname=where["NAME"],
        user=login["USER"],
        password=login["PASSWORD"],
        autocommit=True,
    )


@pytest.fixture
def owner(db):
    with _owner() as opened:
        yield opened


EMPTY = """
DO $$ DECLARE tables text; BEGIN
    SELECT string_agg(format('%I', tablename), ', ') INTO tables FROM pg_tables WHERE schemaname = 'public'
        AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission');
    ALTER TABLE audit_event DISABLE TRIGGER never_empty;
    EXECUTE 'TRUNCATE ' || tables || ' RESTART IDENTITY';
    ALTER TABLE audit_event ENABLE TRIGGER never_empty;
END $$
"""


@pytest.fixture
def committed(request, django_db_setup, django_db_blocker, tmp_path, settings):
    """For threads, workers and kills: what the test does is committed; afterwards the world is built anew."""
    settings.MEDIA_ROOT = tmp_path / "media"
    with django_db_blocker.unblock():
        named = everywhere()
        world = World()
        world.scope = lambda: scope(named.territories, named.areas)
        yield world
        connection.close()
        with _owner() as opened:
            opened.execute(EMPTY)
        build_world()


@pytest.fixture
def world(db, tmp_path, settings):
    """Two areas and their people, seen from everywhere; what a test does is rolled back."""
    settings.MEDIA_ROOT = tmp_path / "media"
    named = everywhere()
    with scope(named.territories, named.areas):
        yield World()


@pytest.fixture
def browser_of(world):
    """A browser in which this person has signed in."""

    def opened(name: str) -> Client:
        client = Client()
        client.force_login(getattr(world, name))
        return client

    return opened
