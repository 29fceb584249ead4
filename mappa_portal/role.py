"""No process works with a database login that row-level security does not bind (assurance T3)."""

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.signals import connection_created

UNBOUND = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"


def refuse_unbound(connection, **kwargs):
    with connection.cursor() as cursor:
        cursor.execute(UNBOUND)
        [unbound] = cursor.fetchone()
    if unbound:
        login = connection.settings_dict["USER"]
        connection.close()  # else the next query would use it
        raise ImproperlyConfigured(
            f"The database login {login} is not bound by row-level security: use mappa_app in DATABASE_URL."
        )


def watch():
    connection_created.connect(refuse_unbound, dispatch_uid="mappa_portal.role")
