"""Approval by the area's bodies in order, each with the day on which the body decided."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.events import record
from boards.models import ApprovingBody, AreaSettings, Organisation
from outbox.jobs import post
from protocols import text
from protocols.actions.locks import lock
from protocols.models import Approval, Signature, Version
from protocols.rules import APPROVAL_RULES


def covered_hash(version: Version, sees: str) -> str:
    """Of the clauses that such a body approves, and of the template version beneath them."""
    clauses = version.clauses.all()
    if sees == ApprovingBody.Sees.SHARED:
        clauses = clauses.filter(locked=True)
    return text.content_hash(version.template_version.reference, list(clauses))


@transaction.atomic
def decide(
    approval: Approval,
    *,
    decision: str,
    decided_on: date,
    comment: str,
    by,
    today: date,
) -> Approval:
    """Record a body's decision; the last approval opens the signatures. Weekend days are as good as others."""
    version = lock(approval.version)
    approval = version.approvals.get(pk=approval.pk)
    APPROVAL_RULES.require("decide", approval, by=by)
    if decided_on > today:
        raise ValidationError({"decided_on": "The date of the decision must be today or in the past"})
    if decision == Approval.Decision.CHANGES and not comment.strip():
        raise ValidationError({"comment": "Enter what should change"})
    approval.decision, approval.decided_on, approval.comment = (
        decision,
        decided_on,
        comment,
    )
    approval.recorded_by, approval.recorded_at = by, timezone.now()
    approval.content_hash = covered_hash(version, approval.sees)
    approval.save()
    record(
        "approval.recorded",
        approval,
        by=by,
        reference=version.reference,
        after={"decision": decision, "decided_on": decided_on},
    )
    go_on(version)
    return approval


@transaction.atomic
def decide_all(approvals: Iterable[Approval], *, decided_on: date, by, today: date) -> list[Approval]:
    """Approve several boroughs' versions in one decision; if one cannot be approved, none is."""
    approve = Approval.Decision.APPROVED
    return [
        decide(a, decision=approve, decided_on=decided_on, comment="", by=by, today=today) for a in approvals
    ]


def go_on(version: Version) -> Version:
    """After a decision: ask the next body, tell of changes wanted, or open the signatures."""
    decisions = set(version.approvals.values_list("decision", flat=True))
    if Approval.Decision.CHANGES in decisions:
        post("protocols.tell_changes_wanted", version)
    elif Approval.Decision.OPEN in decisions:
        post(
            "protocols.ask_approval",
            version.approvals.open().order_by("position").first(),
        )
    else:
        _open_signatures(version)
    return version


def _open_signatures(version: Version) -> None:
    version.status = Version.Status.APPROVED
    version.save(update_fields=["status"])
    for position, (organisation, role) in enumerate(_signatories(version), start=1):
        signature, _ = Signature.objects.get_or_create(
            territory_id=version.territory_id,
            version=version,
            position=position,
            defaults={
                "about_id": version.about_id,
                "organisation": organisation,
                "role": role,
            },
        )
        post("protocols.ask_signature", signature)
    record("version.approved", version, by=None)
    post("protocols.file_pdf", version)


def _signatories(version: Version) -> list[tuple[Organisation, str]]:
    """For MAPPA the borough's chair or the SMB's, as the area has it; and the safeguarding board's chair."""
    settings = AreaSettings.objects.get(territory=version.territory_id)
    protocol = version.protocol
    mappa = (protocol.organisation, "MAPPA Chair")
    if settings.mappa_signatory == AreaSettings.MappaSignatory.SMB:
        smb = Organisation.objects.get(territory=version.territory_id, kind=Organisation.Kind.SMB)
        mappa = (smb, "SMB Chair")
    return [mappa, (protocol.board, f"{settings.board_term} Chair")]
