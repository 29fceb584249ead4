from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mappa_portal.backup import BackupError, damaged, refuse_to_overwrite, restore_database, restore_files


class Command(BaseCommand):
    help = "Put a backup into an empty portal: its database must have no tables, its folders no files."

    def add_arguments(self, parser):
        parser.add_argument("directory", type=Path)

    def handle(self, directory: Path, **options):
        try:
            if problems := damaged(directory):
                raise BackupError(f"Do not rely on this backup: {problems[0]}.")
            refuse_to_overwrite()
            restore_database(directory, settings.OWNER_DATABASE_URL)
            restore_files(directory)
        except (BackupError, OSError) as error:
            raise CommandError(error) from None
        self.stdout.write("Restored. Run verify_audit, then migrate if the portal is newer than the backup.")
