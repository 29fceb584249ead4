"""A Word or Markdown file becomes a draft template version; prints what was read as JSON, on stderr what to look at."""

import json
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import BaseCommand, CommandError

from boards.models import Territory
from boards.scope import scope
from documents.uploads import check_upload
from mappa_portal.exceptions import Conflict
from protocols.actions.templates import import_template, name_of
from protocols.checks import concerns
from protocols.importer import ImportedProtocol, read_protocol
from protocols.outline import outline

ANOTHER = "“{}” exists already: this is its version {}. Give another --name to make a template of its own."


class Command(BaseCommand):
    help = "Import a template from a .docx or .md file, as a draft to be published in the browser."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--area", metavar="SLUG", required=True)
        parser.add_argument("--name", default="", help="default: the title in the document")

    def handle(self, *, file: Path, area: str, name: str, **options):
        territory = _area(area)
        try:
            imported = _read(file)
            with scope([territory.pk], [territory.pk]):
                version = import_template(
                    territory,
                    name=name or name_of(imported),
                    imported=imported,
                    source_name=file.name,
                    by=None,
                )
                said = [*imported.warnings, *(c.message for c in concerns(outline(version.clauses.all())))]
                if version.number > 1:
                    said.insert(0, ANOTHER.format(version.template, version.number))
                result = {"template": version.template.reference, "version": version.number}
        except ValidationError as refused:
            raise CommandError("\n".join(refused.messages)) from None
        except Conflict as busy:
            raise CommandError(str(busy)) from None
        read = {
            "clauses": len(imported.clauses),
            "merge_fields": imported.merge_fields,
            "words": imported.words,
        }
        for warning in said:
            self.stderr.write(self.style.WARNING(warning))
        self.stdout.write(json.dumps(result | read))


def _area(slug: str) -> Territory:
    area = Territory.objects.filter(slug=slug, kind=Territory.Kind.AREA).first()
    if area is None:
        known = ", ".join(Territory.objects.filter(kind=Territory.Kind.AREA).values_list("slug", flat=True))
        raise CommandError(
            f"There is no area “{slug}”. Areas here: {known or 'none yet; load one with load_area'}."
        )
    return area


def _read(file: Path) -> ImportedProtocol:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror or 'cannot be read'}.") from None
    checked = check_upload(SimpleUploadedFile(file.name, data), kinds=("docx", "md"))
    return read_protocol(checked, file.name)
