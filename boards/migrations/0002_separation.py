from django.db import migrations

from boards.rls import owned

SCOPE = """
CREATE SCHEMA app;
CREATE FUNCTION app.scope() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT NULLIF(current_setting('portal.territories', true), '')::bigint[] $$;
CREATE FUNCTION app.areas() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT NULLIF(current_setting('portal.areas', true), '')::bigint[] $$;
"""

# The application role reads and writes rows; it owns nothing and cannot truncate, alter or create (T3).
GRANTS = """
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public, app TO mappa_app, mappa_backup;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO mappa_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO mappa_app;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO mappa_backup;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO mappa_backup;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO mappa_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO mappa_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO mappa_backup;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO mappa_backup;
"""


class Migration(migrations.Migration):
    dependencies = [("boards", "0001_initial")]

    operations = [
        migrations.RunSQL(SCOPE, "DROP SCHEMA app CASCADE"),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        owned("boards_areasettings"),
        owned("boards_approvingbody"),
        owned("boards_counter"),
    ]
