"""An issuing key that never leaves its hardware (PKCS#11): ``SIGNING_PKCS11=module path;token label``.

The token holds the certificates and one P-256 private key, labelled ``issuing`` like its certificate. Its PIN
is ``SIGNING_PASSPHRASE``. Needs the package python-pkcs11, which the portal does not install by itself.
"""

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.core.exceptions import ImproperlyConfigured

from documents.certificates import Issuer, in_order

LABEL = "issuing"


class TokenKey(ec.EllipticCurvePrivateKey):
    """Enough of a private key for ``cryptography`` to sign certificates with it."""

    curve = ec.SECP256R1()
    key_size = 256

    def __init__(self, handle, certificate: x509.Certificate, mechanism):
        self._handle, self._certificate, self._mechanism = handle, certificate, mechanism

    def sign(self, data: bytes, signature_algorithm: ec.ECDSA) -> bytes:
        digest = hashes.Hash(signature_algorithm.algorithm)
        digest.update(data)
        pair = self._handle.sign(digest.finalize(), mechanism=self._mechanism)
        half = len(pair) // 2
        return encode_dss_signature(int.from_bytes(pair[:half], "big"), int.from_bytes(pair[half:], "big"))

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._certificate.public_key()

    def _stays_inside(self, *args, **kwargs):
        raise TypeError("This key does not leave its token.")

    exchange = private_numbers = private_bytes = _stays_inside

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


def token_issuer(setting: str, pin: str) -> Issuer:
    try:
        import pkcs11
    except ImportError:
        raise ImproperlyConfigured(
            "SIGNING_PKCS11 needs the Python package python-pkcs11. Install it."
        ) from None
    module, _, label = setting.partition(";")
    try:
        session = pkcs11.lib(module).get_token(token_label=label).open(user_pin=pin)
        found = session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE})
        certificates = [x509.load_der_x509_certificate(c[pkcs11.Attribute.VALUE]) for c in found]
        key = session.get_key(pkcs11.ObjectClass.PRIVATE_KEY, label=LABEL)
        [own] = session.get_objects(
            {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE, pkcs11.Attribute.LABEL: LABEL}
        )
    except (pkcs11.PKCS11Error, RuntimeError, ValueError) as error:
        raise ImproperlyConfigured(
            f"SIGNING_PKCS11: the token did not open ({type(error).__name__})."
        ) from error
    certificate = x509.load_der_x509_certificate(own[pkcs11.Attribute.VALUE])
    held = TokenKey(key, certificate, pkcs11.Mechanism.ECDSA)
    return Issuer(held, certificate, in_order(certificate, certificates))
