"""Attendance of many meetings from one CSV file; all of it or, with every fault named, nothing."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from boards.models import Territory
from boards.scope import scope
from meetings.actions.importing import import_attendance
from meetings.attendance_file import FileRefused, read


class Command(BaseCommand):
    help = "Import meetings, cases and attendance from a CSV file (docs/administrators.md)."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE.csv", type=Path)

    def handle(self, *, file: Path, **options):
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror or 'cannot be read'}") from None
        boroughs = Territory.objects.filter(kind=Territory.Kind.BOROUGH).select_related("parent")
        try:
            rows = read(data)
            wanted = [b for b in boroughs if b.slug in {row.borough for row in rows}]
            with scope({b.pk for b in wanted} | {b.parent_id for b in wanted}):
                done = import_attendance(rows, boroughs=wanted, by=None)
        except FileRefused as refused:
            raise CommandError("\n".join(refused.messages)) from None
        self.stdout.write(str(done))
