"""How far a worker is with a large file: beside its transaction, which shows nothing until it ends. May be lost."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils.timezone import now
from redis.exceptions import RedisError

from mappa_portal.words import plural
from meetings.models import AttendanceFile

KEPT = 60 * 60  # seconds


@dataclass(frozen=True)
class Progress:
    rows: int
    of: int
    began_at: datetime
    told_at: datetime

    def __str__(self):
        return f"{self.rows:,} of {plural(self.of, 'row')}"


class Teller:
    """Told of rows, it says so; an attempt that is made anew begins anew."""

    def __init__(self, kept: AttendanceFile):
        self.key, self.of, self.began_at = _key(kept), kept.rows, now()
        self(0)

    def __call__(self, rows: int) -> None:
        with suppress(RedisError):
            cache.set(self.key, Progress(rows, self.of, self.began_at, now()), KEPT)


def progress_of(kept: AttendanceFile) -> Progress | None:
    """None where no worker has begun, or nothing is under way."""
    if kept.is_under_way:
        with suppress(RedisError):
            return cache.get(_key(kept))
    return None


def _key(kept: AttendanceFile) -> str:
    return f"attendance_file:{kept.key}:{kept.status}"
