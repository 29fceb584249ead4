"""Every edit, removal, insertion and reordering is found (H3)."""

import json
from dataclasses import dataclass

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from audit.chain import broken_among
from audit.checkpoints import write_checkpoint
from audit.models import Event
from tests.audit.chains import problems


@dataclass
class Intruder:
    """Tampers with events of London's chain, counted from 0, then puts everything back."""

    database: psycopg.Connection
    ids: list[int]

    def __post_init__(self):
        for table in ("audit_event", "audit_change"):
            self.run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
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
        for table in ("audit_event", "audit_change"):
            self.run(f"ALTER TABLE {table} ENABLE TRIGGER USER")

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
