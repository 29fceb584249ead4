"""What is done alike to a template's clauses and to a borough's. The caller holds the version's lock and has asked."""

from django.db.models import F
from django.utils import timezone

from audit.events import record
from mappa_portal.exceptions import Conflict, StaleEdit


def reread(clause, version):
    """As it stands under the version's lock."""
    found = version.clauses.filter(pk=clause.pk).first()
    if found is None:
        raise Conflict("Somebody removed this clause after you opened it.")
    return found


def edit(clause, *, revision: int, by, **values):
    """Refused as stale when somebody saved another revision meanwhile; the same words again are no change."""
    if clause.revision != revision:
        raise StaleEdit(clause)
    before = {name: getattr(clause, name) for name in values}
    if before == values:
        return clause
    for name, value in values.items():
        setattr(clause, name, value)
    clause.revision += 1
    clause.edited_by, clause.edited_at = by, timezone.now()
    clause.save(update_fields=[*values, "revision", "edited_by", "edited_at"])
    record(f"{clause.NOUN}.edited", clause, by=by, before=before, after=values)
    return clause


def add(version, *, after: int, by, **values):
    """Behind the place ``after``; 0 is the beginning."""
    version.clauses.filter(position__gt=after).update(position=F("position") + 1)
    clause = version.clauses.create(
        territory_id=version.territory_id,
        position=after + 1,
        edited_by=by,
        edited_at=timezone.now(),
        **values,
    )
    said = {"heading": clause.heading, "body": clause.body}
    record(f"{clause.NOUN}.added", clause, by=by, after=said)
    return clause


def remove(clause, version, *, by) -> None:
    """Its words stay in the audit trail, under the version: the clause's own id is gone with it."""
    said = {"heading": clause.heading, "body": clause.body}
    record(f"{clause.NOUN}.removed", version, by=by, before=said)
    clause.delete()
    version.clauses.filter(position__gt=clause.position).update(position=F("position") - 1)
