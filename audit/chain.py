"""Proving the chains: every link recomputed by the database, every tail held against the checkpoints (H3)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from audit.checkpoints import checkpoints
from audit.events import digest
from audit.models import Change, Event

BATCH = 5000


@dataclass(frozen=True)
class Problem:
    where: str
    what: str

    def __str__(self):
        return f"{self.where}: {self.what}"


def problems_in(territories: Iterable[int]) -> list[Problem]:
    """All that can be proven about these territories' chains; their scope must be open."""
    named = sorted(territories)
    return [*broken_links(named), *changed_values(named), *lost_tails(named)]


BROKEN_LINKS = """
    SELECT t.code, e.seq, e.problem FROM (
        SELECT territory_id, seq, CASE
            WHEN seq <> COALESCE(lag(seq) OVER chain, 0) + 1 THEN 'an event before it is missing'
            WHEN previous_hash <> COALESCE(lag(hash) OVER chain, '') THEN 'it does not follow the one before'
            WHEN hash <> app.event_hash(audit_event) THEN 'its content was changed'
        END AS problem
        FROM audit_event WHERE territory_id = ANY (%s)
        WINDOW chain AS (PARTITION BY territory_id ORDER BY seq)
    ) e JOIN boards_territory t ON t.id = e.territory_id
    WHERE e.problem IS NOT NULL ORDER BY t.code, e.seq
"""


def broken_links(territories: list[int]) -> list[Problem]:
    found = _rows(BROKEN_LINKS, territories)
    return [Problem(f"{code} event {seq}", what) for code, seq, what in found]


def changed_values(territories: list[int]) -> list[Problem]:
    """Values that are no longer those of the event, or whose event is gone. Erased ones are no problem."""
    problems, after = [], 0
    while True:
        changes = Change.objects.filter(territory__in=territories, pk__gt=after).order_by("pk")[:BATCH]
        batch = list(changes.select_related("territory"))
        events = Event.objects.in_bulk({c.event_id for c in batch})
        for change in batch:
            if event := events.get(change.event_id):
                if not holds(event, change):
                    where = f"{change.territory.code} event {event.seq}"
                    problems.append(Problem(where, "the values beside it were changed"))
            else:
                problems.append(
                    Problem(change.territory.code, "an event is missing whose values are still there")
                )
        if len(batch) < BATCH:
            return problems
        after = batch[-1].pk


def holds(event: Event, change: Change) -> bool:
    return event.digest == digest(change.salt, json.dumps([change.before, change.after], sort_keys=True))


LOST_TAILS = """
    SELECT w.code, w.seq, w.name
    FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[]) AS w(code, seq, hash, name)
    LEFT JOIN boards_territory t ON t.code = w.code
    LEFT JOIN audit_event e ON e.territory_id = t.id AND e.seq = w.seq
    WHERE e.hash IS DISTINCT FROM w.hash AND (t.id = ANY (%s) OR t.id IS NULL) ORDER BY 1, 2, 3
"""


def lost_tails(territories: list[int]) -> list[Problem]:
    """What a checkpoint saw and the chains no longer show; a checkpoint that was touched proves nothing."""
    seen, problems = {}, []
    for checkpoint in checkpoints():
        if checkpoint.refused:
            problems.append(Problem(checkpoint.name, checkpoint.refused))
        for code, (seq, expected) in checkpoint.heads.items():
            seen.setdefault((code, seq, expected), checkpoint.name)
    codes, seqs, hashes = zip(*seen, strict=True) if seen else ((), (), ())
    found = _rows(LOST_TAILS, list(codes), list(seqs), list(hashes), list(seen.values()), territories)
    return problems + [
        Problem(f"{code} event {seq}", f"the checkpoint {name} saw another one here")
        for code, seq, name in found
    ]


BROKEN_AMONG = """
    SELECT e.id FROM audit_event e
    LEFT JOIN audit_event before ON before.territory_id = e.territory_id AND before.seq = e.seq - 1
    LEFT JOIN audit_event after ON after.territory_id = e.territory_id AND after.seq = e.seq + 1
    WHERE e.territory_id = ANY (%s) AND e.id = ANY (%s) AND (
        e.hash <> app.event_hash(e) OR e.previous_hash <> COALESCE(before.hash, '')
        OR (before.id IS NULL AND e.seq <> 1) OR after.previous_hash <> e.hash
    )
"""


def broken_among(events: Iterable[Event]) -> set[int]:
    """Ids of those whose link to either side, content or values do not hold. Costs what the page costs."""
    shown = list(events)
    rows = _rows(BROKEN_AMONG, list({e.territory_id for e in shown}), [e.pk for e in shown])
    changed = {e.pk for e in shown for change in e.changes.all() if not holds(e, change)}
    return {pk for (pk,) in rows} | changed


def _rows(sql: str, *parameters) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
