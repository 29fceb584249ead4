import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from documents.look_up import code_in, expected_by_code
from documents.verify import verify


class Command(BaseCommand):
    help = "Says as JSON whether a file is a document signed in this portal, complete and unchanged."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *, file: Path, **options):
        try:
            pdf = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        verdict = verify(pdf, expected_by_code(code_in(pdf)))
        self.stdout.write(json.dumps(verdict.as_json(), ensure_ascii=False, indent=1))
        if not verdict.genuine:
            sys.exit(1)
