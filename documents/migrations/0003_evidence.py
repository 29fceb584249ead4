from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_separation")]

    operations = [
        migrations.RemoveIndex("revision", "revision_by_digest"),
        migrations.AlterField("revision", "role", models.CharField(blank=True, max_length=120)),
        migrations.AddField("revision", "stored_at", models.DateTimeField(), preserve_default=False),
        migrations.AddConstraint(
            "revision",
            models.UniqueConstraint(
                fields=["territory", "document", "field"], condition=~Q(field=""), name="field_signed_once"
            ),
        ),
        migrations.AddConstraint(
            "revision",
            models.CheckConstraint(
                condition=Q(field="") | Q(signed_at__isnull=False), name="signature_has_time"
            ),
        ),
    ]
