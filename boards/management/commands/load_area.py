from django.core.management.base import BaseCommand, CommandError

from boards import areas


class Command(BaseCommand):
    help = "Create an area: boroughs, boards, MAPPA units, agencies, settings. Twice is the same as once."

    def add_arguments(self, parser):
        parser.add_argument("slug", help=", ".join(areas.AREAS))

    def handle(self, slug, **options):
        if slug not in areas.AREAS:
            raise CommandError(f"There is no area “{slug}”. Choose one of: {', '.join(areas.AREAS)}.")
        self.stdout.write(str(areas.load(areas.AREAS[slug])))
