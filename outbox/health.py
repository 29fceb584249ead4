"""What /readyz says: the database, the broker, the worker and the scheduler, each seen at work."""

import logging
import time
from datetime import datetime, timedelta

import redis
from celery.beat import PersistentScheduler
from django.conf import settings
from django.db import Error, connection
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from redis.backoff import NoBackoff
from redis.retry import Retry

from boards.scope import everywhere, scope
from outbox.models import Heartbeat, Job

log = logging.getLogger(__name__)
EVERY = 10.0  # seconds between two heartbeats
DEAD = timedelta(seconds=60)
LATE = timedelta(minutes=2)  # what recovery may take
_last: dict[str, float] = {}


def beat(name: str) -> None:
    """Write a sign of life, not more often than needed."""
    if time.monotonic() - _last.get(name, -EVERY) < EVERY:
        return
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})
    _last[name] = time.monotonic()


def beat_alone(name: str) -> None:
    """From a process with no other business in the database: it keeps no connection that could go stale."""
    try:
        beat(name)
    except Error:
        log.warning("no database to write a heartbeat to", extra={"kind": name})
    finally:
        connection.close()


class Scheduler(PersistentScheduler):
    """Celery's scheduler, showing that it lives."""

    def tick(self, *args, **kwargs):
        beat_alone("scheduler")
        return min(super().tick(*args, **kwargs), EVERY)


# -- Answering --


class HealthMiddleware:
    """Answers before anything needs a session or the database, which may be what is missing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        view = VIEWS.get(request.path)
        return view(request) if view else self.get_response(request)


def healthz(request):
    return HttpResponse("ok", content_type="text/plain")


def readyz(request):
    state = readiness(timezone.now())
    ready = set(state.values()) == {"ok"}
    return JsonResponse(state, status=200 if ready else 503)


VIEWS = {"/healthz": healthz, "/readyz": readyz}


def readiness(now: datetime) -> dict[str, str]:
    state = {"database": "ok", "broker": _broker(), "worker": "no database", "scheduler": "no database"}
    try:
        beats = dict(Heartbeat.objects.values_list("name", "at"))
        late = _is_late(now)
    except Error:
        connection.close()  # the next question connects anew
        return state | {"database": "not reachable"}
    for name in ("worker", "scheduler"):
        alive = name in beats and now - beats[name] < DEAD
        state[name] = "ok" if alive else "no sign of life for a minute"
    works = "job" in beats and now - beats["job"] < DEAD
    if state["worker"] == "ok" and late and not works:
        state["worker"] = "takes no jobs"  # seen with brokers that came back (O4)
    return state


def _is_late(now: datetime) -> bool:
    """Is there work that should have been done long ago?"""
    named = everywhere()
    with scope(named.territories, named.areas):
        return Job.objects.due(now - LATE).exists()


def _broker() -> str:
    client = redis.Redis.from_url(
        settings.CELERY_BROKER_URL,
        socket_connect_timeout=2,
        socket_timeout=2,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        client.ping()
    except redis.RedisError:
        return "not reachable"
    finally:
        client.close()
    return "ok"
