from django.core.management.base import BaseCommand, CommandError

from audit.chain import problems_in
from audit.checkpoints import checkpoints
from audit.models import Event
from boards.scope import everywhere, scope
from mappa_portal.words import moment, plural

NONE_YET = (
    "no checkpoint yet, so events missing at the end would not be seen."
    " Write the first one now: ./portal manage audit_checkpoint (the scheduler writes one every night)"
)


class Command(BaseCommand):
    help = "Recompute every audit chain and hold it against the signed checkpoints."

    def handle(self, **options):
        named = everywhere()
        with scope(named.territories, named.areas):
            problems = problems_in(named.territories)
            events = Event.objects.count()
        for problem in problems:
            self.stderr.write(str(problem))
        if problems:
            raise CommandError(f"{plural(len(problems), 'problem')} in {plural(events, 'event')}")
        days = [moment(c.at) for c in checkpoints()]
        last = f"last checkpoint {days[-1]}" if days else NONE_YET
        self.stdout.write(f"{events} events: all chains intact; {last}")
