"""Two people at one disclosure at the same moment: one decision, and never by whoever proposed (I2)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.core.exceptions import ValidationError
from django.db import connection

from boards.scope import everywhere, scope
from mappa_portal.exceptions import Conflict
from referrals.disclosing.ledger import Kind
from referrals.models import Disclosure
from tests.referrals.disclosing import Disclosing


def together(*acts) -> list[str]:
    """What became of each."""
    ready, named = Barrier(len(acts)), everywhere()

    def run(act) -> str:
        try:
            ready.wait(30)
            with scope(named.territories, named.areas):
                act(Disclosure.objects.get())
            return "done"
        except (Conflict, ValidationError) as refused:
            return type(refused).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def test_two_decisions_at_once_are_one(committed):
    with committed.scope():
        ledger = Disclosing(committed)
        ledger.proposed()
    both = [lambda d, a=answer: ledger.add(d, Kind.DECISION, answer=a) for answer in ("disclose", "refuse")]
    assert sorted(together(*both)) == ["Conflict", "done"]
    with committed.scope():
        assert Disclosure.objects.get().entries.filter(kind=Kind.DECISION).count() == 1


def test_one_person_proposes_and_decides_at_once_and_nothing_is_decided(committed):
    with committed.scope():
        ledger = Disclosing(committed)
        ledger.open()
    said = together(
        lambda d: ledger.add(d, Kind.PROPOSAL, by=ledger.chair), lambda d: ledger.add(d, Kind.DECISION)
    )
    assert said[0] == "done" and said[1] in ("Conflict", "ValidationError")
    with committed.scope():
        assert Disclosure.objects.get().status == "proposed"
