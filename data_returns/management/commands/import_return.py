"""A return from one JSON file (contracts section 5); all of it or, with every fault named, nothing."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from boards.scope import scope
from data_returns.actions.entry import import_content
from data_returns.actions.opening import open_return
from data_returns.content import parse
from data_returns.finding import borough_of, year_called
from data_returns.models import Return
from mappa_portal.exceptions import Conflict
from mappa_portal.words import plural


class Command(BaseCommand):
    help = "Import a borough's annual data return from a JSON file; a later file takes the place of an earlier one."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE.json", type=Path)

    def handle(self, *, file: Path, **options):
        data = _read(file)
        borough, year = borough_of(str(data.get("borough", ""))), year_called(str(data.get("year", "")))
        now = timezone.now()
        try:
            with scope({borough.pk, borough.parent_id}), transaction.atomic():
                open_return(borough, year, by=None, at=timezone.localtime(now))
                data_return = Return.objects.filter(territory=borough, year=year).order_by("-number").first()
                content, faults = parse(data, data_return.form)
                if faults:
                    raise CommandError("\n".join(faults))
                changed = import_content(data_return, content, by=None, at=now)
        except Conflict as conflict:
            raise CommandError(str(conflict)) from None
        self.stdout.write(f"{data_return.reference}: {plural(len(changed), 'entry', 'entries')} changed")


def _read(file: Path) -> dict:
    try:
        data = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror or 'cannot be read'}") from None
    except ValueError as error:
        raise CommandError(f"{file}: not JSON: {error}") from None
    if not isinstance(data, dict):
        raise CommandError(f"{file}: must be one JSON object.")
    return data
