"""Who says what time it was: a time-stamp service, or the local authority that stands in for one."""

from datetime import datetime
from hashlib import sha256

from asn1crypto import algos, cms, core, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.general import as_signing_certificate_v2, simple_cms_attribute
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper


class TimeStampUnavailable(Exception):
    """The time-stamp service gave no usable answer. Try again later; the local clock is no substitute."""


class HttpTimeStamper(RequestsHTTPTimeStamper):
    """An RFC 3161 service; every way in which it can fail has one name."""

    def __init__(self, url: str):
        super().__init__(url, timeout=10)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        try:
            return await super().async_timestamp(message_digest, md_algorithm)
        except (OSError, ValueError, TypeError, KeyError) as error:  # no answer, or not a time stamp
            raise TimeStampUnavailable("The time-stamp service did not answer with a time stamp.") from error


class LocalTimeStamper(DummyTimeStamper):
    """The portal's own authority, for demonstrations and tests; pyHanko's takes RSA keys only."""

    def __init__(
        self,
        certificate: x509.Certificate,
        key: ec.EllipticCurvePrivateKey,
        chain: list[x509.Certificate],
        now: datetime,
    ):
        super().__init__(certificate, None, fixed_dt=now.replace(microsecond=0), override_md="sha256")
        self.certs_to_embed = chain
        self._key = key

    def _sign_tst_info(self, tst_info_data: bytes, md_algorithm: str, dt: datetime):
        attributes = cms.CMSAttributes(
            [
                simple_cms_attribute("content_type", "tst_info"),
                simple_cms_attribute("signing_time", cms.Time({"utc_time": core.UTCTime(dt)})),
                simple_cms_attribute("signing_certificate_v2", as_signing_certificate_v2(self.tsa_cert)),
                simple_cms_attribute("message_digest", sha256(tst_info_data).digest()),
            ]
        )
        return self._key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())), attributes

    def _build_signed_data(self, *args, **kwargs) -> dict:
        signed = super()._build_signed_data(*args, **kwargs)
        signed["signer_infos"][0]["signature_algorithm"] = algos.SignedDigestAlgorithm(
            {"algorithm": "sha256_ecdsa"}
        )
        return signed
