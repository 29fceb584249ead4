from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [("protocols", "0005_wording_to_check")]

    operations = [
        migrations.AddConstraint(
            "template", models.UniqueConstraint("territory", Lower("name"), name="template_name")
        ),
    ]
