"""Signed notes of each chain's last link, outside the database: a chain cannot show that its tail was cut."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from mappa_portal.files import put, put_new

HEADS = """
    SELECT t.code, last.seq, last.hash FROM boards_territory t CROSS JOIN LATERAL (
        SELECT seq, hash FROM audit_event WHERE territory_id = t.id ORDER BY seq DESC LIMIT 1
    ) last ORDER BY t.code
"""


@dataclass(frozen=True)
class Checkpoint:
    name: str
    at: datetime | None = None
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    refused: str = ""


def heads() -> dict[str, tuple[int, str]]:
    """Last place and hash of each chain in scope, by territory code."""
    with connection.cursor() as cursor:
        cursor.execute(HEADS)
        return {code: (seq, last) for code, seq, last in cursor.fetchall()}


def write_checkpoint(at: datetime) -> Path:
    body = json.dumps({"at": at.isoformat(), "heads": heads()}, sort_keys=True)
    signed = json.dumps({"body": body, "signature": _key().sign(body.encode()).hex()})
    path = settings.CHECKPOINT_DIR / f"{at:%Y-%m-%dT%H%M%S}.json"
    put(path, signed.encode())
    return path


def checkpoints() -> Iterator[Checkpoint]:
    """Oldest first."""
    paths = sorted(settings.CHECKPOINT_DIR.glob("*.json"))
    key = _key().public_key() if paths else None
    for path in paths:
        yield _read(path, key)


def _read(path: Path, key: Ed25519PublicKey) -> Checkpoint:
    try:
        signed = json.loads(path.read_bytes())
        key.verify(bytes.fromhex(signed["signature"]), signed["body"].encode())
        body = json.loads(signed["body"])
        seen = {code: (seq, last) for code, (seq, last) in body["heads"].items()}
        return Checkpoint(path.name, datetime.fromisoformat(body["at"]), seen)
    except (InvalidSignature, KeyError, TypeError, ValueError, AttributeError):
        return Checkpoint(path.name, refused="this checkpoint was changed after it was signed")


def _key() -> Ed25519PrivateKey:
    """The portal's checkpoint key, made at first use."""
    path, passphrase = settings.SIGNING_DIR / "checkpoint.pem", settings.SIGNING_PASSPHRASE.encode()
    if not path.exists():
        pem = Ed25519PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase)
        )
        with suppress(FileExistsError):  # another process was quicker: its key is the portal's
            put_new(path, pem)
    try:
        return load_pem_private_key(path.read_bytes(), passphrase)
    except ValueError as error:
        raise ImproperlyConfigured(f"SIGNING_PASSPHRASE does not open {path.name} in SIGNING_DIR.") from error
