"""Two people at one disclosure at the same moment: one decision, and never by whoever proposed (I2)."""

from referrals.disclosing.ledger import Kind
from referrals.models import Disclosure
from tests.referrals.disclosing import Disclosing
from tests.together import together


def at_once(*acts) -> list[str]:
    return together(*[lambda a=act: a(Disclosure.objects.get()) for act in acts])


def test_two_decisions_at_once_are_one(committed):
    with committed.scope():
        ledger = Disclosing(committed)
        ledger.proposed()
    both = [lambda d, a=answer: ledger.add(d, Kind.DECISION, answer=a) for answer in ("disclose", "refuse")]
    assert sorted(at_once(*both)) == ["Conflict", "done"]
    with committed.scope():
        assert Disclosure.objects.get().entries.filter(kind=Kind.DECISION).count() == 1


def test_one_person_proposes_and_decides_at_once_and_nothing_is_decided(committed):
    with committed.scope():
        ledger = Disclosing(committed)
        ledger.open()
    said = at_once(
        lambda d: ledger.add(d, Kind.PROPOSAL, by=ledger.chair), lambda d: ledger.add(d, Kind.DECISION)
    )
    assert said[0] == "done" and said[1] in ("Conflict", "ValidationError")
    with committed.scope():
        assert Disclosure.objects.get().status == "proposed"
