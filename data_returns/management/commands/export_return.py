"""A borough's return as JSON (contracts section 5)."""

import json

from django.core.management.base import BaseCommand

from boards.scope import scope
from data_returns.content import as_json
from data_returns.finding import borough_of, newest, year_called
from data_returns.years import slashed


class Command(BaseCommand):
    help = "Print a borough's annual data return as JSON; figures that are not known are null."

    def add_arguments(self, parser):
        parser.add_argument("--borough", required=True, metavar="SLUG")
        parser.add_argument("--year", required=True, metavar="2024/25")

    def handle(self, *, borough, year, **options):
        place, asked = borough_of(borough), year_called(year)
        with scope({place.pk, place.parent_id}):
            data_return = newest(place, asked)
            said = as_json(data_return.said(), data_return.form)
        self.stdout.write(
            json.dumps({"borough": place.slug, "year": slashed(asked), **said}, ensure_ascii=False, indent=1)
        )
