"""A job is promised with its cause, done once, tried again, in the end shown to a person (O1, O2)."""

import threading
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from boards.models import Counter
from boards.scope import Scope, current_scope
from mappa_portal.home import tasks_of
from outbox import jobs
from outbox.clearing import clear
from outbox.jobs import MAX_ATTEMPTS, StaleClaim, post, run, run_jobs
from outbox.models import Job
from tests.outbox import counting  # noqa: F401  registers its jobs
from tests.outbox.lab import hints_to


def counter(world, slug: str = "camden", year: int = 2026) -> Counter:
    return Counter.objects.create(territory=world.territory(slug), code="CMD", kind="X", year=year)


def promised(subject, kind: str = "tests.count", **said) -> Job:
    post(kind, subject, **said)
    return Job.objects.get(kind=kind, subject_id=subject.pk)


def times_done(subject: Counter) -> int:
    subject.refresh_from_db()
    return subject.last


def test_O1_the_same_key_is_the_same_job_however_often_it_is_posted(world):
    subject = counter(world)
    for key in ("monday", "monday", "tuesday", "monday"):
        post("tests.count", subject, key=key)
    run_jobs()
    post("tests.count", subject, key="monday")
    run_jobs()
    assert times_done(subject) == 2


def test_O1_a_job_goes_with_its_cause(world):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        post("tests.count", counter(world))
        raise ZeroDivisionError
    assert not Job.objects.exists()


def test_O1_a_job_waits_for_its_day(world):
    subject, tomorrow = counter(world), timezone.now() + timedelta(days=1)
    post("tests.count", subject, due=tomorrow)
    run_jobs()
    assert times_done(subject) == 0
    run_jobs(now=tomorrow)
    assert times_done(subject) == 1


def test_O1_without_a_broker_the_promise_stands_and_nobody_waits(world, django_capture_on_commit_callbacks):
    """Nothing listens on port 1. The first hint finds out, the others do not ask again."""
    subjects = [counter(world, year=year) for year in range(2000, 2030)]
    with hints_to("redis://127.0.0.1:1/0"):
        with django_capture_on_commit_callbacks(execute=True) as hints:
            for subject in subjects:
                post("tests.count", subject)
        assert len(hints) == 30
        assert jobs._broker["rests_until"] > time.monotonic()
    run_jobs()
    assert [times_done(s) for s in subjects] == [1] * 30


def test_O2_a_failed_job_leaves_no_trace_and_is_tried_again_after_growing_pauses(world):
    subject = counter(world)
    row, now = promised(subject, "tests.fail"), timezone.now()
    pauses = []
    while not row.failed_at:
        assert run(row.territory_id, row.pk, now)
        row.refresh_from_db()
        pauses.append((row.due_at - now) // settings.JOB_PAUSE)
        now = max(row.due_at, now)
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 0]
    assert row.attempts == MAX_ATTEMPTS and times_done(subject) == 0
    assert row.error == "RuntimeError: broke off"  # what stands below quotes values
    assert not run(row.territory_id, row.pk, now + timedelta(days=1))


@pytest.mark.parametrize(
    "kind, error, attempts",
    [("tests.find", "DoesNotExist", 1), ("tests.nobody_does_this", "UnknownJob", MAX_ATTEMPTS)],
)
def test_O2_a_job_that_cannot_be_done_needs_attention(world, kind, error, attempts):
    subject = counter(world)
    row = promised(subject, kind)
    subject.delete()
    run_jobs(now=timezone.now() + timedelta(days=1))
    for day in range(2, 12):
        run_jobs(now=timezone.now() + timedelta(days=day))
    row.refresh_from_db()
    assert row.needs_attention and row.error.startswith(error) and row.attempts == attempts


def test_O2_a_job_that_ends_its_worker_each_time_is_not_tried_for_ever(world):
    row, now = promised(counter(world)), timezone.now()
    for _ in range(MAX_ATTEMPTS):  # claimed, then nothing is heard of the worker
        assert jobs._claim(row.territory_id, row.pk, now)
        assert not jobs._claim(row.territory_id, row.pk, now), "the lease holds"
        now += settings.JOB_LEASE + timedelta(seconds=1)
    assert not run(row.territory_id, row.pk, now)
    row.refresh_from_db()
    assert row.needs_attention and row.error.startswith("WorkerEnded")


def test_O2_a_worker_that_lost_its_lease_neither_acts_nor_records(world):
    subject = counter(world)
    row, now = promised(subject), timezone.now()
    slow = jobs._claim(row.territory_id, row.pk, now)
    later = now + settings.JOB_LEASE + timedelta(seconds=1)
    assert run(row.territory_id, row.pk, later)
    with pytest.raises(StaleClaim):
        jobs._handlers["tests.count"](slow)
    jobs._keep_error(slow, RuntimeError(), later)
    row.refresh_from_db()
    assert times_done(subject) == 1 and row.done_at and not row.error


def test_O2_of_many_workers_one_does_the_job(committed):
    world = committed
    with world.scope():
        subjects = [counter(world, year=year) for year in range(2000, 2005)]
        rows = [promised(subject) for subject in subjects]
    together, done, failed = threading.Barrier(6), [], []

    def work():
        try:
            for row in rows:
                together.wait(20)
                done.append(run(row.territory_id, row.pk))
        except Exception as error:  # a thread's failure is the test's
            failed.append(error)
            together.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == [] and done.count(True) == len(rows)
    with world.scope():
        assert [times_done(s) for s in subjects] == [1] * len(rows)


@pytest.mark.parametrize(
    "slug, about, areas", [("camden", None, False), ("london", "camden", False), ("london", None, True)]
)
def test_O2_a_job_sees_its_own_territory_and_the_area_above(world, slug, about, areas):
    opened = []

    @jobs.job("tests.look")
    def look(counter_id):
        opened.append(current_scope())

    subject = counter(world, slug)
    subject.about_id = world.territory(about).pk if about else None
    post("tests.look", subject)
    run_jobs()
    del jobs._handlers["tests.look"]
    named = {world.territory(seen).pk for seen in {"london", slug, about} - {None}}
    assert opened == [Scope(frozenset(named), frozenset({world.territory("london").pk} if areas else ()))]


def test_a_done_job_is_cleared_after_a_year_and_keeps_its_promise_till_then(world):
    subject = counter(world)
    row = promised(subject)
    run_jobs()
    clear(timezone.now() + timedelta(days=364))
    assert promised(subject) == row
    Job.objects.bulk_create(
        [Job(territory=row.territory, kind="tests.fail", subject_id=1, due_at=row.due_at)]
    )
    clear(timezone.now() + timedelta(days=366))
    assert [job.kind for job in Job.objects.all()] == ["tests.fail"]


# -- A person looks at it --


def failed_job(world, slug="london", about="camden") -> Job:
    subject = counter(world, slug)
    subject.about_id = world.territory(about).pk if about else None
    row = promised(subject, "tests.find")
    Counter.objects.filter(pk=subject.pk).update(year=1999)
    Job.objects.filter(pk=row.pk).update(failed_at=timezone.now(), error="RuntimeError: x", attempts=8)
    row.refresh_from_db()
    return row


WHO_SEES_IT = [
    ("camden_administrator", 302),
    ("office_administrator", 302),
    ("co_ordinator", 302),
    ("hackney_administrator", 404),
    ("leeds_administrator", 404),
    ("camden_board_chair", 403),
    ("camden_business_manager", 403),
    ("smb_chair", 403),
    ("auditor", 403),
    ("nobody", 403),
]


@pytest.mark.parametrize("verb", ["try-again", "close"])
@pytest.mark.parametrize("who, status", WHO_SEES_IT)
def test_O2_the_units_of_the_borough_try_it_again_or_close_it(world, client, who, status, verb):
    row, user = failed_job(world), getattr(world, who)
    client.force_login(user)
    page = client.get("/mail/jobs/")
    assert page.status_code == {302: 200, 404: 200}.get(status, status)
    assert (str(row.reference) in page.text) == (status == 302)
    with world.acting(user):
        at_home = [task.title for task in tasks_of(user, timezone.localdate())]
    assert ("1 job that needs attention" in at_home) == (status == 302)

    address = f"/mail/jobs/{row.reference}/{verb}/"
    assert client.post(address).status_code == status
    row.refresh_from_db()
    assert row.needs_attention == (status != 302)
    if status == 302:
        assert client.post(address).status_code == 409  # a second try finds the wrong moment
        assert client.get(address).status_code == 405
        run_jobs()
        row.refresh_from_db()
        assert row.done_at and (row.failed_at is None) == (verb == "try-again")


def test_O2_without_failed_jobs_the_page_says_so(world, client):
    client.force_login(world.camden_administrator)
    assert "No job needs attention." in client.get("/mail/jobs/").text
