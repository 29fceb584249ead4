"""Making and keeping X.509 certificates: no knowledge of documents."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from mappa_portal.files import put_new

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
AUTHORITY_USAGE = {"key_cert_sign", "crl_sign"}
USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True)
class Issuer:
    """A key with its certificate and those above it, the root last."""

    key: PrivateKey
    certificate: x509.Certificate
    above: tuple[x509.Certificate, ...] = ()

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        return (self.certificate, *self.above)


def certify(
    subject: x509.Name,
    key: PrivateKey,
    starts: datetime,
    life: timedelta,
    *,
    by: Issuer | None = None,
    usages: Iterable[str],
    extended: Iterable[x509.ObjectIdentifier] = (),
) -> x509.Certificate:
    """A certificate for ``key``, signed by ``by`` or, for a root, by itself."""
    usages, extended = set(usages), list(extended)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(starts + life)
        .add_extension(x509.BasicConstraints("key_cert_sign" in usages, None), critical=True)
        .add_extension(x509.KeyUsage(**{usage: usage in usages for usage in USAGES}), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            _authority_key(by.certificate.public_key() if by else key.public_key()), critical=False
        )
    )
    if extended:
        builder = builder.add_extension(x509.ExtendedKeyUsage(extended), critical=True)
    return builder.sign(by.key if by else key, hashes.SHA256())


def revocation_list(by: Issuer, starts: datetime, life: timedelta) -> bytes:
    """An empty list: nothing that this portal certifies lives long enough to be revoked."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.certificate.subject)
        .last_update(starts)
        .next_update(starts + life)
        .add_extension(x509.CRLNumber(int(starts.timestamp())), critical=False)
        .add_extension(_authority_key(by.certificate.public_key()), critical=False)
    )
    return builder.sign(by.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _authority_key(public_key) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(public_key)


def to_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """pyHanko speaks asn1crypto."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def key_to_asn1(key: PrivateKey) -> asn1_keys.PrivateKeyInfo:
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return asn1_keys.PrivateKeyInfo.load(der)


def save(path: Path, issuer: Issuer, passphrase: str) -> None:
    data = pkcs12.serialize_key_and_certificates(
        b"portal",
        issuer.key,
        issuer.certificate,
        list(issuer.above),
        BestAvailableEncryption(passphrase.encode()),
    )
    put_new(path, data)


def load(path: Path, passphrase: str) -> Issuer:
    key, certificate, above = pkcs12.load_key_and_certificates(path.read_bytes(), passphrase.encode())
    return Issuer(key, certificate, in_order(certificate, above))


def in_order(
    certificate: x509.Certificate, others: Iterable[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    """The certificates above this one, nearest first, as far as they are there."""
    by_name = {other.subject: other for other in others}
    chain: list[x509.Certificate] = []
    below = certificate
    while below.issuer != below.subject and below.issuer in by_name and len(chain) < len(by_name):
        below = by_name[below.issuer]
        chain.append(below)
    return tuple(chain)
