"""Real parts that can be broken on purpose: a broker, workers and schedulers as processes, a mail server."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import redis
from django.conf import settings
from django.db import connection

from mappa_portal.celery import app
from mappa_portal.embedded import Servers
from outbox import jobs
from tests.outbox.post_office import PostOffice

CELERY = [sys.executable, "-m", "celery", "--app", "mappa_portal.celery"]
QUICK = {"JOB_LEASE_SECONDS": "6", "JOB_PAUSE_SECONDS": "1", "SWEEP_SECONDS": "1"}

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = 'mappa_app'"


class Lab:
    """A broker of its own, so that it can be flushed and stopped; the test's database; nobody else's jobs."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.broker = Servers(home / "broker", ("valkey",), throw_away=True)
        self.office = PostOffice(delay=0.02)
        self.processes: list[subprocess.Popen] = []

    def __enter__(self):
        self.broker.start()
        self.office.__enter__()
        self.hints = hints_to(self.address)
        self.hints.__enter__()
        return self

    def __exit__(self, *_):
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.hints.__exit__(None, None, None)
        self.office.__exit__()
        self.broker.remove()

    @property
    def address(self) -> str:
        return self.broker.environment["REDIS_URL"]

    # -- Processes --

    def start_worker(self) -> subprocess.Popen:
        return self._start("worker", "--concurrency", "1", "--include", "tests.outbox.counting")

    def start_scheduler(self) -> subprocess.Popen:
        schedule = self.home / f"schedule-{len(self.processes)}"
        return self._start("beat", "--pidfile=", "--schedule", str(schedule))

    def _start(self, *command: str) -> subprocess.Popen:
        with open(self.home / "processes.log", "ab") as log:
            process = subprocess.Popen(
                [*CELERY, *command, "--loglevel", "WARNING"],
                env=self._environment(),
                cwd=settings.BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def _environment(self) -> dict[str, str]:
        at = connection.settings_dict
        database = f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
        return (
            os.environ
            | QUICK
            | {
                "DATABASE_URL": database,
                "REDIS_URL": self.address,
                "EMAIL_URL": f"smtp://127.0.0.1:{self.office.port}",
                "PORTAL_HOME": str(self.home),
            }
        )

    def kill(self, worker: subprocess.Popen, dice: random.Random) -> str:
        """-9 for the whole worker, for its head alone, or for the process that does the jobs."""
        hands = _children(worker.pid)
        how = dice.choice(["all", "head", "hand"] if hands else ["all", "head"])
        with contextlib.suppress(ProcessLookupError):
            if how == "all":
                os.killpg(worker.pid, signal.SIGKILL)
            else:
                os.kill(worker.pid if how == "head" else dice.choice(hands), signal.SIGKILL)
        return how

    # -- Broker and database --

    def flush(self) -> bytes:
        """Empty the broker; returns what it held."""
        with redis.Redis.from_url(self.address) as client:
            held = b"".join(client.dump(key) or b"" for key in client.keys())
            client.flushall()
        return held

    @contextlib.contextmanager
    def broker_away(self):
        self.broker.stop()
        yield
        self.broker.start()

    @contextlib.contextmanager
    def database_away(self):
        """As in a restart: the application's connections break, and new ones are refused for a while."""
        name = connection.settings_dict["NAME"]
        connection.close()
        with psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True) as owner:
            owner.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            owner.execute("SET ROLE mappa_app")
            owner.execute(CUT, [name])
            owner.execute("RESET ROLE")
            try:
                yield
            finally:
                owner.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@contextlib.contextmanager
def hints_to(address: str):
    """Where this process posts; Celery keeps connections for each address it has used."""
    kept = app.conf.broker_url
    _use_broker(address)
    try:
        yield
    finally:
        _use_broker(kept)


def _use_broker(address: str) -> None:
    app.conf.broker_url = address
    app.close()
    app.amqp._producer_pool = None
    jobs._broker["rests_until"] = 0.0


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def wait_for(what, seconds: float = 60) -> None:
    wait_for_none(lambda: [] if what() else ["waited in vain"], seconds)


def wait_for_none(what, seconds: float) -> None:
    """Until the list is empty; what is still in it says what was missing."""
    end = time.monotonic() + seconds
    while left := what():
        assert time.monotonic() < end, (len(left), left[:20])
        time.sleep(0.1)
