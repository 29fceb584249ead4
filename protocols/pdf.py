"""The signed file of a version: rendered once when the bodies have approved, then sealed act by act."""

from django.db import transaction
from django.utils import timezone

from boards.models import AreaSettings
from documents.actions import Held, Place, file_document, seal
from documents.models import Document
from documents.signatory import Signatory
from mappa_portal.text import markdown_to_html
from protocols.models import Signature, Version
from protocols.outline import outline

REASON = "Binds the organisation to this version of the protocol"


def ensure_document(version: Version, *, held: Held = transaction.atomic) -> Document:
    """The version's file; made at the first call, with room for each signature. ``held`` opens each transaction."""
    with held():
        version = Version.objects.select_related("document").get(pk=version.pk)
        if version.document:
            return version.document
        paper = _paper(version)
    document = file_document(**paper, at=timezone.now(), by=None, held=held)
    with held():
        Version.objects.filter(pk=version.pk).update(document=document)
    return document


def seal_acts(version: Version, *, held: Held = transaction.atomic) -> None:
    """Put every signature that was given into the file, in the order of the acts.

    Raises TimeStampUnavailable while nobody confirms the time; the job is then tried again.
    """
    document = ensure_document(version, held=held)
    with held():
        given = version.signatures.filter(signed_at__isnull=False, sealed_at__isnull=True)
        acts = [
            (act, _signatory(act, document))
            for act in given.select_related("signed_by").order_by("signed_at")
        ]
    for act, signatory in acts:
        revision = seal(
            document, field=act.field, signatory=signatory, reason=REASON, at=timezone.now(), held=held
        )
        with held():
            version.signatures.filter(pk=act.pk).update(sealed_at=revision.stored_at)


def _signatory(signature: Signature, document: Document) -> Signatory:
    """As the page has it: an organisation may have got another name since."""
    place = document.signatory(signature.field)
    return Signatory(signature.signed_by.name, place["role"], place["organisation"], signature.signed_at)


def _paper(version: Version) -> dict:
    """All that the file will say, read at once."""
    protocol = version.protocol
    title = f"MAPPA protocol, {version.about}"
    marking = AreaSettings.objects.get(territory=version.territory_id).marking
    signatures = list(version.signatures.select_related("organisation"))
    return {
        "territory": version.territory,
        "about": version.about,
        "kind": Document.Kind.PROTOCOL,
        "reference": protocol.reference,
        "version": version.number,
        "title": title,
        "marking": marking,
        "places": [Place(s.role, s.organisation.name) for s in signatures],
        "template": "pdf/protocol.html",
        "context": {"document": pages(version, title, marking)},
        "signed_data": signed_data(version),
    }


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
    return {
        "reference": version.protocol.reference,
        "version": version.number,
        "borough": version.about.slug,
        "template": version.template_version.reference,
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
