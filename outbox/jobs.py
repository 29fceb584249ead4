"""Jobs: a row beside its cause, a hint to the broker on commit, a claim by lease, done once (O1, O2, O4)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from boards.models import Territory
from boards.scope import Scope, everywhere, scope
from outbox.models import Job

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 8
BATCH = 500


class StaleClaim(RuntimeError):
    """Another worker took the job over: this one must not send or record."""


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
        mine = (
            Job.objects.select_for_update()
            .open()
            .filter(pk=self.job_id, claim=self.number)
        )
        if not mine.exists():
            raise StaleClaim(f"job {self.job_id}, claim {self.number}")


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
    """The decorated function of a Claim acts outside the database: it opens its own scopes, and none while it waits."""

    def register(function: Callable[[Claim], None]):
        def handle(claim: Claim) -> None:
            function(claim)
            with scope(claim.scope.territories, claim.scope.areas):
                claim.confirm()
                _done(claim)

        _handlers[kind] = handle
        return function

    return register


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
        transaction.on_commit(lambda: hint(territory_id, promised), robust=True)


def hint(territory_id: int, job_id: int) -> None:
    """Wake a worker. If the broker is away the sweep finds the job."""
    from outbox.tasks import run_job

    run_job.apply_async([territory_id, job_id], retry=False)


def run(territory_id: int, job_id: int) -> bool:
    """Claim and do one job; False when it was not there to be had."""
    claim = _claim(territory_id, job_id)
    if claim is None:
        return False
    try:
        _handlers[claim.kind](claim)
    except StaleClaim as stale:
        log.warning("stale claim dropped", extra={"job": stale.args[0]})
    except Exception as error:  # whatever a room's job raises: it is kept with the job, and tried again
        log.exception("job failed", extra={"job": job_id})
        _put_back(claim, error)
    return True


def _claim(territory_id: int, job_id: int) -> Claim | None:
    now = timezone.now()
    within = scope_around(
        Territory.objects.select_related("parent").get(pk=territory_id)
    )
    with scope(within.territories, within.areas or {territory_id}):
        taken = Job.objects.due(now).filter(pk=job_id, territory_id=territory_id)
        if not taken.update(
            claim=F("claim") + 1,
            lease_until=now + settings.JOB_LEASE,
            attempts=F("attempts") + 1,
        ):
            return None
        row = Job.objects.get(pk=job_id)
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
    Job.objects.filter(pk=claim.job_id).update(
        done_at=timezone.now(), lease_until=None, error=""
    )


def _put_back(claim: Claim, error: Exception) -> None:
    """Try again later, each time after a longer pause; at the end a person has to look at it."""
    now = timezone.now()
    with scope(claim.scope.territories, claim.scope.areas):
        row = Job.objects.open().filter(pk=claim.job_id, claim=claim.number).first()
        if row is None:
            return
        row.error = f"{type(error).__name__}: {error}"[:300]
        row.lease_until = None
        row.due_at = now + min(
            timedelta(seconds=15 * 2**row.attempts), timedelta(hours=1)
        )
        row.failed_at = now if row.attempts >= MAX_ATTEMPTS else None
        row.save(update_fields=["error", "lease_until", "due_at", "failed_at"])


def due_jobs(now: datetime) -> list[tuple[int, int]]:
    """Oldest first, in all territories: what a lost hint or a dead worker left behind."""
    named = everywhere()
    with scope(named.territories, named.areas):
        return list(
            Job.objects.due(now)
            .order_by("due_at", "pk")
            .values_list("territory_id", "pk")[:BATCH]
        )


def run_jobs(now: datetime | None = None) -> int:
    """Do all that is due, here and now, as workers would; what jobs post is done too."""
    done = 0
    while waiting := due_jobs(now or timezone.now()):
        done += sum(run(*one) for one in waiting)
    return done
