"""The ground: lock files, containers, embedded servers that survive a kill, the one command."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
import redis
import yaml

from mappa_portal import embedded, keeper, run

TOP = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LOCKS = [*sorted(TOP.glob("requirements*.lock")), TOP / "frontend" / "package-lock.json"]
FLOORS = {
    "django": (5, 2, 19),
    "weasyprint": (69, 0),
    "gunicorn": (23, 0),
    "pyhanko": (0, 31),
    "pillow": (11, 3),
}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_D1_lock_files_pin_by_hash_and_name_no_host(lock):
    text = lock.read_text()
    assert "://" not in text
    if lock.suffix == ".lock":
        pinned = re.split(r"\n(?=\S)", text.strip())
        assert [entry.split()[0] for entry in pinned if "--hash=sha256:" not in entry] == []
    else:
        packages = json.loads(text)["packages"]
        assert [name for name, package in packages.items() if name and "integrity" not in package] == []


@pytest.mark.parametrize("name, floor", FLOORS.items(), ids=FLOORS)
def test_D1_versions_known_to_be_broken_are_refused(name, floor):
    found = re.search(rf"^{name}==([\d.]+)", (TOP / "requirements.lock").read_text(), re.M)
    assert tuple(map(int, found[1].split("."))) >= floor


@pytest.mark.parametrize(
    "command",
    [
        ("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"),
        ("hadolint", "Dockerfile"),
    ],
    ids=["compose", "dockerfile"],
)
def test_container_files_are_valid(command):
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=TOP, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_setting_is_documented():
    read = re.findall(
        r"""env(?:\.\w+)?\(\s*"([A-Z_0-9]+)\"""", (TOP / "mappa_portal" / "settings.py").read_text()
    )
    documented = (TOP / "docs" / "operations.md").read_text()
    assert len(read) > 20
    assert [name for name in read if f"`{name}`" not in documented] == []


SETTINGS_ROW = re.compile(r"^\| ((?:`[A-Z_0-9]+` ?)+)\|([^|]*)\|", re.M)
LITERAL = re.compile(r"""env(?:\.\w+)?\(\s*"([A-Z_0-9]+)",\s*default=("[^"]+"|\d+|False)\)""")
ROLES_OF_OTHERS = {"OWNER_DATABASE_URL", "BACKUP_DATABASE_URL", "ADMIN_DATABASE_URL"}
OF_THE_IMAGE = {"PORT", "BIND", "BUILD", "PORTAL_HOME", "STATIC_ROOT", "PG_BIN", "DATABASE_ROLE"}


def documented_defaults():
    text = (TOP / "docs" / "operations.md").read_text()
    return {n: default for names, default in SETTINGS_ROW.findall(text) for n in re.findall(r"\w+", names)}


def test_documented_defaults_are_the_real_ones():
    found = {
        name: {"False": "0"}.get(value, value.strip('"'))
        for name, value in LITERAL.findall((TOP / "mappa_portal" / "settings.py").read_text())
        if name not in {"PUBLIC_URL", "DEMO"}  # the supervisor's defaults are documented
    }
    assert len(found) > 12
    documented = documented_defaults()
    assert {name: documented[name].strip(" `") for name in found} == found


def test_containers_are_told_every_setting_and_no_password_that_is_not_theirs():
    services = yaml.safe_load((TOP / "docker-compose.yml").read_text())["services"]
    needed = documented_defaults().keys() - ROLES_OF_OTHERS - OF_THE_IMAGE - {"WORKERS"}
    for name in ("web", "worker", "scheduler"):
        told = services[name]["environment"].keys()
        assert (needed - told, ROLES_OF_OTHERS & told) == (set(), set())
    assert "WORKERS" in " ".join(services["worker"]["command"])


@pytest.mark.parametrize("arguments, code", [([], 2), (["--help"], 0), (["walk"], 1)])
def test_portal_says_what_it_can_do(arguments, code):
    done = subprocess.run([sys.executable, TOP / "portal", *arguments], capture_output=True, text=True)
    assert (done.returncode, "lint" in done.stdout + done.stderr) == (code, True)


# -- Roles --

ROLES = [
    ("has_database_privilege('mappa_app', current_database(), 'CONNECT')", True),
    ("has_database_privilege('mappa_app', current_database(), 'CREATE')", False),
    ("has_database_privilege('mappa_app', current_database(), 'TEMPORARY')", True),
    ("pg_has_role('mappa_app', 'mappa_owner', 'MEMBER')", False),
    ("pg_has_role('mappa_app', 'mappa_backup', 'MEMBER')", False),
    ("pg_has_role('mappa_owner', 'mappa_app', 'USAGE')", False),  # may become it, does not inherit its view
    (
        "(SELECT bool_or(rolsuper OR rolcreaterole OR rolcreatedb) FROM pg_roles WHERE rolname ~ '^mappa')",
        False,
    ),
    (
        "(SELECT array_agg(rolname::text) FROM pg_roles WHERE rolbypassrls AND rolname ~ '^mappa')",
        ["mappa_backup"],
    ),
]


def test_T3_roles_may_do_what_they_need_and_no_more(shared):
    _, servers = shared
    with psycopg.connect(servers["OWNER_DATABASE_URL"]) as owner:
        found = [(claim, owner.execute(f"SELECT {claim}").fetchone()[0]) for claim, _ in ROLES]
    assert found == ROLES


def test_T3_a_login_that_policies_do_not_bind_is_refused(shared):
    _, servers = shared
    environment = {
        **os.environ,
        **servers,
        "DATABASE_URL": servers["BACKUP_DATABASE_URL"],
        "ENV_FILE": os.devnull,
    }
    command = [sys.executable, TOP / "manage.py", "showmigrations", "boards"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode != 0
    assert "mappa_backup is not bound by row-level security" in done.stderr.splitlines()[-1]


# -- Embedded servers --


@contextlib.contextmanager
def empty_home():
    """A home that the servers' own account can reach; pytest's directories are closed to it."""
    path = Path(tempfile.mkdtemp(prefix="mappa-portal-test-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def home():
    with empty_home() as path:
        yield path


@pytest.fixture(scope="module")
def shared():
    with empty_home() as path, keeper.Lease(path) as servers:
        yield path, servers


def postmaster(home):
    return int((home / "postgres" / "postmaster.pid").read_text().split()[0])


def eventually(test, seconds=15):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if test():
                return True
        except (OSError, psycopg.OperationalError, redis.ConnectionError):
            pass
        time.sleep(0.05)
    return False


def is_running(pid):
    return Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes() != b""


def note(servers, text):
    with psycopg.connect(servers["OWNER_DATABASE_URL"], autocommit=True) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS kept (text text)")
        owner.execute("INSERT INTO kept VALUES (%s)", [text])
    redis.Redis.from_url(servers["REDIS_URL"]).set(text, "kept")


def notes(servers):
    with psycopg.connect(servers["OWNER_DATABASE_URL"], connect_timeout=2) as owner:
        rows = {text for (text,) in owner.execute("SELECT text FROM kept")}
    queue = redis.Redis.from_url(servers["REDIS_URL"])
    return {text for text in rows if queue.get(text) == b"kept"}


def test_E2_servers_keep_what_they_promise_and_log_no_values(shared):
    home, servers = shared
    with psycopg.connect(servers["DATABASE_URL"]) as app:
        assert app.execute(
            "SELECT current_setting('fsync'), current_setting('log_error_verbosity')"
        ).fetchone() == (
            "on",
            "terse",
        )
    queue = redis.Redis.from_url(servers["REDIS_URL"])
    kept = {"appendonly": "yes", "appendfsync": "always", "save": "", "maxmemory-policy": "noeviction"}
    assert {name: queue.config_get(name)[name] for name in kept} == kept
    with psycopg.connect(servers["DATABASE_URL"], autocommit=True) as app:
        for statement in ("SELECT 'Canary Person'::int", "SELECT %s::int", "SELECT FROM no WHERE name = %s"):
            with pytest.raises(psycopg.Error):
                app.execute(statement, ["Canary Person"] if "%s" in statement else None)
    assert "Canary" not in (home / "log" / "postgres.log").read_text()


def test_servers_ask_for_a_password(shared):
    _, servers = shared
    host = re.search(r"@([\d.:]+)/", servers["DATABASE_URL"])[1]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"postgres://mappa_app:guess@{host}/portal")
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url("redis://" + servers["REDIS_URL"].rpartition("@")[2]).ping()


def test_a_second_user_shares_the_servers_and_the_last_one_stops_them(home):
    lease = keeper.Lease(home)
    first = lease.take()
    other = keeper.Lease(home)
    assert other.take() == first
    note(first, "shared")
    pid = postmaster(home)
    lease.release()
    assert notes(first) == {"shared"}
    other.release()
    assert not is_running(pid)


@pytest.mark.parametrize("victim", ["postgres", "keeper", "user"])
def test_a_kill_loses_nothing_and_leaves_nothing_running(home, victim):
    command = (
        "import sys, time; from pathlib import Path; from mappa_portal.keeper import Lease;"
        "lease = Lease(Path(sys.argv[1])); lease.take(); print('ready', flush=True); time.sleep(60)"
    )
    user = subprocess.Popen([sys.executable, "-c", command, home], cwd=TOP, stdout=subprocess.PIPE)
    assert user.stdout.readline() == b"ready\n"
    state = json.loads((home / "servers.json").read_text())
    note(state["environment"], victim)
    old = postmaster(home)
    lease = keeper.Lease(home)
    if victim == "postgres":
        servers = lease.take()
        os.kill(old, signal.SIGKILL)
    elif victim == "keeper":
        os.kill(state["keeper"], signal.SIGKILL)
        assert eventually(lambda: not is_running(old))
        servers = lease.take()
    else:
        user.kill()
        user.wait()
        assert eventually(lambda: not is_running(old))
        servers = lease.take()
    try:
        assert servers["DATABASE_URL"] == state["environment"]["DATABASE_URL"]  # same port, same password
        assert eventually(lambda: notes(servers) == {victim})
        assert not is_running(old)
    finally:
        user.kill()
        user.wait()
        lease.release()
    assert not (home / "postgres" / "postmaster.pid").exists()


# -- Manage --


def manage(*arguments, **environment):
    inherited = {k: v for k, v in os.environ.items() if not k.endswith("_URL")}
    environment = {**inherited, "ENV_FILE": os.devnull, **environment}
    command = [sys.executable, TOP / "portal", "manage", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def test_the_first_command_of_a_fresh_portal_finds_its_tables(home):
    done = manage("load_area", "merseyside", PORTAL_HOME=str(home))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Merseyside: ") and done.stdout.count("\n") == 1


def test_a_command_on_a_server_of_ones_own_says_what_to_do_first(shared):
    home, servers = shared
    done = manage("load_area", "merseyside", PORTAL_HOME=str(home), **servers)
    assert done.returncode == 1
    assert done.stderr == "The database has no tables yet: ./portal manage migrate\n"


def test_a_command_loads_neither_renderer_nor_signer():
    """Each takes seconds; only those who render or sign wait for them."""
    look = "import django, sys; django.setup(); import mappa_portal.urls; print(*sys.modules)"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "mappa_portal.settings"}
    said = subprocess.run(
        [sys.executable, "-c", look], env=environment, cwd=TOP, capture_output=True, text=True
    )
    assert {"protocols.tasks", "documents.views"} <= set(said.stdout.split())
    assert not {"weasyprint", "pyhanko"} & set(said.stdout.split())


# -- Run --


def test_a_process_that_keeps_ending_stops_the_portal_with_its_last_words(home):
    child = run.Child("worker", ["json.tool", "/nothing/here"], {**os.environ, "PORTAL_HOME": str(home)})
    child.ends.extend([time.monotonic()] * (run.CRASHES - 1))
    child.start()
    child.process.wait()
    with pytest.raises(embedded.ServerError, match="No such file"):
        child.look()


@pytest.mark.assure
def test_run_serves_and_stops_cleanly(home):
    """From an empty home to an address that answers, and back to no process at all."""
    port = embedded.free_port()
    environment = {key: value for key, value in os.environ.items() if not key.endswith("DATABASE_URL")}
    environment |= {"PORTAL_HOME": str(home), "PORT": str(port), "DEMO": "0", "ENV_FILE": os.devnull}
    environment.pop("REDIS_URL", None)
    environment.pop("PUBLIC_URL", None)
    portal = subprocess.Popen([TOP / "portal", "run"], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        lines = [portal.stdout.readline() for _ in range(2)]
        assert f"http://127.0.0.1:{port}" in lines[-1]
        assert (
            len(living(home)) >= 8
        )  # supervisor, keeper, two servers, web and worker with children, scheduler
        portal.send_signal(signal.SIGINT)
        assert portal.wait(60) == 0
        assert living(home) == []
    finally:
        portal.kill()


def living(home):
    """The processes that belong to this portal, by their environment."""
    mark, found = f"PORTAL_HOME={home}".encode(), []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark in path.read_bytes().split(b"\0"):
                found.append(path.parent.name)
    return found
