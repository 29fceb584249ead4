"""A backup holds every row and every file, and a restored copy proves it (assurance B1, B2)."""

import json
import os
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from audit.checkpoints import write_checkpoint
from audit.events import record
from mappa_portal import backup, database, keeper
from outbox.jobs import run_jobs
from tests.test_ground import empty_home

PRIVILEGES = """
    SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, acl.grantee::regrole::text, acl.privilege_type
    FROM pg_class c, aclexplode(c.relacl) acl
    WHERE c.relnamespace = 'public'::regnamespace AND acl.grantee <> c.relowner ORDER BY 1, 4, 5
"""
POLICIES = (
    "SELECT tablename, policyname, permissive, roles, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2"
)


def rules(address):
    with psycopg.connect(address) as opened:
        return opened.execute(PRIVILEGES).fetchall(), opened.execute(POLICIES).fetchall()


@pytest.fixture
def portal(committed, settings, tmp_path):
    """A portal with a filed document, and the addresses of its database."""
    name = connection.settings_dict["NAME"]
    for variable in ("OWNER_DATABASE_URL", "BACKUP_DATABASE_URL", "DATABASE_URL"):
        setattr(settings, variable, database.renamed(os.environ[variable], name))
    settings.CHECKPOINT_DIR, settings.SIGNING_DIR = tmp_path / "checkpoints", tmp_path / "signing"
    with committed.scope():
        committed.approved()
        run_jobs()
    connection.close()
    return settings


@pytest.fixture
def saved(portal, tmp_path):
    call_command("backup", tmp_path / "backup", stdout=open(os.devnull, "w"))
    return tmp_path / "backup"


def checked(directory) -> str:
    """What verify_backup complains of; nothing when all is well."""
    with open(os.devnull, "w") as nowhere:
        try:
            call_command("verify_backup", directory, stdout=nowhere, stderr=nowhere)
        except CommandError as refused:
            return str(refused)
    return ""


def test_B2_a_backup_is_restored_with_every_row_file_and_privilege(portal, saved, settings, tmp_path, capsys):
    call_command("verify_backup", saved)
    assert "every row and every file" in (said := capsys.readouterr().out) and "all chains intact" in said
    rows = json.loads((saved / "manifest.json").read_text())["rows"]
    assert rows["boards_territory"] > 0 < rows["audit_event"] and rows["documents_revision"] == 1

    wanted = rules(settings.BACKUP_DATABASE_URL)
    assert ("audit_event", True, True, "mappa_app", "INSERT") in wanted[0]
    with empty_home() as home, keeper.Lease(home, ("postgres",)) as empty:
        settings.OWNER_DATABASE_URL = empty["OWNER_DATABASE_URL"]
        with pytest.raises(CommandError, match="is not empty"):
            call_command("restore", saved)
        for name in ("media", "checkpoints", "signing"):
            backup.folders()[name].rename(tmp_path / f"lost-{name}")
        call_command("restore", saved)
        assert rules(empty["BACKUP_DATABASE_URL"]) == wanted
        assert backup.differences(saved, empty["BACKUP_DATABASE_URL"]) == []
        assert [path.name for path in Path(settings.MEDIA_ROOT).rglob("*.pdf")] == [
            path.name for path in (tmp_path / "lost-media").rglob("*.pdf")
        ]
        with pytest.raises(CommandError, match="is not empty"):
            call_command("restore", saved)


def test_B1_another_login_makes_no_half_empty_backup(portal, tmp_path, settings):
    settings.BACKUP_DATABASE_URL = settings.DATABASE_URL
    with pytest.raises(CommandError, match="row-level security"):
        call_command("backup", tmp_path / "backup")
    assert not (tmp_path / "backup" / "manifest.json").exists()
    with pytest.raises(CommandError, match="is no whole backup"):
        call_command("verify_backup", tmp_path / "backup")


def test_B2_a_damaged_backup_is_refused(saved):
    [document] = (saved / "media").rglob("*.pdf")
    content = document.read_bytes()
    document.write_bytes(content[:-1])
    assert checked(saved) == "Do not rely on this backup: it has 1 problem."
    document.unlink()
    assert checked(saved) == "Do not rely on this backup: it has 1 problem."


def test_B2_a_copy_that_lacks_rows_documents_or_the_end_of_a_chain_is_refused(portal, saved, committed):
    manifest = json.loads((saved / "manifest.json").read_text())

    def told(**changed) -> None:
        (saved / "manifest.json").write_text(json.dumps(manifest | changed))

    told(rows=manifest["rows"] | {"accounts_user": 1})
    assert "has 1 problem." in checked(saved)
    pdf = next(name for name in manifest["files"] if name.startswith("media/"))
    content = (saved / pdf).read_bytes()
    (saved / pdf).write_bytes(b"another")
    told(files=dict(backup._digests(saved)))
    assert "has 1 problem." in checked(saved)

    (saved / pdf).write_bytes(content)
    later = timezone.now() + timedelta(minutes=1)
    with committed.scope():
        record(
            "settings.changed",
            committed.territory("camden"),
            by=None,
            territory=committed.territory("camden"),
        )
    with committed.scope():
        portal.CHECKPOINT_DIR = saved / "checkpoints"
        write_checkpoint(later)
    connection.close()
    told(files=dict(backup._digests(saved)))
    assert "saw another one here" in checked(saved)
