"""Written with its cause, by an independent calculation, by many at once (H1, H3)."""

import hashlib
import json
import threading
from datetime import UTC

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from psycopg.errors import RaiseException

from accounts.models import User
from audit.models import Change, Event
from tests.audit.chains import chained, note, problems


def test_H1_an_event_says_who_what_where_and_when(world):
    office = world.organisation("london-mappa-executive-office")
    before, said = timezone.now(), {"recipient": "the board", "reason": "they asked"}
    note(world, "camden", organisation=office, before={"a": 1}, after={"a": 2}, **said)
    chained()
    event = Event.objects.get(name="area.visited")
    assert (event.actor, event.organisation, event.territory.slug) == (world.auditor, office, "camden")
    assert (event.seq, event.previous_hash, event.subject_kind) == (1, "", "boards.territory")
    assert (event.recipient, event.reason) == tuple(said.values())
    assert event.at > before
    beside = event.changes.get()  # the event itself holds no values
    assert (event.fields, beside.before, beside.after) == (["a"], {"a": 1}, {"a": 2})


def test_H1_events_roll_back_with_their_cause(world):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        note(world, "camden", after={"a": 1})
        raise ZeroDivisionError
    chained()
    assert not Event.objects.exists() and not Change.objects.exists()


def test_H1_if_the_event_cannot_be_written_the_action_fails(committed):
    """Under REPEATABLE READ the end of the chain may be out of sight: nothing is chained, nothing done."""
    world = committed
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    with pytest.raises(DatabaseError, match="READ COMMITTED only"), world.scope():
        User.objects.filter(pk=world.auditor.pk).update(phone="020 7946 0000")
        note(world, "camden")
    connection.close()
    assert world.auditor.phone == ""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET name = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "UPDATE audit_draft SET name = 'x'",
        "UPDATE audit_change SET salt = 'x'",  # deleting one takes an erasure: tests/referrals/test_keeping.py
    ],
)
def test_H2_the_application_only_adds(world, statement):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


def test_H2_even_the_owner_is_refused(committed, owner_sees):
    with committed.scope():
        note(committed, "camden")
    attempts = ("UPDATE audit_event SET name = ''", "DELETE FROM audit_event", "TRUNCATE audit_event CASCADE")
    for statement in attempts:
        with pytest.raises(RaiseException, match="never changed"):
            owner_sees.execute(statement)


def canonical(values: dict) -> str:
    """As PostgreSQL writes jsonb: keys by length, then by bytes."""
    ordered = dict(sorted(values.items(), key=lambda item: (len(item[0].encode()), item[0].encode())))
    return json.dumps(ordered, ensure_ascii=False)


def test_H3_the_chain_can_be_recomputed_without_the_portal(world):
    world.in_force()
    note(world, "london", reason="Größe – ok", after={"b": 1, "a": None})
    chained()
    events = Event.objects.filter(territory__slug="london").order_by("seq")
    assert len(events) > 10
    previous = ""
    for seq, e in enumerate(events, start=1):
        values = {
            "id": e.pk,
            "territory": e.territory_id,
            "seq": seq,
            "at": e.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "name": e.name,
            "actor": e.actor_id,
            "organisation": e.organisation_id,
            "subject_kind": e.subject_kind,
            "subject_id": e.subject_id,
            "reference": e.reference,
            "fields": e.fields,
            "digest": e.digest,
            "recipient": e.recipient,
            "reason": e.reason,
        }
        assert e.previous_hash == previous
        assert e.hash == hashlib.sha256((previous + canonical(values)).encode()).hexdigest()
        previous = e.hash


def test_H3_writers_on_two_chains_in_opposite_order_do_not_wait_for_each_other(committed):
    world, rounds = committed, 15
    pairs = [("camden", "hackney"), ("hackney", "camden")] * 2
    failed, together = [], threading.Barrier(len(pairs))

    def write(slugs):
        try:
            for _ in range(rounds):
                together.wait(20)
                with world.scope():
                    for slug in slugs:
                        note(world, slug, after={"n": 1})
        except Exception as error:  # a thread's failure is the test's
            failed.append(error)
            together.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[slugs]) for slugs in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    with world.scope():
        for slug in ("camden", "hackney"):
            assert Event.objects.filter(territory__slug=slug).count() == rounds * len(pairs)
    assert problems() == []
