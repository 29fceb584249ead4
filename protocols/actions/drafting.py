"""Drafting a borough's version, clause by clause, and handing it in."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.events import record
from boards.access import share
from boards.models import ApprovingBody
from mappa_portal.exceptions import Conflict
from outbox.jobs import post
from protocols import text
from protocols.actions import clauses, copies
from protocols.actions.approval import covered_hash, go_on
from protocols.actions.carry_over import carry_over
from protocols.actions.locks import lock
from protocols.models import Approval, TemplateVersion, Version, VersionClause
from protocols.rules import CLAUSE_RULES, VERSION_RULES


@transaction.atomic
def edit_clause(clause: VersionClause, *, heading: str, body: str, revision: int, by) -> VersionClause:
    """Refused as stale when somebody saved another revision meanwhile."""
    clause = clauses.reread(clause, lock(clause.version))
    CLAUSE_RULES.require("edit", clause, by=by)
    return clauses.edit(clause, revision=revision, by=by, heading=heading, body=body, to_check=False)


@transaction.atomic
def restore_clause(clause: VersionClause, *, by) -> VersionClause:
    """Take the template's text again."""
    clause = clauses.reread(clause, lock(clause.version))
    CLAUSE_RULES.require("edit", clause, by=by)
    if clause.clause is None:
        raise ValidationError("This clause is the borough's own: the template has no text for it.")
    borough = clause.about.name
    heading, body = text.merge(clause.clause.heading, borough), text.merge(clause.clause.body, borough)
    return clauses.edit(clause, revision=clause.revision, by=by, heading=heading, body=body, to_check=False)


@transaction.atomic
def add_clause(version: Version, *, after: int, depth: int, heading: str, body: str, by) -> VersionClause:
    """A clause of the borough's own, behind the place ``after``."""
    version = lock(version)
    VERSION_RULES.require("edit", version, by=by)
    values = {"about_id": version.about_id, "depth": depth, "heading": heading, "body": body}
    return clauses.add(version, after=after, by=by, **values)


@transaction.atomic
def remove_clause(clause: VersionClause, *, by) -> None:
    """Again is the same as once."""
    version = lock(clause.version)
    if found := version.clauses.filter(pk=clause.pk).first():
        CLAUSE_RULES.require("edit", found, by=by)
        clauses.remove(found, version, by=by)


def problems(version: Version) -> list[tuple[VersionClause | None, str]]:
    """What has to be put right before the version can be submitted, with the clause that it stands in."""
    found = list(version.clauses.all())
    if not any(c.body.strip() for c in found):
        return [(None, "This version has no text. Write at least one clause before submitting it.")]
    return [
        (clause, f"{clause.heading} still has a placeholder: {blank}")
        for clause in found
        for blank in text.placeholders(f"{clause.heading}\n{clause.body}")
    ]


@transaction.atomic
def submit(version: Version, *, by) -> Version:
    """Fix the text and ask the approving bodies; what a body approved before and still reads the same carries over."""
    version = lock(version)
    VERSION_RULES.require("submit", version, by=by)
    if found := problems(version):
        raise ValidationError([message for _, message in found])
    version.content_hash = covered_hash(version, ApprovingBody.Sees.WHOLE)
    version.status = Version.Status.CONSULTATION
    version.submitted_at, version.submitted_by = timezone.now(), by
    version.save(update_fields=["content_hash", "status", "submitted_at", "submitted_by"])
    for body, same in bodies_of(version):
        _ask(version, body, same)
    record("version.submitted", version, by=by)
    return go_on(version)


def bodies_of(version: Version) -> list[tuple[ApprovingBody, Approval | None]]:
    """The area's approving bodies in order, each with its earlier approval of the very text that it reads."""
    seen = {
        sees: covered_hash(version, sees) for sees in (ApprovingBody.Sees.SHARED, ApprovingBody.Sees.WHOLE)
    }
    earlier = Approval.objects.filter(
        version__protocol=version.protocol_id, decision=Approval.Decision.APPROVED
    )
    earlier = list(earlier.select_related("version").order_by("-version__number"))

    def same(body: ApprovingBody) -> Approval | None:
        text_of_body = (body.organisation_id, seen[body.sees])
        return next((a for a in earlier if (a.organisation_id, a.content_hash) == text_of_body), None)

    bodies = ApprovingBody.objects.filter(territory=version.territory_id).select_related("organisation")
    return [(body, same(body)) for body in bodies]


def _ask(version: Version, body: ApprovingBody, same: Approval | None) -> None:
    share(version.protocol, with_=body.organisation)  # it may have become one since the copy was given
    approval = Approval(
        territory_id=version.territory_id,
        about_id=version.about_id,
        version=version,
        organisation_id=body.organisation_id,
        position=body.position,
        sees=body.sees,
    )
    if same:
        approval.decision, approval.decided_on, approval.comment = (
            same.decision,
            same.decided_on,
            same.comment,
        )
        approval.recorded_by, approval.recorded_at = same.recorded_by, same.recorded_at
        approval.content_hash, approval.carried_from = same.content_hash, same
    approval.save()


@transaction.atomic
def start_next(version: Version, *, by, template_version: TemplateVersion | None = None) -> Version:
    """The next version starts from this one's text, or from a newer template with the borough's own wording kept."""
    version = lock(version)
    VERSION_RULES.require("start_next", version, by=by)
    if version.protocol.versions.filter(number__gt=version.number).exists():
        raise Conflict("A later version was started already.")
    if version.status in Version.UNDER_WAY:
        version.status = Version.Status.REPLACED
        version.save(update_fields=["status"])
    draft = Version.objects.create(
        territory_id=version.territory_id,
        about=version.about,
        protocol=version.protocol,
        number=version.number + 1,
        template_version=template_version or version.template_version,
    )
    VersionClause.objects.bulk_create(_next_clauses(version, draft))
    record("version.started", draft, by=by)
    return draft


def _next_clauses(version: Version, draft: Version) -> list[VersionClause]:
    old = list(version.clauses.select_related("clause", "about"))
    if draft.template_version_id == version.template_version_id:
        return [_again(clause, draft) for clause in old]
    new = copies.from_template(draft, draft.template_version.clauses.all())
    return carry_over(old, new)


def _again(clause: VersionClause, draft: Version) -> VersionClause:
    fields = (
        "position",
        "depth",
        "heading",
        "body",
        "locked",
        "clause_id",
        "template_hash",
        "to_check",
        "about_id",
    )
    return VersionClause(
        territory_id=clause.territory_id,
        version=draft,
        **{name: getattr(clause, name) for name in fields},
    )


@transaction.atomic
def discard(version: Version, *, by) -> Version:
    """Throw a later draft away; the version that it replaced takes its place again."""
    version = lock(version)
    VERSION_RULES.require("discard", version, by=by)
    protocol = version.protocol
    record("version.discarded", protocol, by=by, reference=version.reference)
    version.delete()
    before = protocol.versions.first()
    if before.status == Version.Status.REPLACED:
        before.status = Version.Status.CONSULTATION
        before.save(update_fields=["status"])
        return go_on(before)
    return before


@transaction.atomic
def withdraw(version: Version, *, reason: str, by, on: date) -> Version:
    """End the protocol: its versions stay readable, nothing more is asked of anybody."""
    version = lock(version)
    VERSION_RULES.require("withdraw", version, by=by)
    if not reason.strip():
        raise ValidationError({"reason": "Enter why the protocol is withdrawn."})
    protocol = version.protocol
    protocol.versions.live().update(status=Version.Status.WITHDRAWN)
    protocol.withdrawn_on, protocol.review_due = on, None
    protocol.save(update_fields=["withdrawn_on", "review_due"])
    record("protocol.withdrawn", protocol, by=by, reason=reason)
    post("protocols.tell_withdrawn", protocol)
    return protocol.versions.get(pk=version.pk)
