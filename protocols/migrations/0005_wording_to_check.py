from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("protocols", "0004_submitted_text_is_fixed")]

    operations = [
        migrations.AddField("versionclause", "to_check", models.BooleanField(default=False)),
    ]
