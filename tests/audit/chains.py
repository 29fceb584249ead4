"""What a test of the chain does again and again."""

from django.db import connection

from audit.chain import problems_in
from audit.events import record
from boards.scope import everywhere, scope
from tests.world import World


def chained() -> None:
    """What a commit does."""
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


def note(world: World, slug: str, **said) -> None:
    territory = world.territory(slug)
    record("area.visited", territory, by=world.auditor, territory=territory, **said)


def problems() -> list[str]:
    named = everywhere()
    with scope(named.territories, named.areas):
        return [str(p) for p in problems_in(named.territories)]
