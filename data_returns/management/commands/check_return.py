"""Which rules a borough's return breaks, as JSON (contracts section 5)."""

import json
import sys

from django.core.management.base import BaseCommand

from boards.scope import scope
from data_returns.checking import result_of
from data_returns.finding import borough_of, newest, year_called


class Command(BaseCommand):
    help = "Check a borough's annual data return; exit status 1 while a hard rule is broken."

    def add_arguments(self, parser):
        parser.add_argument("--borough", required=True, metavar="SLUG")
        parser.add_argument("--year", required=True, metavar="2024/25")

    def handle(self, *, borough, year, **options):
        place, asked = borough_of(borough), year_called(year)
        with scope({place.pk, place.parent_id}):
            result = result_of(newest(place, asked))
        self.stdout.write(json.dumps(result.codes()))
        if result.errors:
            sys.exit(1)
