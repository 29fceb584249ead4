from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0002_separation")]

    operations = [
        migrations.AlterField("levelperiod", "reason", models.TextField(blank=True)),
    ]
