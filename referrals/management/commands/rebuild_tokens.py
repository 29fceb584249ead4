from django.core.management.base import BaseCommand

from boards.models import Territory
from boards.scope import scope
from referrals.actions.tokens import rebuild


class Command(BaseCommand):
    help = "Seals the particulars of all cases and rebuilds their blind index with the present SECRET_KEY."

    def handle(self, **options):
        done = 0
        for borough in Territory.objects.filter(kind=Territory.Kind.BOROUGH).select_related("parent"):
            with scope([borough.pk, borough.parent_id]):
                done += rebuild(borough)
        self.stdout.write(f"{done} cases sealed and indexed with the present SECRET_KEY.")
