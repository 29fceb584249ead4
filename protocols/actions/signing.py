"""Signature by two different people; the last one brings the version into force."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from audit.events import record
from boards.dates import add_months
from boards.models import AreaSettings
from outbox.jobs import post
from protocols.actions.locks import lock_beside
from protocols.models import Protocol, Review, Signature, Version
from protocols.rules import SIGNATURE_RULES


@transaction.atomic
def sign(signature: Signature, *, by, at: datetime) -> Signature:
    """Sign for one party. The web door has asked for the second factor; the file is sealed by a job."""
    version = lock_beside(signature.version)
    signature = version.signatures.get(pk=signature.pk)
    SIGNATURE_RULES.require("sign", signature, by=by)
    if version.signatures.filter(signed_by=by).exists():
        raise PermissionDenied(
            "You have signed this version for the other party. Another person must sign here."
        )
    signature.signed_by, signature.signed_at, signature.content_hash = (
        by,
        at,
        version.content_hash,
    )
    signature.save(update_fields=["signed_by", "signed_at", "content_hash"])
    record(
        "version.signed",
        version,
        by=by,
        organisation=signature.organisation,
        after={"content": version.content_hash},
    )
    post("protocols.seal", signature)
    if not version.signatures.open().exists():
        _bring_into_force(version)
    return signature


def _bring_into_force(version: Version) -> None:
    protocol = version.protocol
    protocol.versions.in_force().update(status=Version.Status.SUPERSEDED)
    version.status, version.adopted_on = Version.Status.IN_FORCE, _adopted_on(version)
    version.save(update_fields=["status", "adopted_on"])
    if protocol.review_due is None:
        plan_first_review(version)
    for other in Protocol.objects.beside(protocol).in_force():
        _replace(other, by=version)
    record(
        "version.came_into_force",
        version,
        by=None,
        after={"adopted_on": version.adopted_on},
    )
    post("protocols.tell_in_force", version)


def _replace(old: Protocol, *, by: Version) -> None:
    """A borough and its board have one protocol in force; what was under way on the old one ends with it."""
    old.versions.in_force().update(status=Version.Status.SUPERSEDED)
    old.versions.live().update(status=Version.Status.REPLACED)
    old.replaced_by, old.replaced_on, old.review_due = by.protocol, by.adopted_on, None
    old.save(update_fields=["replaced_by", "replaced_on", "review_due"])
    after = {"replaced_by": by.protocol.reference, "replaced_on": by.adopted_on}
    record("protocol.replaced", old, by=None, after=after)


def _adopted_on(version: Version) -> date:
    """The last required approval or signature, whichever came later (domain register, section 7)."""
    days = [a.decided_on for a in version.approvals.all()]
    days += [timezone.localdate(s.signed_at) for s in version.signatures.all()]
    return max(days)


def plan_first_review(version: Version) -> None:
    months = AreaSettings.objects.get(territory=version.territory_id).first_review_months
    plan_review(version.protocol, Review.Kind.FIRST, add_months(version.adopted_on, months))


def plan_review(protocol, kind: str, due_on: date) -> Review:
    protocol.review_due = due_on
    protocol.save(update_fields=["review_due"])
    return Review.objects.create(
        territory_id=protocol.territory_id,
        about_id=protocol.about_id,
        protocol=protocol,
        kind=kind,
        due_on=due_on,
    )
