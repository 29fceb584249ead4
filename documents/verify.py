"""Is this file the one that was signed? The digest first: no stranger's file reaches a PDF parser (P3)."""

from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256

from documents.signatory import Seal

GENUINE = "This is the signed document, complete and unchanged."
CHANGED = "This file is not the document that was signed: it has been changed, or it is another file."
EARLIER = "This is an earlier state of this document: {held} of {all} signatures. Get the present one."
UNSIGNED = "Not everyone has signed this document yet: {held} of {all} signatures."
BROKEN = "The signatures in this file do not hold. Tell the people who run the portal."
UNKNOWN = "This file is not a document signed in this portal."


@dataclass(frozen=True)
class Expected:
    """What the portal knows of a document."""

    kind: str
    reference: str
    version: int | None
    code: str
    sha256: str
    seals: tuple[Seal, ...]
    places: int  # how many must sign
    earlier: tuple[str, ...] = ()  # digests of the file before each of the seals
    borough: str = ""
    standing: str = ""

    @property
    def complete(self) -> bool:
        return 0 < self.places == len(self.seals)


@dataclass(frozen=True)
class SignatureVerdict:
    name: str
    role: str
    organisation: str
    signed_at: datetime
    valid: bool


@dataclass(frozen=True)
class Verdict:
    genuine: bool
    reason: str
    kind: str | None = None
    reference: str | None = None
    version: int | None = None
    signatures: tuple[SignatureVerdict, ...] = ()

    def as_json(self) -> dict:
        signatures = [{**asdict(s), "signed_at": s.signed_at.isoformat()} for s in self.signatures]
        return {
            "genuine": self.genuine,
            "kind": self.kind,
            "reference": self.reference,
            "version": self.version,
            "signatures": signatures,
            "reason": self.reason,
        }


def verify(pdf: bytes, expected: Expected | None) -> Verdict:
    if expected is None:
        return Verdict(False, UNKNOWN)
    digest = sha256(pdf).hexdigest()
    if digest not in (expected.sha256, *expected.earlier):
        return _verdict(expected, CHANGED, expected.seals[: _signatures_in(pdf)], valid=False)
    reason, seals = GENUINE if expected.complete else UNSIGNED, expected.seals
    if digest in expected.earlier:
        reason, seals = EARLIER, expected.seals[: expected.earlier.index(digest)]
    from documents.seals import seals_hold  # loads pyHanko, which takes a second

    if not seals_hold(pdf, expected.code, seals):
        return _verdict(expected, BROKEN, seals, valid=False)
    return _verdict(expected, reason.format(held=len(seals), all=expected.places), seals, valid=True)


def _signatures_in(pdf: bytes) -> int:
    """Counted, not parsed: every signature says in plain text which bytes it covers."""
    return pdf.count(b"/ByteRange")


def _verdict(expected: Expected, reason: str, seals: tuple[Seal, ...], *, valid: bool) -> Verdict:
    """``seals``: the signatures that are in the file."""
    people = [seal.signatory for seal in seals]
    return Verdict(
        genuine=reason == GENUINE,
        reason=reason,
        kind=expected.kind,
        reference=expected.reference,
        version=expected.version,
        signatures=tuple(
            SignatureVerdict(p.name, p.role, p.organisation, p.signed_at, valid) for p in people
        ),
    )
