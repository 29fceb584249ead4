"""What the room does in the background: files and seals PDFs, writes to those who have to act."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.utils import timezone

from boards.directory import in_post
from boards.models import Organisation
from boards.roles import Seat
from boards.scope import everywhere, scope
from mappa_portal.celery import app
from mappa_portal.words import long_date
from outbox.jobs import Claim, effect, job
from outbox.mail import send
from protocols import pdf
from protocols.actions.reviews import remind_of_reviews
from protocols.models import Approval, Protocol, Signature, Version

DRAFTERS = (Seat.ADMINISTRATOR, Seat.CO_ORDINATOR)
DECIDERS = (Seat.CHAIR, Seat.BUSINESS_MANAGER)


def _holders(organisation: Organisation, seats: Collection[Seat], borough=None) -> QuerySet:
    return in_post([organisation], timezone.localdate(), borough, seats)


def _write(template: str, protocol: Protocol, people, *, key: str, subject: str, **context) -> None:
    """The same mail to each person, once for its key."""
    for appointment in people:
        send(
            template,
            appointment.user,
            {"protocol": protocol, "organisation": appointment.organisation, **context},
            key=f"{template}:{key}:{appointment.user_id}",
            subject=subject,
            territory=protocol.territory,
            about=protocol.about,
        )


def _named(version: Version) -> str:
    return f"MAPPA protocol, {version.about}, version {version.number} ({version.protocol.reference})"


@job("protocols.ask_approval")
def ask_approval(approval_id: int) -> None:
    approval = Approval.objects.get(pk=approval_id)
    version = approval.version
    _write(
        "protocol_approval",
        version.protocol,
        _holders(approval.organisation, DECIDERS),
        key=f"{approval_id}",
        subject=f"Approval needed: {_named(version)}",
        version=version,
    )


@job("protocols.ask_signature")
def ask_signature(signature_id: int) -> None:
    signature = Signature.objects.get(pk=signature_id)
    version = signature.version
    _write(
        "protocol_signature",
        version.protocol,
        _holders(signature.organisation, [Seat.CHAIR], version.about),
        key=f"{signature_id}",
        subject=f"Signature needed: {_named(version)}",
        version=version,
        role=signature.role,
    )


@job("protocols.tell_changes_wanted")
def tell_changes_wanted(version_id: int) -> None:
    version = Version.objects.get(pk=version_id)
    _write(
        "protocol_changes",
        version.protocol,
        _holders(version.protocol.organisation, DRAFTERS),
        key=f"{version_id}",
        subject=f"Changes wanted: {_named(version)}",
        version=version,
    )


@job("protocols.tell_in_force")
def tell_in_force(version_id: int) -> None:
    version = Version.objects.get(pk=version_id)
    for organisation in (version.protocol.organisation, version.protocol.board):
        _write(
            "protocol_in_force",
            version.protocol,
            _holders(organisation, DRAFTERS + DECIDERS, version.about),
            key=f"{version_id}",
            subject=f"In force: {_named(version)}",
            version=version,
        )


@job("protocols.tell_withdrawn")
def tell_withdrawn(protocol_id: int) -> None:
    protocol = Protocol.objects.get(pk=protocol_id)
    _write(
        "protocol_withdrawn",
        protocol,
        _holders(protocol.board, DECIDERS, protocol.about),
        key=f"{protocol_id}",
        subject=f"Withdrawn: MAPPA protocol, {protocol.about} ({protocol.reference})",
    )


@job("protocols.remind_of_review")
def remind_of_review(protocol_id: int) -> None:
    protocol = Protocol.objects.get(pk=protocol_id)
    if protocol.review_due is None:
        return
    office = Organisation.objects.unit_of(protocol.territory_id)
    for organisation in filter(None, (protocol.organisation, office)):
        _write(
            "protocol_review",
            protocol,
            _holders(organisation, DRAFTERS, protocol.about).filter(user__reminders=True),
            key=f"{protocol_id}:{protocol.review_due}:{timezone.localdate()}",
            subject=f"Review due by {long_date(protocol.review_due)}: {protocol.reference}, {protocol.about}",
        )


@effect("protocols.file_pdf")
def file_pdf(claim: Claim) -> None:
    with claim.held():
        version = Version.objects.get(pk=claim.subject_id)
    pdf.ensure_document(version, held=claim.held)


@effect("protocols.seal")
def seal(claim: Claim) -> None:
    """Raises while the time-stamp service is away: the job is tried again, the signature stays «time not confirmed»."""
    with claim.held():
        version = Version.objects.get(signatures=claim.subject_id)
    pdf.seal_acts(version, held=claim.held)


@app.task(name="protocols.remind_of_reviews")
def remind_everywhere() -> int:
    named = everywhere()
    with scope(named.territories, named.areas):
        return remind_of_reviews(timezone.localdate())
