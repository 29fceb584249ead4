"""The demonstration: each room adds its part, in this order, in one transaction."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.timezone import localdate

from audit.tasks import checkpoint
from boards import demo

ROOMS = (
    "protocols.demo.load",
    "meetings.demo.attendance.load",
    "meetings.demo.plans.load",
    "meetings.demo.records.load",
    "referrals.demo.load",
    "data_returns.demo.load",
    "referrals.referring.demo.load",
    "referrals.transferring.demo.load",
    "referrals.records.demo.load",
)


class Command(BaseCommand):
    help = "Load the four areas with demonstration people and records, into a portal that is not in use."

    @transaction.atomic
    def handle(self, **options):
        try:
            demo.refuse_a_portal_in_use()
        except demo.NotEmpty as error:
            raise CommandError(error) from None
        today = localdate()
        loaded = demo.load(today)
        for room in ROOMS:
            import_string(room)(today)
        transaction.on_commit(checkpoint)  # the chains are whole once this is
        self.stdout.write(f"{loaded.areas} areas and {loaded.people} people, with their records.")
