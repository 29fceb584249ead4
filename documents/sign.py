"""Puts a person's signature into a prepared field: PAdES, time-stamped, with its revocation data."""

from datetime import datetime
from io import BytesIO

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference

from documents.authority import authority
from documents.signatory import Signatory
from documents.stamp import SignatureStyle

# In the signature's own revision, so that the signature covers its evidence too.
EVIDENCE = DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE)


class Signer(PdfSigner):
    """Takes the time of signing as given."""

    def __init__(self, *args, now: datetime, **kwargs):
        super().__init__(*args, **kwargs)
        self._now = now

    def init_signing_session(self, pdf_out, existing_fields_only=False):
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._now
        return session


def sign(
    pdf: bytes, field: str, signatory: Signatory, *, reason: str, location: str = "", now: datetime
) -> bytes:
    """The file with one more signature. The first one certifies: only signatures may follow.

    Raises ``TimeStampUnavailable`` and leaves the file as it was if nobody confirms the time.
    """
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    first = not writer.prev.embedded_signatures
    portal = authority()
    metadata = PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        name=signatory.name,
        reason=reason,
        location=location or None,
        subfilter=SigSeedSubFilter.PADES,
        certify=first,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        embed_validation_info=True,
        validation_context=portal.validation_context(now),
        dss_settings=EVIDENCE,
    )
    signer = Signer(
        metadata,
        portal.signer(signatory, now),
        timestamper=portal.time_stamper(now),
        stamp_style=SignatureStyle(signatory=signatory),
        now=now,
    )
    return signer.sign_pdf(writer, existing_fields_only=True).getvalue()
