from celery.signals import heartbeat_sent
from django.utils import timezone

from boards.scope import everywhere, scope
from mappa_portal.celery import app
from outbox import clearing, health, jobs
from outbox import mail as _mail  # noqa: F401  registers its job


@app.task(name="outbox.run_job")
def run_job(territory_id: int, job_id: int) -> None:
    jobs.run(territory_id, job_id)
    health.beat("job")


@app.task(name="outbox.sweep")
def sweep() -> int:
    """Any number of schedulers may start it: a hint for a claimed job does nothing."""
    waiting = jobs.due_jobs(timezone.now())
    if _hints_in_the_queue() >= len(waiting):  # workers are behind, or away: more hints would only delay them
        return 0
    for territory_id, job_id in waiting:
        jobs.hint(territory_id, job_id)
    return len(waiting)


@app.task(name="outbox.clear")
def clear() -> None:
    named = everywhere()
    with scope(named.territories, named.areas):
        clearing.clear(timezone.now())


def _hints_in_the_queue() -> int:
    with app.connection_or_acquire() as broker:
        return broker.default_channel.queue_declare(app.conf.task_default_queue).message_count


@heartbeat_sent.connect
def worker_is_alive(**kwargs) -> None:
    health.beat_alone("worker")
