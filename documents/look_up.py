"""From a code, or from the code inside a file, to what the portal knows of the document."""

import re
from binascii import unhexlify

from boards.models import Territory
from boards.scope import scope
from documents.models import Document
from documents.signatory import Seal, Signatory
from documents.standing import standing_of
from documents.verify import Expected

CODE = re.compile(r"([A-Z]{3})(-[2-9A-Z]{4}){4}")
IDENTIFIER = re.compile(rb"/ID\s*\[\s*(?:<((?:[0-9A-Fa-f]{2})+)>|\(([^)]{1,40})\))")


def as_printed(code: str) -> str:
    """However somebody types it: lower case, spaces or other hyphens, or none."""
    plain = "".join(c for c in code.upper() if c.isascii() and c.isalnum())
    return "-".join([plain[:3], *(plain[at : at + 4] for at in range(3, len(plain), 4))])


def expected_by_code(code: str) -> Expected | None:
    """The code names the territory, and that is all the scope this look-up gets."""
    match = CODE.fullmatch(as_printed(code))
    territory = match and Territory.objects.filter(code=match[1]).first()
    if not territory:
        return None
    with scope([territory.pk], [territory.pk]):
        document = Document.objects.filter(territory=territory, code=match[0]).first()
        return document and expected_of(document)


def code_in(pdf: bytes) -> str:
    """The file's permanent identifier. Only a hint where to look: the digest decides."""
    for hexadecimal, literal in IDENTIFIER.findall(pdf):
        code = (unhexlify(hexadecimal) if hexadecimal else literal).decode("ascii", "replace")
        if CODE.fullmatch(code):
            return code
    return ""


def expected_of(document: Document) -> Expected:
    revisions = list(document.revisions.order_by("number"))
    signed = [r for r in revisions if r.field]
    seals = tuple(Seal(Signatory(r.name, r.role, r.organisation, r.signed_at), r.stored_at) for r in signed)
    return Expected(
        kind=document.kind,
        reference=document.reference,
        version=document.version,
        code=document.code,
        sha256=revisions[-1].sha256,
        seals=seals,
        places=len(document.signatories),
        earlier=tuple(r.sha256 for r in revisions[:-1]),
        borough=document.about.name if document.about else "",
        standing=standing_of(document),
    )
