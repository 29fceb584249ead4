"""Several people at one thing at the same moment, each with a connection and a transaction of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.core.exceptions import ValidationError
from django.db import connection

from boards.scope import everywhere, scope
from mappa_portal.exceptions import Conflict


def together(*acts: Callable[[], object]) -> list[str]:
    """What became of each: done, or the kind of the refusal."""
    ready, named = Barrier(len(acts)), everywhere()

    def run(act) -> str:
        try:
            ready.wait(30)
            with scope(named.territories, named.areas):
                act()
            return "done"
        except (Conflict, ValidationError) as refused:
            return type(refused).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))
