"""What /readyz says: the database, the broker, the worker and the scheduler, each seen at work."""

import time
from datetime import timedelta

import redis
from celery.beat import PersistentScheduler
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpResponse, JsonResponse
from django.utils import timezone

from outbox.models import Heartbeat

EVERY = 10.0  # seconds between two heartbeats
DEAD = timedelta(seconds=60)
_last: dict[str, float] = {}


def beat(name: str) -> None:
    """Write a sign of life, not more often than needed."""
    if time.monotonic() - _last.get(name, -EVERY) < EVERY:
        return
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})
    _last[name] = time.monotonic()


class Scheduler(PersistentScheduler):
    """Celery's scheduler, showing that it lives."""

    def tick(self, *args, **kwargs):
        try:
            beat("scheduler")
        except DatabaseError:
            connection.close()  # the database is away: the next tick connects anew
        return min(super().tick(*args, **kwargs), EVERY)


def healthz(request):
    return HttpResponse("ok", content_type="text/plain")


def readyz(request):
    state = readiness()
    ready = set(state.values()) == {"ok"}
    return JsonResponse(state, status=200 if ready else 503)


def readiness() -> dict[str, str]:
    state = {
        "database": "ok",
        "broker": _broker(),
        "worker": "no database",
        "scheduler": "no database",
    }
    try:
        beats = dict(Heartbeat.objects.values_list("name", "at"))
    except DatabaseError:
        return state | {"database": "not reachable"}
    now = timezone.now()
    for name in ("worker", "scheduler"):
        state[name] = (
            "ok"
            if name in beats and now - beats[name] < DEAD
            else "no sign of life for a minute"
        )
    return state


def _broker() -> str:
    client = redis.Redis.from_url(
        settings.CELERY_BROKER_URL, socket_connect_timeout=2, socket_timeout=2
    )
    try:
        client.ping()
    except redis.RedisError:
        return "not reachable"
    finally:
        client.close()
    return "ok"
