"""Jobs: a row beside its cause, a hint to the broker on commit, a claim by lease, done once (O1, O2, O4)."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from boards.models import Territory
from boards.scope import Scope, everywhere, scope
from outbox.models import Job

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 8
LONGEST_PAUSE = timedelta(hours=1)
BATCH = 500
BROKER_REST = 5.0  # seconds without hints after the broker did not answer: nobody waits for it twice


class StaleClaim(RuntimeError):
    """Another worker took the job over: this one must not send or record."""


class UnknownJob(RuntimeError):
    """No room of this portal does jobs of this kind: another version posted it."""


class WorkerEnded(RuntimeError):
    """Whoever did the job was ended each time before it could say anything."""


@dataclass(frozen=True)
class Claim:
    """The right to do one job, until the lease ends or somebody claims it later."""

    job_id: int
    kind: str
    subject_id: int
    number: int
    scope: Scope

    def confirm(self) -> None:
        """Inside ``scope``: lock the job's row and make sure that it is still ours."""
        mine = Job.objects.select_for_update().open().filter(pk=self.job_id, claim=self.number)
        if not mine.exists():
            raise StaleClaim(f"job {self.job_id}, claim {self.number}")

    @contextmanager
    def held(self) -> Iterator[None]:
        """A transaction in the job's scope, while the job is ours; slow work and the network need none."""
        with scope(self.scope.territories, self.scope.areas):
            self.confirm()
            yield


_handlers: dict[str, Callable[[Claim], None]] = {}


def job(kind: str):
    """The decorated function of one id runs inside the job's scope, in one transaction with being done."""

    def register(function: Callable[[int], None]):
        def handle(claim: Claim) -> None:
            with scope(claim.scope.territories, claim.scope.areas):
                claim.confirm()
                function(claim.subject_id)
                _done(claim)

        _handlers[kind] = handle
        return function

    return register


def effect(kind: str):
    """The decorated function of a Claim acts outside the database: its own scopes, none while waiting."""

    def register(function: Callable[[Claim], None]):
        def handle(claim: Claim) -> None:
            function(claim)
            with scope(claim.scope.territories, claim.scope.areas):
                claim.confirm()
                _done(claim)

        _handlers[kind] = handle
        return function

    return register


# -- Promising --


def post(kind: str, subject, *, key: str = "", due: datetime | None = None) -> None:
    """Promise the job once for its subject and key, in the transaction of its cause."""
    now = timezone.now()
    territory_id = subject.territory_id
    full_key = f"{subject.pk}:{key}" if key else str(subject.pk)
    row = Job(
        territory_id=territory_id,
        about_id=getattr(subject, "about_id", None),
        kind=kind,
        subject_id=subject.pk,
        key=full_key,
        due_at=due or now,
    )
    Job.objects.bulk_create([row], ignore_conflicts=True)
    if row.due_at <= now:
        promised = Job.objects.values_list("pk", flat=True).get(
            territory=territory_id, kind=kind, key=full_key
        )
        _hint_on_commit(territory_id, promised)


def reopen(promised: Job) -> Job:
    """Do a job again from the start, now, under a later claim: a worker still busy with it cannot close it."""
    Job.objects.filter(pk=promised.pk).update(
        claim=F("claim") + 1,
        attempts=0,
        due_at=timezone.now(),
        done_at=None,
        failed_at=None,
        lease_until=None,
        error="",
    )
    _hint_on_commit(promised.territory_id, promised.pk)
    promised.refresh_from_db()
    return promised


def _hint_on_commit(territory_id: int, job_id: int) -> None:
    transaction.on_commit(lambda: hint(territory_id, job_id), robust=True)


_broker = {"rests_until": 0.0}


def hint(territory_id: int, job_id: int) -> None:
    """Wake a worker. If the broker is away the sweep finds the job."""
    from outbox.tasks import run_job

    if time.monotonic() < _broker["rests_until"]:
        return
    try:
        run_job.apply_async([territory_id, job_id], retry=False)
    except (OperationalError, OSError):
        _broker["rests_until"] = time.monotonic() + BROKER_REST
        log.warning("the broker does not answer: the sweep will find what is due", extra={"job": job_id})


# -- Doing --


def run(territory_id: int, job_id: int, now: datetime | None = None) -> bool:
    """Claim and do one job; False when it was not there to be had."""
    claim = _claim(territory_id, job_id, now or timezone.now())
    if claim is None:
        return False
    try:
        _handler(claim.kind)(claim)
    except StaleClaim:
        log.warning("stale claim dropped", extra={"job": job_id})
    except ObjectDoesNotExist as gone:  # trying again does not bring it back
        log.exception("job without its subject", extra={"job": job_id})
        _keep_error(claim, gone, now or timezone.now(), last=True)
    except Exception as error:  # whatever a room's job raises: it is kept with the job, and tried again
        log.exception("job failed", extra={"job": job_id})
        _keep_error(claim, error, now or timezone.now())
    return True


def _handler(kind: str) -> Callable[[Claim], None]:
    try:
        return _handlers[kind]
    except KeyError:
        raise UnknownJob(kind) from None


def _claim(territory_id: int, job_id: int, now: datetime) -> Claim | None:
    """One UPDATE: of two workers, the second finds the lease taken."""
    territory = Territory.objects.select_related("parent").filter(pk=territory_id).first()
    if territory is None:
        return None
    within = scope_around(territory)
    with scope(within.territories, within.areas or {territory_id}):
        taken = Job.objects.due(now).filter(pk=job_id, territory_id=territory_id)
        if not taken.update(
            claim=F("claim") + 1,
            lease_until=now + settings.JOB_LEASE,
            attempts=F("attempts") + 1,
        ):
            return None
        row = Job.objects.get(pk=job_id)
        if (
            row.attempts > MAX_ATTEMPTS
        ):  # the last attempt ended its worker: it is not given a chance at another
            _fail(row, WorkerEnded(f"{MAX_ATTEMPTS} attempts"), now)
            return None
    about = {row.about_id} if row.about_id else set()
    areas = frozenset() if row.about_id else within.areas
    return Claim(
        row.pk,
        row.kind,
        row.subject_id,
        row.claim,
        Scope(within.territories | about, areas),
    )


def scope_around(territory: Territory) -> Scope:
    """A job sees its subject's territory and the area above."""
    area = {territory.pk} if territory.kind == Territory.Kind.AREA else set()
    return Scope(frozenset({territory.pk, territory.area.pk}), frozenset(area))


def _done(claim: Claim) -> None:
    Job.objects.filter(pk=claim.job_id).update(done_at=timezone.now(), lease_until=None, error="")


def _keep_error(claim: Claim, error: Exception, now: datetime, *, last: bool = False) -> None:
    """Try again later, each time after a longer pause; after the last attempt a person has to look at it."""
    with scope(claim.scope.territories, claim.scope.areas):
        row = (
            Job.objects.select_for_update(of=["self"])
            .open()
            .filter(pk=claim.job_id, claim=claim.number)
            .first()
        )
        if row is None:
            return
        if last or row.attempts >= MAX_ATTEMPTS:
            _fail(row, error, now)
            return
        row.error, row.lease_until = _words(error), None
        row.due_at = now + min(settings.JOB_PAUSE * 2 ** (row.attempts - 1), LONGEST_PAUSE)
        row.save(update_fields=["error", "lease_until", "due_at"])


def _fail(row: Job, error: Exception, now: datetime) -> None:
    row.error, row.lease_until, row.failed_at = _words(error), None, now
    row.save(update_fields=["error", "lease_until", "failed_at"])


def _words(error: Exception) -> str:
    """First line only: what the database adds below quotes values."""
    first = (str(error).splitlines() or [""])[0]
    return f"{type(error).__name__}: {first}"[:300]


# -- Finding what is due --


def due_jobs(now: datetime) -> list[tuple[int, int]]:
    """Oldest first, in all territories: what a lost hint or a dead worker left behind."""
    named = everywhere()
    with scope(named.territories, named.areas):
        return list(Job.objects.due(now).order_by("due_at", "pk").values_list("territory_id", "pk")[:BATCH])


def run_jobs(now: datetime | None = None) -> int:
    """Do all that is due, here and now, as workers would; what jobs post is done too."""
    done = 0
    while waiting := due_jobs(now or timezone.now()):
        done += sum(run(*one, now) for one in waiting)
    return done
