import django.contrib.postgres.fields
from django.db import migrations, models

AS_APPLICATION = """
SET LOCAL ROLE mappa_app;
SELECT set_config('portal.territories', named, true), set_config('portal.areas', named, true)
    FROM (SELECT coalesce('{' || string_agg(id::text, ',') || '}', '{}') AS named FROM boards_territory) t;
"""
BACK = """
RESET ROLE;
SELECT set_config('portal.territories', '', true), set_config('portal.areas', '', true);
"""
WRITERS = """
UPDATE referrals_referralsection SET writers = ARRAY[edited_by_id] WHERE edited_by_id IS NOT NULL;
"""
FIRST = """
UPDATE referrals_referral r SET first_submitted_at = least(r.submitted_at, (
    SELECT min(e.at) FROM audit_event e
    WHERE e.territory_id = r.territory_id AND e.subject_kind = 'referrals.referral' AND e.subject_id = r.id
    AND e.name = 'referral.submitted'
)) WHERE r.submitted_at IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_chain"), ("referrals", "0016_merged")]

    operations = [
        migrations.AddField(
            model_name="referralsection",
            name="writers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, editable=False, size=None
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="first_submitted_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunSQL(AS_APPLICATION + WRITERS + FIRST + BACK, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="referralsection", name="edited_by"),
    ]
