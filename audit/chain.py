"""Proving the chains: every link recomputed by the database, every tail held against the daily checkpoints (H3)."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.db import connection

from audit.models import Event
from boards.models import Territory

BROKEN_LINKS = """
    SELECT t.code, e.seq, e.problem FROM (
        SELECT territory_id, seq, CASE
            WHEN seq <> COALESCE(lag(seq) OVER chain, 0) + 1 THEN 'an event before it is missing'
            WHEN previous_hash <> COALESCE(lag(hash) OVER chain, '') THEN 'it does not follow the event before it'
            WHEN hash <> app.event_hash(audit_event) THEN 'its content was changed'
        END AS problem
        FROM audit_event WINDOW chain AS (PARTITION BY territory_id ORDER BY seq)
    ) e JOIN boards_territory t ON t.id = e.territory_id
    WHERE e.problem IS NOT NULL ORDER BY t.code, e.seq
"""


@dataclass(frozen=True)
class Problem:
    code: str
    seq: int
    what: str

    def __str__(self):
        return f"{self.code} event {self.seq}: {self.what}"


def broken_links() -> list[Problem]:
    """Of the territories in scope."""
    with connection.cursor() as cursor:
        cursor.execute(BROKEN_LINKS)
        return [Problem(*row) for row in cursor.fetchall()]


def heads() -> dict[str, list]:
    """Last place and hash of each chain in scope, by territory code."""
    last = Event.objects.order_by("territory_id", "-seq").distinct("territory_id")
    return {e.territory.code: [e.seq, e.hash] for e in last.select_related("territory")}


def write_checkpoint(at: datetime) -> Path:
    """Sign all heads and put them outside the database: a chain alone cannot show that its tail was cut."""
    body = json.dumps({"at": at.isoformat(), "heads": heads()}, sort_keys=True)
    folder = settings.CHECKPOINT_DIR
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{at:%Y-%m-%dT%H%M%S}.json"
    path.write_text(
        json.dumps({"body": body, "signature": _key().sign(body.encode()).hex()})
    )
    return path


def missing_tails() -> list[Problem]:
    """What a checkpoint saw and the chains in scope no longer show."""
    now_there = dict(Territory.objects.values_list("code", "pk"))
    problems = []
    for path in sorted(settings.CHECKPOINT_DIR.glob("*.json")):
        for code, (seq, expected) in _read(path)["heads"].items():
            found = (
                Event.objects.filter(territory=now_there.get(code), seq=seq)
                .values_list("hash", flat=True)
                .first()
            )
            if found != expected:
                problems.append(
                    Problem(
                        code, seq, f"the checkpoint {path.name} saw another event here"
                    )
                )
    return problems


def _read(path: Path) -> dict:
    signed = json.loads(path.read_text())
    try:
        _key().public_key().verify(
            bytes.fromhex(signed["signature"]), signed["body"].encode()
        )
    except InvalidSignature:
        raise ValueError(
            f"{path.name}: this checkpoint was changed after it was signed"
        ) from None
    return json.loads(signed["body"])


def _key() -> Ed25519PrivateKey:
    """The portal's checkpoint key, made at first use."""
    path = settings.SIGNING_DIR / "checkpoint.pem"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        pem = Ed25519PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        try:
            with path.open("xb") as new:
                path.chmod(0o600)
                new.write(pem)
        except FileExistsError:
            pass
    return load_pem_private_key(path.read_bytes(), password=None)
