"""Row-level security for a table, written by one migration operation (T1, T5)."""

from django.db.migrations import RunSQL

APPLICATION_ROLE = "mappa_app"
_SCOPE = "= ANY ((SELECT app.scope())::bigint[])"
_AREAS = "= ANY ((SELECT app.areas())::bigint[])"


def owned(table: str, *, about: bool = False, **keys: str) -> RunSQL:
    """Policy, FORCE, the key (territory_id, id), and foreign keys (column="table") that cannot cross territories.

    ``about=True`` adds the restrictive policy: rows about a borough open to that borough and to area seats.
    """
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        _policy(table, "scope", "PERMISSIVE", f"territory_id {_SCOPE}"),
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_key UNIQUE (territory_id, id)",
    ]
    if about:
        test = f"about_id IS NULL OR about_id {_SCOPE} OR territory_id {_AREAS}"
        statements.append(_policy(table, "about", "RESTRICTIVE", test))
    statements += [foreign_key(table, column, target) for column, target in keys.items()]
    return RunSQL(statements, RunSQL.noop)


def foreign_key(table: str, column: str, target: str) -> str:
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_inside"
        f" FOREIGN KEY (territory_id, {column}) REFERENCES {target} (territory_id, id)"
        " DEFERRABLE INITIALLY DEFERRED"
    )


def _policy(table: str, name: str, kind: str, test: str) -> str:
    return (
        f"CREATE POLICY {name} ON {table} AS {kind} FOR ALL TO {APPLICATION_ROLE}"
        f" USING ({test}) WITH CHECK ({test})"
    )
