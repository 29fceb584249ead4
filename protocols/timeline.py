"""What happened to one protocol or template, read from the audit events about it and its parts."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from audit.models import Change, Event
from protocols.differences import Run, word_runs
from protocols.models import (
    Approval,
    Clause,
    Protocol,
    Review,
    Signature,
    Template,
    TemplateVersion,
    Version,
    VersionClause,
)

WORDS = {
    "protocol.drafted": "Draft created from the template",
    "protocol.replaced": "Replaced by another protocol",
    "protocol.withdrawn": "Withdrawn",
    "protocol_clause.edited": "Clause changed",
    "protocol_clause.added": "Clause added",
    "protocol_clause.removed": "Clause removed",
    "version.submitted": "Submitted for approval",
    "version.approved": "Approved by every body",
    "version.signed": "Signed",
    "version.came_into_force": "Came into force",
    "version.started": "Next version started",
    "version.discarded": "Draft discarded",
    "approval.recorded": "Decision recorded",
    "approval.corrected": "Date of a decision corrected",
    "review.started": "Review started",
    "review.called_early": "Early review called",
    "review.completed": "Review completed",
    "template.imported": "Imported from a file",
    "template.clauses_locked": "Clauses locked or unlocked",
    "template.published": "Published",
    "template.renamed": "Renamed",
    "template.version_started": "Next version started",
    "template.draft_discarded": "Draft discarded",
    "clause.edited": "Clause changed",
    "clause.added": "Clause added",
    "clause.removed": "Clause removed",
    "clause.moved": "Clause moved",
}
DECIDED = {Approval.Decision.APPROVED: "Approved", Approval.Decision.CHANGES: "Asked for changes"}
UNTOLD = {"content", "positions"}
FIELDS = {
    "body": "Text",
    "heading": "Heading",
    "locked": "Locked",
    "decided_on": "Date of decision",
    "name": "Name",
}


@dataclass(frozen=True)
class Moment:
    title: str
    at: datetime
    who: str
    organisation: str
    detail: str
    changes: tuple[tuple[str, list[Run]], ...]


def events_of_protocol(protocol: Protocol) -> QuerySet[Event]:
    versions = protocol.versions.values("pk")
    return _events(
        protocol,
        (Protocol, [protocol.pk]),
        (Version, versions),
        (VersionClause, VersionClause.objects.filter(version__in=versions).values("pk")),
        (Approval, Approval.objects.filter(version__in=versions).values("pk")),
        (Signature, Signature.objects.filter(version__in=versions).values("pk")),
        (Review, protocol.reviews.values("pk")),
    )


def events_of_template(version: TemplateVersion) -> QuerySet[Event]:
    """Of this version, and what happened to the template as a whole; not of its other versions."""
    template = version.template
    found = _events(
        template,
        (Template, [template.pk]),
        (TemplateVersion, [version.pk]),
        (Clause, version.clauses.values("pk")),
    )
    return found.exclude(name="template.draft_discarded")


def _events(subject, *parts) -> QuerySet[Event]:
    which = Q(pk__in=[])
    for model, ids in parts:
        which |= Q(subject_kind=model._meta.label_lower, subject_id__in=ids)
    found = Event.objects.filter(which, territory=subject.territory_id, name__in=WORDS)
    return found.select_related("actor", "organisation").prefetch_related(
        Prefetch("changes", Change.objects.all())
    )


def moments(events, *, with_values: bool) -> list[Moment]:
    """``with_values``: before and after are for those who write the text; others see what was done."""
    events = list(events)
    headings, decisions = _headings(events), _decisions(events)
    return [_moment(event, headings, decisions, with_values) for event in events]


def _headings(events: list[Event]) -> dict[tuple[str, int], str]:
    """Of the clauses that events are about, as they read now."""
    found = {}
    for model in (Clause, VersionClause):
        kind = model._meta.label_lower
        ids = [event.subject_id for event in events if event.subject_kind == kind]
        for pk, heading in model.objects.filter(pk__in=ids).values_list("pk", "heading") if ids else ():
            found[kind, pk] = heading
    return found


def _decisions(events: list[Event]) -> dict[int, str]:
    ids = [event.subject_id for event in events if event.name == "approval.recorded"]
    return dict(Approval.objects.filter(pk__in=ids).values_list("pk", "decision")) if ids else {}


def _moment(event: Event, headings: dict, decisions: dict, with_values: bool) -> Moment:
    about = _removed(event) or headings.get((event.subject_kind, event.subject_id), event.reference)
    return Moment(
        title=DECIDED.get(decisions.get(event.subject_id), WORDS[event.name])
        if event.name == "approval.recorded"
        else WORDS[event.name],
        at=event.at,
        who=event.actor.name if event.actor else "The portal",
        organisation=event.organisation.name if event.organisation else "",
        detail=event.reason or about,
        changes=tuple(_changes(event)) if with_values else (),
    )


def _removed(event: Event) -> str:
    """The heading of a clause that is gone; empty once the values were erased."""
    if not event.name.endswith("clause.removed"):
        return ""
    return next((change.before.get("heading", "") for change in event.changes.all()), "")


def _changes(event: Event):
    for change in event.changes.all():
        for field in sorted({*change.before, *change.after}, reverse=True):
            before, after = change.before.get(field), change.after.get(field)
            if before != after and field not in UNTOLD:
                yield (
                    FIELDS.get(field, field.replace("_", " ").capitalize()),
                    word_runs(_said(before), _said(after)),
                )


def _said(value) -> str:
    if value is None:
        return ""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
