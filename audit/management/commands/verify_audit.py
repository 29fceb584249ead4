from django.core.management.base import BaseCommand, CommandError

from audit import chain
from audit.models import Event
from boards.scope import everywhere, scope


class Command(BaseCommand):
    help = "Recompute every audit chain and hold it against the signed checkpoints."

    def handle(self, **options):
        named = everywhere()
        with scope(named.territories, named.areas):
            try:
                problems = [*chain.broken_links(), *chain.missing_tails()]
            except ValueError as changed:
                raise CommandError(str(changed)) from None
            events = Event.objects.count()
        for problem in problems:
            self.stderr.write(str(problem))
        if problems:
            raise CommandError(f"{len(problems)} problems in {events} events")
        self.stdout.write(f"{events} events: all chains intact")
