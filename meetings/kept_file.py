"""What of an attendance file is kept between checking and importing: small, and sealed."""

import base64
import json
import zlib
from collections.abc import Iterable

from accounts.vault import seal, unseal
from meetings.attendance_file import Fault


def pack(data: bytes) -> str:
    return seal(base64.b64encode(zlib.compress(data)).decode())


def unpack(content: str) -> bytes:
    return zlib.decompress(base64.b64decode(unseal(content)))


def pack_faults(faults: Iterable[Fault]) -> str:
    return seal(json.dumps([[fault.line, fault.column, fault.message] for fault in faults]))


def unpack_faults(sealed: str) -> list[Fault]:
    return [Fault(*fault) for fault in json.loads(unseal(sealed))] if sealed else []
