"""Embedded servers that outlive one command: a keeper process, one for each PORTAL_HOME, runs them.

Whoever uses them holds a shared lock, and the keeper stops them when nobody does, so a kill leaves nothing.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TextIO

import psycopg

from mappa_portal.embedded import BOTH, ServerError, Servers
from mappa_portal.files import last_line, private, read_json, write_json


class Lease:
    """The right to use the servers of one PORTAL_HOME, starting them when this is the first user."""

    def __init__(self, home: Path, names: tuple[str, ...] = BOTH) -> None:
        self.home, self.names = home, names
        private(home)
        self._users: TextIO | None = None

    def take(self) -> dict[str, str]:
        self._users = self._users or open(self.home / "users.lock", "a")
        fcntl.flock(self._users, fcntl.LOCK_SH)  # waits while a keeper is stopping
        with open(self.home / "start.lock", "a") as start:
            fcntl.flock(start, fcntl.LOCK_EX)
            if not _held(self.home / "keeper.lock"):
                self._start_keeper()
        kept = read_json(self.home / "servers.json")
        if missing := set(self.names) - set(kept["names"]):
            self.release()
            raise ServerError(
                f"Another portal in {self.home} runs without {', '.join(missing)}: stop it first."
            )
        return kept["environment"]

    def __enter__(self) -> dict[str, str]:
        return self.take()

    def __exit__(self, *_) -> None:
        self.release()

    def is_kept(self) -> bool:
        return _held(self.home / "keeper.lock") and (self.home / "servers.json").exists()

    def release(self) -> None:
        """The last user tells the keeper, and waits until all is stopped."""
        if self._users is None:
            return
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            kept = read_json(self.home / "servers.json")
            if kept and _held(self.home / "keeper.lock"):
                os.kill(kept["keeper"], signal.SIGTERM)
            while _held(self.home / "keeper.lock"):
                time.sleep(0.02)
        self._users.close()
        self._users = None

    def _start_keeper(self):
        (self.home / "servers.json").unlink(missing_ok=True)
        log = private(self.home / "log") / "keeper.log"
        with open(log, "wb") as output:
            command = [sys.executable, "-m", "mappa_portal.keeper", str(self.home), *self.names]
            keeper = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        while keeper.poll() is None:
            if (self.home / "servers.json").exists():
                return
            time.sleep(0.03)
        raise ServerError(
            last_line(log.read_text(errors="replace")) or f"The servers did not start, see {log}."
        )


def keep(home: Path, names: tuple[str, ...]) -> None:
    """Run the servers until nobody holds a lease; runs as a process of its own."""
    stopping = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.append(True))
    with open(home / "keeper.lock", "a") as keeper, open(home / "users.lock", "a") as users:
        fcntl.flock(keeper, fcntl.LOCK_EX | fcntl.LOCK_NB)
        servers = Servers(home, names)
        servers.start()
        try:
            note = {"keeper": os.getpid(), "names": names, "environment": servers.environment}
            write_json(home / "servers.json", note)
            while not stopping and not _nobody(users):
                if servers.fallen():
                    _start_again(servers)
                time.sleep(0.25)
        finally:
            (home / "servers.json").unlink(missing_ok=True)
            servers.stop()


def _start_again(servers):
    """After a crash: on the same ports, so those who use them find them again."""
    print(f"{', '.join(servers.fallen())} ended by itself and is started again.", flush=True)
    servers.stop()
    servers.start()


def _nobody(users):
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _held(path):
    """Whether another process holds the lock on this file."""
    with open(path, "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


if __name__ == "__main__":
    try:
        keep(Path(sys.argv[1]), tuple(sys.argv[2:]))
    except (ServerError, psycopg.Error, OSError) as error:
        sys.exit(str(error).splitlines()[0])
