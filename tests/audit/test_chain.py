"""One chain per territory: written with its cause, never changed, every tampering found (H1 to H3)."""

import hashlib
import json
import threading
from dataclasses import dataclass
from datetime import UTC

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st
from psycopg.errors import RaiseException

from accounts.models import User
from audit.chain import broken_among, problems_in
from audit.checkpoints import write_checkpoint
from audit.events import record
from audit.models import Change, Event
from boards.scope import everywhere, scope
from tests.world import World


@pytest.fixture(autouse=True)
def outside(settings, tmp_path):
    """Keys and checkpoints of this test alone."""
    settings.SIGNING_DIR, settings.CHECKPOINT_DIR = tmp_path / "signing", tmp_path / "checkpoints"


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


# -- Written with its cause --


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
        "UPDATE audit_change SET salt = 'x'",  # deleting one is the retention's business
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


# -- An independent calculation --


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


# -- Tampering --


@pytest.fixture
def owner_sees(committed, django_db_blocker):
    """The tables' owner without row-level security: what an intruder with its password would do first."""
    from tests.conftest import _owner

    with _owner() as opened:
        for table in ("audit_event", "audit_change"):
            opened.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        yield opened
        connection.close()
        for table in ("audit_event", "audit_change"):
            opened.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


@dataclass
class Intruder:
    """Tampers with events of London's chain, counted from 0, then puts everything back."""

    database: psycopg.Connection
    ids: list[int]

    def __post_init__(self):
        self.run("ALTER TABLE audit_event DISABLE TRIGGER USER")
        self.run("CREATE TEMP TABLE kept_event AS TABLE audit_event")
        self.run("CREATE TEMP TABLE kept_change AS TABLE audit_change")

    def run(self, statement: str, *parameters) -> list[tuple]:
        done = self.database.execute(statement, parameters)
        return done.fetchall() if done.description else []

    def undo(self):
        self.run("DELETE FROM audit_change")
        self.run("DELETE FROM audit_event")
        self.run("INSERT INTO audit_event TABLE kept_event")
        self.run("INSERT INTO audit_change TABLE kept_change")

    def leave(self):
        self.undo()
        self.run("ALTER TABLE audit_event ENABLE TRIGGER USER")

    def edit(self, victim: int, what: str):
        self.run(f"UPDATE audit_event SET {what} WHERE id = %s", self.ids[victim])

    def edit_and_hash(self, victim: int):
        self.edit(victim, "name = 'nothing.happened'")
        self.edit(victim, "hash = app.event_hash(audit_event)")

    def rewrite(self, victim: int):
        """Edit one and forge every link after it: the chain alone looks whole."""
        self.edit(victim, "name = 'nothing.happened'")
        for here in range(victim, len(self.ids)):
            if here:
                before = f"SELECT hash FROM audit_event WHERE id = {self.ids[here - 1]}"
                self.edit(here, f"previous_hash = ({before})")
            self.edit(here, "hash = app.event_hash(audit_event)")

    def move(self, victim: int):
        elsewhere = "territory_id = (SELECT id FROM boards_territory WHERE slug = 'hackney')"
        with self.database.transaction():
            self.edit(victim, elsewhere)
            self.run(f"UPDATE audit_change SET {elsewhere} WHERE event_id = %s", self.ids[victim])

    def remove(self, *victims: int):
        gone = [self.ids[v] for v in victims]
        self.run("DELETE FROM audit_change WHERE event_id = ANY (%s)", gone)
        self.run("DELETE FROM audit_event WHERE id = ANY (%s)", gone)

    def cut(self, victim: int):
        self.remove(*range(victim, len(self.ids)))

    def insert(self, victim: int):
        """A well-formed event in the place of the victim, the others moved up."""
        for later in range(len(self.ids) - 1, victim - 1, -1):
            self.edit(later, "seq = seq + 1")
        new = json.dumps({"id": 999_999, "seq": victim + 1})
        self.run(
            "INSERT INTO audit_event SELECT (jsonb_populate_record(e, %s)).* FROM audit_event e"
            " WHERE id = %s",
            new,
            self.ids[victim],
        )
        self.run("UPDATE audit_event SET hash = app.event_hash(audit_event) WHERE id = 999999")

    def swap(self, victim: int):
        other = victim - 1 if victim else 1
        for moved, seq in ((victim, -1), (other, victim + 1), (victim, other + 1)):
            self.edit(moved, f"seq = {seq}")

    def change_values(self, victim: int):
        self.run("UPDATE audit_change SET after = '{\"a\": 9}' WHERE event_id = %s", self.ids[victim])

    @property
    def with_values(self) -> list[int]:
        kept = {pk for (pk,) in self.run("SELECT event_id FROM kept_change")}
        return [place for place, pk in enumerate(self.ids) if pk in kept]


EDITS = [
    "name = name || 'x'",
    "actor_id = (SELECT max(id) FROM accounts_user u WHERE u.id IS DISTINCT FROM actor_id)",
    "organisation_id = (SELECT max(id) FROM boards_organisation WHERE id IS DISTINCT FROM organisation_id)",
    "subject_kind = 'boards.counter'",
    "subject_id = subject_id + 1",
    "reference = reference || 'x'",
    "fields = fields || '[\"x\"]'",
    "digest = repeat('0', 64)",
    "recipient = 'somebody'",
    "reason = reason || ' '",
    "at = at + interval '1 microsecond'",
    "previous_hash = repeat('0', 64)",
    "hash = repeat('0', 64)",
]
TAMPERINGS = [
    *((f"edit: {what}", lambda i, v, what=what: i.edit(v, what)) for what in EDITS),
    ("edit and hash again", Intruder.edit_and_hash),
    ("rewrite all that follows", Intruder.rewrite),
    ("move to another chain", Intruder.move),
    ("remove", Intruder.remove),
    ("insert", Intruder.insert),
    ("reorder", Intruder.swap),
    ("cut the tail", Intruder.cut),
]


@pytest.fixture
def intruder(committed, owner_sees):
    with committed.scope():
        committed.in_force()
    with committed.scope():
        write_checkpoint(timezone.now())
        ids = [e.pk for e in Event.objects.filter(territory__slug="london").order_by("seq")]
    entered = Intruder(owner_sees, ids)
    yield entered
    connection.close()
    entered.leave()


def every_tampering_is_found(intruder, victims) -> None:
    assert problems() == []
    for victim in victims:
        for name, tamper in TAMPERINGS:
            tamper(intruder, victim)
            assert problems(), f"{name}, event {victim + 1}"
            intruder.undo()
    assert problems() == []


def test_H3_every_tampering_is_found(intruder):
    last = len(intruder.ids) - 1
    every_tampering_is_found(intruder, (0, last // 2, last))

    @given(st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, last)), min_size=1, unique=True))
    @budget(max_examples=10, deadline=None)
    def any_edits_of_any_events(edits):
        for what, victim in edits:
            intruder.edit(victim, what)
        found = problems()
        intruder.undo()
        assert found

    any_edits_of_any_events()


@pytest.mark.assure
def test_H3_every_tampering_with_every_event_is_found(intruder):
    every_tampering_is_found(intruder, range(len(intruder.ids)))


def test_H3_changed_values_are_found_and_a_page_sees_what_is_wrong_with_it(intruder, committed, client):
    def broken() -> set[int]:
        with committed.scope():
            shown = Event.objects.filter(pk__in=intruder.ids[3:8]).prefetch_related("changes")
            return {intruder.ids.index(pk) for pk in broken_among(shown)}

    assert intruder.with_values and broken() == set()
    for victim in intruder.with_values:
        intruder.change_values(victim)
        assert [p for p in problems() if p.endswith(f"event {victim + 1}: the values beside it were changed")]
        assert broken() == {victim} & {3, 4, 5, 6, 7}
        intruder.undo()
    for tamper, expected in (
        (lambda: intruder.edit(5, "reason = 'x'"), {5}),
        (lambda: intruder.edit_and_hash(7), {7}),  # the one after it stands on another page
        (lambda: intruder.remove(2), {3}),
    ):
        tamper()
        assert broken() == expected
        intruder.undo()
    client.force_login(committed.auditor)
    assert "Chain intact" in client.get("/audit/").text
    intruder.edit_and_hash(5)
    page = client.get("/audit/").text
    assert "Chain broken" in page and "2 events on this page do not fit the chain" in page
    assert "LON event 7: it does not follow the one before" in client.post("/audit/check/").text
    intruder.undo()
    intruder.run("DELETE FROM audit_change")  # erased when their time is over
    assert problems() == [] and broken() == set()


# -- Checkpoints --


def test_H3_checkpoints_are_signed_and_a_changed_one_is_refused(world, settings, capsys):
    note(world, "camden")
    chained()
    path = write_checkpoint(timezone.now())
    assert "PRIVATE" not in path.read_text()
    assert (settings.SIGNING_DIR / "checkpoint.pem").stat().st_mode & 0o077 == 0
    call_command("verify_audit")
    assert "1 events: all chains intact; last checkpoint" in capsys.readouterr().out

    good = path.read_text()
    forged = good.replace('"signature": "', '"signature": "00')
    for bad in (good.replace("CMD", "HCK"), forged, good[:-9], "{}", "[]"):
        path.write_text(bad)
        with pytest.raises(CommandError, match="1 problem in 1 event"):
            call_command("verify_audit")
        assert "changed after it was signed" in capsys.readouterr().err


def test_H3_without_a_checkpoint_verify_audit_says_what_it_cannot_see(world, capsys):
    call_command("verify_audit")
    said = capsys.readouterr().out
    assert "no checkpoint yet" in said and "manage audit_checkpoint" in said
    call_command("audit_checkpoint")
    call_command("verify_audit")
    assert "all chains intact; last checkpoint" in capsys.readouterr().out


# -- Many writers --


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
