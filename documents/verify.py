"""Is this file the one that was signed? The digest first: no stranger's file reaches a PDF parser (P3)."""

import zlib
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import EmbeddedPdfSignature, read_certification_data, validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy

from documents.authority import OUTSIDE_REVOCATION, Signatory, authority

# What a PDF parser throws at a file that is not what it was: any of it means no.
STUMBLES = (
    PdfError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
    zlib.error,
)

GENUINE = "This is the signed document, complete and unchanged."
CHANGED = "This file is not the document that was signed: it has been changed, or it is another file."
EARLIER = "This is an earlier state of this document: {held} of {all} signatures. Get the present one."
UNSIGNED = "Not everyone has signed this document yet: {held} of {all} signatures."
BROKEN = "The signatures in this file do not hold. Tell the people who run the portal."
UNKNOWN = "This file is not a document signed in this portal."


@dataclass(frozen=True)
class Seal:
    """One signature that the file must hold, in order. At ``sealed_at`` the file with it was stored."""

    signatory: Signatory
    sealed_at: datetime


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


def seals_hold(pdf: bytes, code: str, seals: tuple[Seal, ...]) -> bool:
    """The file holds these signatures, no other, and nothing was added after the last one."""
    if not seals:
        return True
    try:
        reader = PdfFileReader(BytesIO(pdf))
        signatures = reader.embedded_signatures
        if len(signatures) != len(seals) or not _certified(reader, signatures[0]):
            return False
        if reader.trailer["/ID"][0].original_bytes != code.encode():
            return False
        if signatures[-1].evaluate_signature_coverage() != SignatureCoverageLevel.ENTIRE_FILE:
            return False
        evidence = DocumentSecurityStore.read_dss(reader)
        latest_first = reversed(list(zip(signatures, seals, strict=True)))  # cheap: nothing came after it
        return all(_holds(signature, seal, evidence) for signature, seal in latest_first)
    except STUMBLES:
        return False


def _certified(reader: PdfFileReader, first: EmbeddedPdfSignature) -> bool:
    """The first signature said that only signatures may follow."""
    certification = read_certification_data(reader)
    return (
        certification is not None
        and certification.permission == MDPPerm.FILL_FORMS
        and certification.author_sig == first.sig_object
    )


def _holds(signature: EmbeddedPdfSignature, seal: Seal, evidence: DocumentSecurityStore) -> bool:
    """By our roots and the evidence in the file, as of the moment it was stored: expiry does not matter."""
    context = evidence.as_validation_context(
        {
            "trust_roots": authority().trust_roots,
            "moment": seal.sealed_at,
            "allow_fetching": False,
            "revinfo_policy": CertRevTrustPolicy(OUTSIDE_REVOCATION),
        }
    )
    status = validate_pdf_signature(signature, context, ts_validation_context=context)
    return (
        status.bottom_line
        and status.timestamp_validity is not None
        and signature.signer_cert.subject.dump() == seal.signatory.subject.public_bytes()
    )
