"""A protocol to print and sign, with words that need more than plain Latin letters."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

from documents.render import Embedded, render_pdf
from documents.sign import sign
from documents.signatory import Seal, Signatory
from documents.verify import Expected

CODE = "LON-7KQ2-M4TX-9HVB-2CDP"
AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
CHAIRS = (
    Signatory("Amira Okafor-Llewellyn", "MAPPA Chair", "Camden MAPPA unit", AT),
    Signatory("Łukasz Šimánek-O’Brien", "Independent Chair", "Camden Safeguarding Children Board", AT),
)
DOCUMENT = {
    "title": "Joint working in Camden",
    "reference": "CMD-P-2026-001",
    "version": 4,
    "marking": "OFFICIAL-SENSITIVE",
    "parties": ["Camden MAPPA", "Camden Safeguarding Children Board"],
    "clauses": [
        {"number": "1", "heading": "Purpose", "depth": 1, "text": "Why we agree this.\n\nAnd with whom."},
        {"number": "1.1", "heading": "Contacts", "depth": 2, "text": "Each agency names one."},
        {"number": "2", "heading": "Review", "depth": 1, "text": "Within twelve months."},
    ],
    "approvals": [
        {"body": "London SCB", "decided_on": date(2012, 11, 21)},
        {"body": "London SMB", "decided_on": date(2012, 12, 8)},
    ],
    "signatories": [{"role": c.role, "organisation": c.organisation} for c in CHAIRS],
    "content_hash": sha256(b"text").hexdigest(),
}
FIELDS = {"signature-1": "Signature of the MAPPA Chair", "signature-2": "Signature of the Independent Chair"}


def render(identifier: str = CODE, created: datetime = AT, **changes) -> bytes:
    document = {**DOCUMENT, **changes}
    return render_pdf(
        "pdf/protocol.html",
        {
            "document": document,
            "verify": {"code": identifier, "url": f"https://portal.example/verify/{identifier}/"},
        },
        title=document["title"],
        marking=document["marking"],
        reference=document["reference"],
        identifier=identifier,
        created=created,
        attachments=[Embedded("protocol.json", b'{"version": 4}', "What was signed")],
        signature_fields=FIELDS,
    )


@dataclass(frozen=True)
class Sealed:
    """The file after each signature, the unsigned one first, and what must be in it."""

    revisions: tuple[bytes, ...]
    seals: tuple[Seal, ...]

    @property
    def pdf(self) -> bytes:
        return self.revisions[-1]

    def expected(self, pdf: bytes | None = None) -> Expected:
        """As the portal stored it; another ``pdf`` stands for a database that was tampered with too."""
        digests = [sha256(revision).hexdigest() for revision in self.revisions]
        latest = digests[-1] if pdf is None else sha256(pdf).hexdigest()
        earlier = tuple(digests[:-1] if pdf is None else ())
        return Expected("protocol", "CMD-P-2026-001", 4, CODE, latest, self.seals, len(CHAIRS), earlier)


def seal(pdf: bytes, at: datetime | None = None, signatories=CHAIRS) -> Sealed:
    at = at or datetime.now(UTC)
    revisions, seals = [pdf], []
    for number, signatory in enumerate(signatories, start=1):
        revisions.append(sign(revisions[-1], f"signature-{number}", signatory, reason="Signs", now=at))
        seals.append(Seal(signatory, at))
    return Sealed(tuple(revisions), tuple(seals))
