"""The three database roles (assurance T3); ``python -m mappa_portal.database`` makes them on any server.

Needs psycopg and a login that may create roles and databases, not a superuser: managed servers give none.
"""

import os
import sys
from urllib.parse import quote, unquote, urlsplit

import psycopg
from psycopg import sql

OWNER, APP, BACKUP = "mappa_owner", "mappa_app", "mappa_backup"
VARIABLES = {OWNER: "OWNER_DATABASE_URL", APP: "DATABASE_URL", BACKUP: "BACKUP_DATABASE_URL"}

ROLES = {  # NOINHERIT: the owner may become the application, but sees no rows as itself (assurance T3)
    OWNER: "{} ROLE {} LOGIN NOCREATEROLE NOINHERIT PASSWORD {}",
    APP: "{} ROLE {} LOGIN NOCREATEROLE NOCREATEDB NOINHERIT PASSWORD {}",
    BACKUP: "{} ROLE {} LOGIN NOCREATEROLE NOCREATEDB NOINHERIT BYPASSRLS PASSWORD {}",
}
MAY_CREATE = "SELECT rolsuper OR (rolcreaterole AND rolcreatedb) FROM pg_roles WHERE rolname = current_user"
IS_SUPERUSER = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
HAS_ROLE = "SELECT true FROM pg_roles WHERE rolname = %s"
HAS_ANY_ROLE = "SELECT true FROM pg_roles WHERE rolname = ANY(%s) LIMIT 1"
HAS_DATABASE = "SELECT true FROM pg_database WHERE datname = %s"
HAS_TABLES = "SELECT to_regclass('django_migrations') IS NOT NULL"
HAS_PORTAL = """
    SELECT datname FROM pg_database
    WHERE pg_get_userbyid(datdba) = 'mappa_owner' AND datname NOT IN ('template1', %s)
        AND NOT starts_with(datname, 'test_')
    LIMIT 1
"""


def login(server: str, role: str, password: str, name: str) -> str:
    """The address of the same server, options kept, with another login and database."""
    parts = urlsplit(server)
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{role}:{quote(password, safe='')}@{host}"
    return parts._replace(netloc=netloc, path=f"/{quote(name, safe='')}").geturl()


def renamed(address: str, name: str) -> str:
    """The same server and login, another database."""
    return urlsplit(address)._replace(path=f"/{quote(name, safe='')}").geturl()


def without_password(address: str) -> str:
    parts = urlsplit(address)
    return parts._replace(netloc=f"{parts.username}@{parts.netloc.rpartition('@')[2]}").geturl()


def logins(server: str, passwords: dict[str, str], name: str) -> dict[str, str]:
    """The portal's three addresses by environment variable."""
    return {variable: login(server, role, passwords[role], name) for role, variable in VARIABLES.items()}


def provision(admin: str, passwords: dict[str, str], name: str, *, createdb: bool = False) -> None:
    """Make the roles and the database; a second run changes nothing but the passwords.

    What the roles may do with each table is the migrations' business: so it is the same after a restore.
    """
    with psycopg.connect(admin, autocommit=True, connect_timeout=10) as connection:
        superuser = _value(connection, IS_SUPERUSER)
        for role, statement in ROLES.items():
            verb = sql.SQL("ALTER" if _value(connection, HAS_ROLE, role) else "CREATE")
            connection.execute(sql.SQL(statement).format(verb, sql.Identifier(role), passwords[role]))
        _execute(connection, f"ALTER ROLE mappa_owner {'CREATEDB' if createdb else 'NOCREATEDB'}")
        _execute(connection, "GRANT mappa_app TO mappa_owner")  # data migrations SET LOCAL ROLE
        if not superuser:
            _execute(connection, "GRANT mappa_owner TO {}", connection.info.user)
        if not _value(connection, HAS_DATABASE, name):
            _execute(
                connection, "CREATE DATABASE {} OWNER mappa_owner TEMPLATE template0 ENCODING 'UTF8'", name
            )
        _execute(connection, "ALTER DATABASE {} OWNER TO mappa_owner", name)
        _execute(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", name)
        _execute(connection, "GRANT CONNECT ON DATABASE {} TO mappa_app, mappa_backup", name)
        _execute(
            connection, "GRANT TEMPORARY ON DATABASE {} TO mappa_app", name
        )  # where imports are sorted out
    if superuser:
        own_public(admin, name)


def has_tables(address: str) -> bool:
    """Whether migrate has run."""
    with psycopg.connect(address, connect_timeout=10) as connection:
        return bool(_value(connection, HAS_TABLES))


def own_public(admin: str, name: str) -> None:
    """Before PostgreSQL 16, a NOINHERIT owner of the database may still not create in its public schema."""
    with psycopg.connect(renamed(admin, name)) as connection:
        _execute(connection, "ALTER SCHEMA public OWNER TO mappa_owner")


def obstacle(admin: str) -> str:
    """Why this login cannot make the portal's roles, or should not; empty when it may."""
    with psycopg.connect(admin, connect_timeout=10) as connection:
        if not _value(connection, MAY_CREATE):
            return f"{connection.info.user} may not create roles and databases"
        if _value(connection, HAS_ANY_ROLE, list(ROLES)):
            return "its server already has the portal's roles, with passwords of their own"
    return ""


def obstacle_to_tests(admin: str, name: str) -> str:
    """Tests change role passwords and template1, so they need a server of their own."""
    with psycopg.connect(admin, connect_timeout=10) as connection:
        if not _value(connection, IS_SUPERUSER):
            return f"{connection.info.user} is not a superuser"
        if portal := _value(connection, HAS_PORTAL, name):
            return f"its server holds a portal’s database, {portal}"
    return ""


def _execute(connection, statement, *names):
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _value(connection, query, *parameters):
    row = connection.execute(query, parameters).fetchone()
    return row and row[0]


def main() -> int:
    """Provision as ADMIN_DATABASE_URL; database and passwords are those of the three other addresses."""
    needed = ("ADMIN_DATABASE_URL", *VARIABLES.values())
    if missing := [variable for variable in needed if not os.environ.get(variable)]:
        return _problem(f"Set {', '.join(missing)}.")
    addresses = {role: urlsplit(os.environ[variable]) for role, variable in VARIABLES.items()}
    for role, address in addresses.items():
        if address.username != role or not address.password:
            return _problem(f"{VARIABLES[role]} must carry the login {role} and a password.")
    passwords = {role: unquote(address.password or "") for role, address in addresses.items()}
    try:
        provision(os.environ["ADMIN_DATABASE_URL"], passwords, unquote(addresses[OWNER].path.lstrip("/")))
    except psycopg.Error as error:
        return _problem(f"The database roles could not be made: {str(error).splitlines()[0]}")
    return 0


def _problem(text):
    print(text, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
