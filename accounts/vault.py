"""Sealing what may not lie in the database as plain text: secrets of authenticators, kept forms."""

import base64

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def seal(text: str) -> str:
    return seal_bytes(text.encode())


def unseal(sealed: str) -> str:
    """Raises cryptography's InvalidToken for what was not sealed with one of the portal's keys."""
    return unseal_bytes(sealed).decode()


def seal_bytes(data: bytes) -> str:
    return _keys().encrypt(data).decode()


def unseal_bytes(sealed: str) -> bytes:
    return _keys().decrypt(sealed.encode())


def reseal(sealed: str) -> str:
    """With the present key, whichever of the keys it was sealed with."""
    return _keys().rotate(sealed.encode()).decode()


def _keys() -> MultiFernet:
    """The present key seals; those before it still open (SECRET_KEY_FALLBACKS)."""
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> Fernet:
    derived = salted_hmac("accounts.vault", "seal", secret=secret, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(derived))
