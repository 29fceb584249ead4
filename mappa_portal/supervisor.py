"""What ``./portal`` does once its Python environment is there: servers, the command, a clean end."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
import psycopg

from mappa_portal import database, embedded, files, keeper, lint, run

TOP = Path(__file__).resolve().parent.parent
NOT_FOR_TESTS = (  # beginnings of the names of settings that a real portal may have in its environment
    "ALLOWED_HOSTS",
    "ANTIVIRUS_",
    "BACKUP_DATABASE_",
    "BEHIND_PROXY",
    "BROKER_",
    "CHECKPOINT_DIR",
    "DATABASE_",
    "EMAIL_",
    "MEDIA_ROOT",
    "OIDC_",
    "OWNER_DATABASE_",
    "PUBLIC_URL",
    "REDIS_",
    "SIGNING_",
    "STATIC_ROOT",
)
PRODUCTION = {  # what check --deploy judges, whatever this machine's .env says
    "PUBLIC_URL": "https://portal.example",
    "ALLOWED_HOSTS": "portal.example",
    "BEHIND_PROXY": "1",
}
TEST_DATABASE = "portal_test"
BEFORE_TABLES = {"migrate", "restore", "check", "help", "makemigrations", "showmigrations", "collectstatic"}


class Ended(KeyboardInterrupt):
    """Somebody sent SIGTERM."""


def main(arguments: list[str]) -> int:
    command, *rest = arguments
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGHUP, _end)
    try:
        return COMMANDS[command](rest)
    except (embedded.ServerError, psycopg.Error, environ.ImproperlyConfigured) as error:
        print(str(error).splitlines()[0], file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _end(*_):
    raise Ended


# -- Commands --


def _run(rest):
    with services() as (environment, lease):
        return run.serve(environment, lease)


def _manage(rest):
    with services() as (environment, lease):
        if rest and rest[0] not in BEFORE_TABLES and not database.has_tables(environment["DATABASE_URL"]):
            if lease is None or "postgres" not in lease.names:
                raise embedded.ServerError("The database has no tables yet: ./portal manage migrate")
            run.Command(environment, "migrate").finish()
        return _python(environment, TOP / "manage.py", *rest)


def _test(rest):
    with throw_away() as environment:
        return _python(environment, "-m", "pytest", *rest, cwd=TOP)


def _assure(rest):
    return _test(["-m", "assure", *rest])


def _bench(rest):
    with throw_away() as environment:
        return _python(environment, "-m", "benchmarks", *rest, cwd=TOP)


def _lint(rest):
    return lint.main(TOP)


def _check(rest):
    with throw_away() as environment:
        production = environment | PRODUCTION | {"SECRET_KEY": secrets.token_urlsafe(64)}
        return (
            lint.main(TOP)
            or _python(environment, "manage.py", "makemigrations", "--check", "--dry-run", cwd=TOP)
            or _python(production, "manage.py", "check", "--deploy", "--fail-level", "WARNING", cwd=TOP)
            or _python(environment, "-m", "pytest", *rest, cwd=TOP)
        )


COMMANDS = {
    "run": _run,
    "manage": _manage,
    "test": _test,
    "assure": _assure,
    "bench": _bench,
    "lint": _lint,
    "check": _check,
}


def _python(environment, *arguments, cwd=None):
    """One command in the foreground; it hears of Ctrl-C itself and gets the time to tidy up."""
    child = subprocess.Popen(
        [sys.executable, *map(str, arguments)], env=environment, cwd=cwd, preexec_fn=embedded.die_with_parent
    )
    while True:
        try:
            code = child.wait()
            return 128 - code if code < 0 else code
        except Ended:
            child.terminate()
        except KeyboardInterrupt:
            continue


# -- Environments --


@contextlib.contextmanager
def services():
    """A real portal's environment: the servers that the person names, else the embedded ones."""
    environ.Env.read_env(os.environ.get("ENV_FILE", TOP / ".env"))
    home = Path(os.environ.get("PORTAL_HOME", TOP / ".portal")).resolve()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    port = os.environ.get("PORT", "8000")
    known = {"PORT": port, "PUBLIC_URL": f"http://127.0.0.1:{port}", **os.environ, "PORTAL_HOME": str(home)}
    if "SECRET_KEY" not in known:
        known["SECRET_KEY"] = kept(home / "secret-key.json", lambda: secrets.token_urlsafe(64))
    servers = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
    needed = tuple(name for name, variable in servers.items() if variable not in known)
    if "postgres" in needed:
        known.setdefault("DEMO", "1")
    elif "OWNER_DATABASE_URL" not in known:
        known |= _own_server(home, known["DATABASE_URL"])
    if not needed:
        yield known, None
        return
    lease = keeper.Lease(home, needed)
    with lease as found:
        yield known | found, lease


def _own_server(home, address):
    """A single login that may create roles: the three roles are made once, and their passwords kept."""
    name = unquote(urlsplit(address).path.lstrip("/"))
    server = address.rpartition("@")[2]
    notes = home / "database.json"
    known = files.read_json(notes)
    if server not in known:
        admin = database.renamed(address, "postgres")
        if reason := database.obstacle(admin):
            raise embedded.ServerError(f"Set OWNER_DATABASE_URL beside DATABASE_URL ({reason}).")
        passwords = {role: secrets.token_urlsafe(32) for role in database.ROLES}
        database.provision(admin, passwords, name)
        known[server] = passwords
        files.write_json(notes, known)
    return database.logins(address, known[server], name)


@contextlib.contextmanager
def throw_away():
    """Servers, keys and files that end with this command; nothing of a real portal is read or touched."""
    admin, queue = os.environ.get("TEST_DATABASE_URL"), os.environ.get("TEST_REDIS_URL")
    known = {key: value for key, value in os.environ.items() if not key.startswith(NOT_FOR_TESTS)}
    needed = tuple(name for name, given in (("postgres", admin), ("valkey", queue)) if not given)
    home = Path(tempfile.mkdtemp(prefix="mappa-portal-"))
    servers = embedded.Servers(home, needed, throw_away=True)
    known |= {
        "ENV_FILE": os.devnull,
        "PORTAL_HOME": str(home),
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DEMO": "0",
    }
    try:
        servers.start()
        if admin:
            known |= _test_server(admin)
        if queue:
            known["REDIS_URL"] = queue
        yield known | servers.environment
    finally:
        servers.remove()


def _test_server(admin):
    if reason := database.obstacle_to_tests(admin, TEST_DATABASE):
        raise embedded.ServerError(
            f"TEST_DATABASE_URL: {reason}. Name a server that is there for tests only."
        )
    passwords = {role: secrets.token_urlsafe(32) for role in database.ROLES}
    database.provision(admin, passwords, TEST_DATABASE, createdb=True)
    database.own_public(admin, "template1")  # the pattern of every test database
    return database.logins(admin, passwords, TEST_DATABASE)


def kept(path: Path, make) -> str:
    """A value of this portal, made at first use."""
    if not path.exists():
        files.write_json(path, make())
    return files.read_json(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
