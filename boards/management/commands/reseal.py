from django.core.management.base import BaseCommand

from accounts.second_factor import reseal_authenticators
from boards.models import Territory
from boards.scope import scope
from boards.sealed import reseal_all


class Command(BaseCommand):
    help = "Seals everything that is sealed with the present SECRET_KEY. Twice is the same as once."

    def handle(self, **options):
        people, rows = reseal_authenticators(), 0
        for territory in Territory.objects.select_related("parent"):
            with scope({territory.pk, territory.parent_id} - {None}):
                rows += reseal_all(territory)
        self.stdout.write(f"{people} authenticators and {rows} records sealed with the present SECRET_KEY.")
