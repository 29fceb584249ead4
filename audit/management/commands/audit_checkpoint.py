from django.core.management.base import BaseCommand

from audit.tasks import checkpoint


class Command(BaseCommand):
    help = "Write a signed checkpoint of all audit chains now; the scheduler writes one every night."

    def handle(self, **options):
        self.stdout.write(f"Written: {checkpoint()}")
