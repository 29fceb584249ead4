from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import transaction

from accounts.vault import reseal

SEALED = {"secret", "seed"}  # of authenticator apps and of recovery codes


class Command(BaseCommand):
    help = "Seals stored sign-in secrets with the present SECRET_KEY. Twice is the same as once."

    @transaction.atomic
    def handle(self, **options):
        held = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).select_for_update()
        for one in held:
            one.data |= {name: reseal(one.data[name]) for name in SEALED & one.data.keys()}
            one.save(update_fields=["data"])
        self.stdout.write(f"{len(held)} authenticators sealed with the present SECRET_KEY.")
