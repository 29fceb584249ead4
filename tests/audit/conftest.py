import pytest
from django.db import connection


@pytest.fixture(autouse=True)
def outside(settings, tmp_path):
    """Keys and checkpoints of this test alone."""
    settings.SIGNING_DIR, settings.CHECKPOINT_DIR = tmp_path / "signing", tmp_path / "checkpoints"


@pytest.fixture
def owner_sees(committed, django_db_blocker):
    """The tables' owner without row-level security: what an intruder with its password would do first."""
    from tests.conftest import _owner

    with _owner() as opened:
        for table in ("audit_event", "audit_change"):
            opened.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        yield opened
        connection.close()
        for table in ("audit_event", "audit_change"):
            opened.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
