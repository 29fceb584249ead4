"""KPI 4 and KPI 6 of an area or a borough as one JSON object (contracts section 4)."""

import json

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from boards.scope import scope
from meetings.performance import figures
from meetings.performance.question import Question


class Command(BaseCommand):
    help = "Print KPI 4 and KPI 6 of a period as JSON; an area's stored figures are brought up to date first."

    def add_arguments(self, parser):
        parser.add_argument("--area", required=True, metavar="SLUG")
        parser.add_argument("--borough", default="", metavar="SLUG")
        parser.add_argument("--from", dest="start", required=True, metavar="DATE")
        parser.add_argument("--to", dest="end", required=True, metavar="DATE")
        parser.add_argument("--level", default="", metavar="2|3")

    def handle(self, *, area, borough, start, end, level, **options):
        asked = {"area": area, "borough": borough, "from": start, "to": end, "level": level}
        try:
            question = Question.asked(asked)
        except ValidationError as error:
            raise CommandError("\n".join(f"--{name}: {text}" for name, [text] in error)) from None
        boroughs = list(question.area.children.all()) if question.borough is None else [question.borough]
        with scope({question.area.pk, *(b.pk for b in boroughs)}):
            if question.borough is None:
                for each in boroughs:
                    figures.count_all(each)
            self.stdout.write(json.dumps(question.answer(), indent=2))
