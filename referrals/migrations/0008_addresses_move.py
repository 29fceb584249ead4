"""The address of a person's particulars becomes the first of the case's addresses: there is one place for it."""

import json

from django.db import migrations

from accounts.vault import seal, unseal  # what is moved lies sealed

AS_APPLICATION = """
SET LOCAL ROLE mappa_app;
SELECT set_config('portal.territories', named, true), set_config('portal.areas', named, true)
    FROM (SELECT coalesce('{' || string_agg(id::text, ',') || '}', '{}') AS named FROM boards_territory) t;
"""
BACK = """
RESET ROLE;
SELECT set_config('portal.territories', '', true), set_config('portal.areas', '', true);
"""
CASES = "SELECT id, territory_id, personal FROM referrals_case WHERE personal <> '' ORDER BY id"
KEPT = "UPDATE referrals_case SET personal = %s WHERE id = %s"
MOVED = """
INSERT INTO referrals_address (territory_id, case_id, number, kind, borough_id, text, elsewhere)
VALUES (%s, %s, 1, 'home', %s, %s, '')
"""


def move(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(AS_APPLICATION)
        cursor.execute(CASES)
        for case, territory, personal in cursor.fetchall():
            said = json.loads(unseal(personal))
            if address := said.pop("address", ""):
                cursor.execute(MOVED, [territory, case, territory, seal(address)])
                if cursor.rowcount != 1:
                    raise RuntimeError("an address was not moved")
            cursor.execute(KEPT, [seal(json.dumps(said)) if any(said.values()) else "", case])
            if cursor.rowcount != 1:
                raise RuntimeError("the particulars of a case were not kept")
        cursor.execute(BACK)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0007_addresses")]

    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
