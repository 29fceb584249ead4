"""Who vouches for signatures: the portal's certificate authority, made at first run, or an outside one."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from secrets import token_hex
from tempfile import mkdtemp

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.policy_decl import (
    REQUIRE_REVINFO,
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import SimpleCertificateStore

from documents.certificates import (
    AUTHORITY_USAGE,
    Issuer,
    certify,
    key_to_asn1,
    load,
    revocation_list,
    save,
    to_asn1,
)
from documents.signatory import Signatory
from documents.timestamps import HttpTimeStamper, LocalTimeStamper
from documents.token import token_issuer
from mappa_portal.files import put_new

YEAR = timedelta(days=365)
ROOT_LIFE, ISSUING_LIFE = 30 * YEAR, 25 * YEAR
SIGNATURE_LIFE = timedelta(days=1)  # a certificate serves one signature; its time stamp says when
CLOCK_SLACK = timedelta(minutes=5)
DAY = timedelta(days=1)  # before it was made: what waited for it may be signed too
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")

# Outside authorities say in their certificates where their lists are; ours are issued with each signature.
OUTSIDE_REVOCATION = RevocationCheckingPolicy(
    RevocationCheckingRule.CRL_OR_OCSP_REQUIRED, RevocationCheckingRule.CHECK_IF_DECLARED
)


@dataclass(frozen=True)
class Authority:
    """``portal`` is our own issuer, ``issuing`` the one in use: the same, or an outside one."""

    portal: Issuer
    issuing: Issuer
    time_stamp: Issuer
    root_crl: bytes
    roots: tuple[x509.Certificate, ...]

    def signer(self, signatory: Signatory, now: datetime) -> SimpleSigner:
        """With a key and certificate for this one signature; the key is forgotten afterwards."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = certify(
            signatory.subject,
            key,
            now - CLOCK_SLACK,
            SIGNATURE_LIFE,
            by=self.issuing,
            usages={"digital_signature", "content_commitment"},
            extended=[DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION],
        )
        chain = SimpleCertificateStore()
        chain.register_multiple(to_asn1(c) for c in self.issuing.chain)
        return SimpleSigner(to_asn1(certificate), key_to_asn1(key), chain)

    def time_stamper(self, now: datetime) -> TimeStamper:
        if settings.SIGNING_TSA_URL:
            return HttpTimeStamper(settings.SIGNING_TSA_URL)
        own = self.time_stamp
        return LocalTimeStamper(to_asn1(own.certificate), own.key, [to_asn1(c) for c in own.above], now)

    def validation_context(self, now: datetime) -> ValidationContext:
        """What a new signature must hold against; its revocation data goes into the file."""
        outside = self.issuing is not self.portal or bool(settings.SIGNING_TSA_URL)
        issuers = {issuer.certificate: issuer for issuer in (self.portal, self.issuing)}
        fresh = [revocation_list(issuer, now - CLOCK_SLACK, timedelta(days=7)) for issuer in issuers.values()]
        return ValidationContext(
            trust_roots=self.trust_roots,
            crls=[asn1_crl.CertificateList.load(der) for der in (self.root_crl, *fresh)],
            moment=None if outside else now,
            allow_fetching=outside,
            revinfo_policy=CertRevTrustPolicy(OUTSIDE_REVOCATION if outside else REQUIRE_REVINFO),
        )

    @property
    def trust_roots(self) -> list[asn1_x509.Certificate]:
        return [to_asn1(root) for root in self.roots]


def authority() -> Authority:
    """As the settings have it; made on the first call of the first process."""
    return _authority(
        Path(settings.SIGNING_DIR),
        settings.SIGNING_PASSPHRASE,
        settings.SIGNING_CA_PKCS12,
        settings.SIGNING_PKCS11,
    )


@lru_cache(maxsize=4)
def _authority(directory: Path, passphrase: str, pkcs12_file: str, token: str) -> Authority:
    home = ensure_portal_authority(directory, passphrase, timezone.now())
    portal = _open(home / "issuing.p12", passphrase)
    if token:
        issuing = token_issuer(token, passphrase)
    elif pkcs12_file:
        issuing = _open(Path(pkcs12_file), passphrase)
    else:
        issuing = portal
    trusted = _trusted(directory, {portal.chain[-1], issuing.chain[-1]})
    time_stamp = _open(home / "time_stamp.p12", passphrase)
    return Authority(portal, issuing, time_stamp, (home / "root.crl").read_bytes(), trusted)


def _open(path: Path, passphrase: str) -> Issuer:
    try:
        return load(path, passphrase)
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"SIGNING_PASSPHRASE does not open {path}.") from error


def _trusted(directory: Path, roots: set[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """Roots once used stay trusted for what they signed; an administrator may add others."""
    trusted = directory / "trusted"
    trusted.mkdir(mode=0o700, exist_ok=True)
    known = {x509.load_pem_x509_certificate(path.read_bytes()) for path in trusted.glob("*.pem")}
    for root in roots - known:
        path = trusted / f"{root.serial_number:x}.pem"
        try:
            put_new(path, root.public_bytes(Encoding.PEM))
        except FileExistsError:  # another process has just written it
            continue
    return tuple(sorted(known | roots, key=lambda c: c.serial_number))


def ensure_portal_authority(directory: Path, passphrase: str, now: datetime) -> Path:
    """Root, issuing and time-stamp keys, complete or not at all: of several processes, one directory wins."""
    home = directory / "portal"
    if home.exists():
        return home
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = Path(mkdtemp(prefix="new-", dir=directory))  # 0700
    try:
        _make_authority(fresh, passphrase, now - DAY)
        fresh.rename(home)
    except OSError:
        if not home.exists():
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return home


def _make_authority(directory: Path, passphrase: str, starts: datetime) -> None:
    root = _self_issued("MAPPA portal root", starts)
    issuing_key = ec.generate_private_key(ec.SECP256R1())
    issuing_certificate = certify(
        _name("MAPPA portal issuing"), issuing_key, starts, ISSUING_LIFE, by=root, usages=AUTHORITY_USAGE
    )
    issuing = Issuer(issuing_key, issuing_certificate, root.chain)
    stamp_key = ec.generate_private_key(ec.SECP256R1())
    stamp_certificate = certify(
        _name("MAPPA portal time stamps"),
        stamp_key,
        starts,
        ISSUING_LIFE,
        by=issuing,
        usages={"digital_signature", "content_commitment"},
        extended=[ExtendedKeyUsageOID.TIME_STAMPING],
    )
    save(directory / "root.p12", root, passphrase)
    save(directory / "issuing.p12", issuing, passphrase)
    save(directory / "time_stamp.p12", Issuer(stamp_key, stamp_certificate, issuing.chain), passphrase)
    put_new(directory / "root.crl", revocation_list(root, starts, ISSUING_LIFE))


def _self_issued(name: str, starts: datetime) -> Issuer:
    key = ec.generate_private_key(ec.SECP256R1())
    return Issuer(key, certify(_name(name), key, starts, ROOT_LIFE, usages=AUTHORITY_USAGE))


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{common_name} {token_hex(4)}")])
