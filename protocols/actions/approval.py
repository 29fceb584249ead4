"""Approval by the area's bodies in order, each with the day on which the body decided."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.events import record
from boards.models import ApprovingBody, AreaSettings, Organisation
from mappa_portal.words import long_date, lower_first
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
    _check_day(approval, decided_on, today)
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


def _check_day(approval: Approval, day: date, today: date) -> None:
    """Bodies decide in order; a day before the text was submitted is as good as another: they decide on paper first."""
    if day > today:
        raise ValidationError({"decided_on": "The date of the decision must be today or in the past"})
    earlier = approval.before().filter(decided_on__gt=day).order_by("-decided_on").first()
    later = approval.after().filter(decided_on__lt=day).order_by("decided_on").first()
    for other, side in ((earlier, "after"), (later, "before")):
        if other:
            raise ValidationError(
                {
                    "decided_on": f"Date must be the same as or {side} {long_date(other.decided_on)},"
                    f" when the {other.organisation} decided"
                }
            )


@transaction.atomic
def correct_date(approval: Approval, *, decided_on: date, reason: str, by, today: date) -> Approval:
    """A day that was recorded wrongly; possible until the PDF is made with it."""
    version = lock(approval.version)
    approval = version.approvals.get(pk=approval.pk)
    APPROVAL_RULES.require("correct_date", approval, by=by)
    _check_day(approval, decided_on, today)
    if decided_on == approval.decided_on:
        raise ValidationError({"decided_on": f"{long_date(decided_on)} is the date that is recorded already"})
    if not reason.strip():
        raise ValidationError({"reason": "Enter why the date is corrected"})
    before, approval.decided_on = approval.decided_on, decided_on
    approval.save(update_fields=["decided_on"])
    record(
        "approval.corrected",
        approval,
        by=by,
        organisation=approval.organisation,
        reference=version.reference,
        before={"decided_on": before},
        after={"decided_on": decided_on},
        reason=reason,
    )
    return approval


@transaction.atomic
def decide_all(approvals: Iterable[Approval], *, decided_on: date, by, today: date) -> list[Approval]:
    """Approve several boroughs' versions in one decision; if one cannot be approved, none is."""
    values = {"decision": Approval.Decision.APPROVED, "decided_on": decided_on, "comment": ""}
    done = []
    for approval in approvals:
        try:
            done.append(decide(approval, by=by, today=today, **values))
        except ValidationError as refused:
            [said] = refused.messages
            raise ValidationError(
                {"decided_on": f"{approval.version.protocol.reference}: {lower_first(said)}"}
            ) from None
    return done


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
