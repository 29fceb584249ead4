"""The signed file of a version: rendered once when the bodies have approved, then sealed act by act."""

from django.utils import timezone

from boards.models import AreaSettings
from documents.actions import Place, file_document, seal
from documents.models import Document
from documents.sign import Signatory
from mappa_portal.text import markdown_to_html
from protocols.models import Signature, Version
from protocols.outline import outline

REASON = "Binds the organisation to this version of the protocol"


def ensure_document(version: Version) -> Document:
    """The version's file; made at the first call, with room for each signature."""
    version = Version.objects.select_for_update(of=["self"]).get(pk=version.pk)
    if version.document is None:
        version.document = _file(version)
        version.save(update_fields=["document"])
    return version.document


def seal_acts(version: Version) -> None:
    """Put every signature that was given into the file, in the order of the acts.

    Raises TimeStampUnavailable while nobody confirms the time; the job is then tried again.
    """
    document = ensure_document(version)
    given = version.signatures.filter(signed_at__isnull=False, sealed_at__isnull=True)
    for signature in given.select_related("signed_by").order_by("signed_at"):
        at = timezone.now()
        seal(document, field=signature.field, signatory=_signatory(signature, document), reason=REASON, at=at)
        signature.sealed_at = at
        signature.save(update_fields=["sealed_at"])


def _signatory(signature: Signature, document: Document) -> Signatory:
    """As the page has it: an organisation may have got another name since."""
    place = document.signatory(signature.field)
    return Signatory(signature.signed_by.name, place["role"], place["organisation"], signature.signed_at)


def _file(version: Version) -> Document:
    protocol = version.protocol
    title = f"MAPPA protocol, {version.about}"
    marking = AreaSettings.objects.get(territory=version.territory_id).marking
    signatures = list(version.signatures.select_related("organisation"))
    return file_document(
        territory=version.territory,
        about=version.about,
        kind=Document.Kind.PROTOCOL,
        reference=protocol.reference,
        version=version.number,
        title=title,
        marking=marking,
        places=[Place(s.role, s.organisation.name) for s in signatures],
        template="pdf/protocol.html",
        context={"document": pages(version, title, marking)},
        signed_data=signed_data(version),
        at=timezone.now(),
        by=None,
    )


def pages(version: Version, title: str, marking: str) -> dict:
    """What the template shows."""
    protocol = version.protocol
    return {
        "title": title,
        "reference": protocol.reference,
        "version": version.number,
        "marking": marking,
        "parties": [protocol.organisation.name, protocol.board.name],
        "clauses": [
            {
                "number": line.number,
                "heading": line.clause.heading,
                "depth": line.clause.depth,
                "html": markdown_to_html(line.clause.body),
            }
            for line in outline(version.clauses.all())
        ],
        "approvals": [
            {"body": a.organisation.name, "decided_on": a.decided_on}
            for a in version.approvals.select_related("organisation")
        ],
        "signatories": [
            {"role": s.role, "organisation": s.organisation.name}
            for s in version.signatures.select_related("organisation")
        ],
        "content_hash": version.content_hash,
    }


def signed_data(version: Version) -> dict:
    """Embedded in the file as JSON: the text itself, and what it rests on."""
    base = version.template_version
    return {
        "reference": version.protocol.reference,
        "version": version.number,
        "borough": version.about.slug,
        "template": f"{base.template.reference} version {base.number}",
        "content_hash": version.content_hash,
        "clauses": [
            {"number": line.number, "heading": line.clause.heading, "text": line.clause.body}
            for line in outline(version.clauses.all())
        ],
        "approvals": [
            {"body": a.organisation.name, "decided_on": a.decided_on}
            for a in version.approvals.select_related("organisation")
        ],
    }
