"""``./portal run``: web, worker, scheduler (and a mailbox for demonstrations) side by side until Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from urllib.parse import urlsplit

from mappa_portal import alive, embedded, files, keeper

TOP = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
READY_SECONDS = 120
STOP_SECONDS = 30
CRASHES, WITHIN_SECONDS = 5, 120
COLLECT_STATIC = ("collectstatic", "--no-input", "--verbosity", "0", "--ignore", "rest_framework")
LOG_BYTES = 20 * 2**20


class Child:
    """One process of the portal, restarted after a pause when it ends by itself."""

    def __init__(self, name: str, arguments: list[str], environment: dict[str, str]) -> None:
        self.name, self.arguments, self.environment = name, arguments, environment
        self.log = files.private(Path(environment["PORTAL_HOME"]) / "log") / f"{name}.log"
        self.ends: deque[float] = deque(maxlen=CRASHES)
        self.start_at = 0.0
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.rename(self.log.with_suffix(".old.log"))
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.arguments],
                env=self.environment,
                cwd=TOP,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the portal, which stops its children in order
                preexec_fn=embedded.die_with_parent,
            )

    def look(self) -> None:
        """Note an end, start again when the pause is over; give up on one that keeps ending."""
        now = time.monotonic()
        if self.process and self.process.poll() is not None:
            self.ends.append(now)
            recent = [end for end in self.ends if now - end < WITHIN_SECONDS]
            if len(recent) == CRASHES:
                raise embedded.ServerError(f"The {self.name} keeps ending: {self.last_words()} ({self.log})")
            pause = 2 ** (len(recent) - 1)
            say(f"The {self.name} ended (code {self.process.returncode}) and starts again in {pause} s.")
            self.process, self.start_at = None, now + pause
        if self.process is None and now >= self.start_at:
            self.start()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def wait(self, deadline: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def last_words(self) -> str:
        return files.last_line(self.log.read_text(errors="replace")) or "it said nothing"


def serve(environment: dict[str, str], lease: keeper.Lease | None) -> int:
    home, port = Path(environment["PORTAL_HOME"]), int(environment["PORT"])
    if not embedded.is_free(port):
        raise embedded.ServerError(f"Port {port} is in use. Choose another one: PORT={port + 1} ./portal run")
    demo = environment.get("DEMO", "0").lower() in ("1", "true", "yes", "on")
    mailbox = demo and "EMAIL_URL" not in environment
    if mailbox:
        environment["EMAIL_URL"] = f"smtp://{HOST}:{embedded.free_port()}"
    prepare(environment, home, demo)
    children = [
        Child(name, arguments, environment) for name, arguments in processes(environment, mailbox).items()
    ]
    try:
        for child in children:
            child.start()
        wait_until_ready(children, environment)
        say(f"The portal is ready: {environment['PUBLIC_URL']}")
        say(how_to_sign_in(demo))
        if mailbox:
            say(f"Its mail stays on this machine, in {home / 'mail'}.")
        say("Ctrl-C stops everything.")
        while True:
            time.sleep(0.5)
            if lease and not lease.is_kept():
                say("The database and queue servers ended and are started again.")
                lease.take()
            for child in children:
                child.look()
    except KeyboardInterrupt:
        say("Stopping …")
        return 0
    finally:
        stop(children)


def prepare(environment: dict[str, str], home: Path, demo: bool) -> None:
    say("Preparing the database …")
    sources = [TOP / "requirements.lock", *sorted((TOP / "static").rglob("*"))]
    listing = "".join(f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}\n" for path in sources)
    collected = home / "static-collected"
    stale = not collected.exists() or collected.read_text() != listing  # compressing takes seconds
    static = Command(environment, *COLLECT_STATIC) if stale else None
    Command(environment, "migrate").finish()
    if demo:
        load_demo(environment, home)
    if static:
        static.finish()
        collected.write_text(listing)


def load_demo(environment: dict[str, str], home: Path) -> None:
    """Once for each database; what a portal already holds is never mixed with made-up records."""
    loaded, database = home / "demo-loaded", environment["DATABASE_URL"].rpartition("@")[2]
    if loaded.exists() and loaded.read_text() == database:
        return
    say("Loading the demonstration areas, people and records (once) …")
    try:
        Command(environment, "load_demo").finish()
    except embedded.ServerError as error:
        say(f"The demonstration records were not loaded: {error}")
    else:
        loaded.write_text(database)


class Command:
    """A management command in the background, its words in a file."""

    def __init__(self, environment: dict[str, str], *arguments: str) -> None:
        self.name = arguments[0]
        self.log = files.private(Path(environment["PORTAL_HOME"]) / "log") / f"{self.name}.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(TOP / "manage.py"), *arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=embedded.die_with_parent,
            )

    def finish(self) -> None:
        if self.process.wait():
            last = files.last_line(self.log.read_text(errors="replace"))
            raise embedded.ServerError(f"manage.py {self.name}: {last} ({self.log})")


def processes(environment: dict[str, str], mailbox: bool) -> dict[str, list[str]]:
    """Every process by name: python -m arguments. Beat stands alone, so that workers can be many."""
    schedule = files.private(Path(environment["PORTAL_HOME"]) / "scheduler") / "schedule"
    celery = ["celery", "--app", "mappa_portal.celery"]
    found = {
        "web": ["gunicorn", "--config", "python:mappa_portal.gunicorn", "mappa_portal.wsgi:application"],
        "worker": [
            *celery,
            "worker",
            "--loglevel",
            "WARNING",
            "--concurrency",
            environment.get("WORKERS", "2"),
        ],
        "scheduler": [*celery, "beat", "--loglevel", "WARNING", "--pidfile=", "--schedule", str(schedule)],
    }
    if mailbox:
        address = urlsplit(environment["EMAIL_URL"])
        mail = files.private(Path(environment["PORTAL_HOME"]) / "mail")
        found = {"mailbox": ["mappa_portal.mailbox", str(mail), str(address.port)], **found}
    return found


def wait_until_ready(children: list[Child], environment: dict[str, str]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    said = ""
    while time.monotonic() < deadline:
        for child in children:
            child.look()
        ready, said = alive.answer("/readyz", environment)
        if ready:
            return
        time.sleep(0.2)
    raise embedded.ServerError(f"The portal was not ready after {READY_SECONDS} s: {said}")


def how_to_sign_in(demo: bool) -> str:
    if demo:
        return "Sign in: choose one of the demonstration people; the next page shows the code it asks for."
    return "Make the first account: ./portal manage appoint EMAIL --territory SLUG --seat area_administrator"


def stop(children: list[Child]) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        child.stop()
    for child in children:
        child.wait(deadline)


def say(text: str) -> None:
    print(text, flush=True)
