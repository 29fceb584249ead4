import django.db.models.deletion
from django.db import migrations, models

import boards.owned
from boards.rls import foreign_key


class Migration(migrations.Migration):
    dependencies = [("protocols", "0006_one_template_of_a_name")]

    operations = [
        migrations.AddField(
            "protocol",
            "replaced_by",
            boards.owned.OwnedKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaces",
                to="protocols.protocol",
            ),
        ),
        migrations.AddField("protocol", "replaced_on", models.DateField(blank=True, null=True)),
        migrations.RunSQL(
            foreign_key("protocols_protocol", "replaced_by_id", "protocols_protocol"), migrations.RunSQL.noop
        ),
        migrations.AddConstraint(
            "protocol",
            models.CheckConstraint(
                condition=models.Q(replaced_by=None, replaced_on=None)
                | models.Q(replaced_by__isnull=False, replaced_on__isnull=False, review_due=None),
                name="replaced_by_one_on_a_day",
            ),
        ),
        migrations.RemoveConstraint("version", "submitted_text_has_hash"),
        migrations.AddConstraint(
            "version",
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "withdrawn", "replaced"]) | ~models.Q(content_hash=""),
                name="submitted_text_has_hash",
            ),
        ),
    ]
