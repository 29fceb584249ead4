import os
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mappa_portal.backup import BackupError, damaged, differences, restore_database
from mappa_portal.embedded import ServerError, Servers
from mappa_portal.words import plural


class Command(BaseCommand):
    help = "Restore a backup into an empty, throw-away server and hold it against its manifest."

    def add_arguments(self, parser):
        parser.add_argument("directory", type=Path)

    def handle(self, directory: Path, **options):
        directory = directory.resolve()
        servers = Servers(Path(tempfile.mkdtemp(prefix="mappa-portal-")), ("postgres",), throw_away=True)
        try:
            self._refuse(damaged(directory))
            servers.start()
            restore_database(directory, servers.environment["OWNER_DATABASE_URL"])
            self._refuse(differences(directory, servers.environment["BACKUP_DATABASE_URL"]))
            self.stdout.write(f"{directory}: every row and every file. {_audit(directory, servers)}")
        except (BackupError, ServerError) as error:
            raise CommandError(error) from None
        finally:
            servers.remove()

    def _refuse(self, problems: list[str]) -> None:
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise BackupError(f"Do not rely on this backup: it has {plural(len(problems), 'problem')}.")


def _audit(directory: Path, servers: Servers) -> str:
    """The chains of the copy, held against the checkpoints that were saved with it."""
    copy = {
        "DATABASE_URL": servers.environment["DATABASE_URL"],
        "CHECKPOINT_DIR": str(directory / "checkpoints"),
        "SIGNING_DIR": str(directory / "signing"),
    }
    command = [sys.executable, settings.BASE_DIR / "manage.py", "verify_audit"]
    done = subprocess.run(command, env={**os.environ, **copy}, capture_output=True, text=True)
    if done.returncode:
        raise BackupError(done.stderr.strip())
    return done.stdout.strip()
