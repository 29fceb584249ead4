"""Do the signatures in a stored file hold? Only files that the portal itself made come here (P3)."""

import struct
import zlib
from io import BytesIO

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import EmbeddedPdfSignature, read_certification_data, validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy

from documents.authority import OUTSIDE_REVOCATION, authority
from documents.signatory import Seal

# What a PDF parser throws at a file that is not what it was: any of it means no.
STUMBLES = (
    PdfError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    EOFError,
    RuntimeError,
    struct.error,
    zlib.error,
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
