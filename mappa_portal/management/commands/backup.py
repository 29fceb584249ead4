from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.checkpoints import write_checkpoint
from boards.scope import everywhere, scope
from mappa_portal.backup import BackupError, back_up


class Command(BaseCommand):
    help = "Put the database, the files and a manifest into an empty directory."

    def add_arguments(self, parser):
        parser.add_argument("directory", type=Path)

    def handle(self, directory: Path, **options):
        now, named = timezone.now(), everywhere()
        with scope(named.territories, named.areas):
            checkpoint = write_checkpoint(now)
        try:
            manifest = back_up(directory.resolve(), checkpoint=checkpoint.name, at=now)
        except (BackupError, OSError) as error:
            raise CommandError(error) from None
        rows, tables = sum(manifest.rows.values()), len(manifest.rows)
        self.stdout.write(
            f"{directory}: {rows:,} rows of {tables} tables, {len(manifest.files)} files. Check it with verify_backup."
        )
