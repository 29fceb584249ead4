from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [('data_returns', '0004_forms')]

    operations = [
        migrations.AddField(
            model_name='edition',
            name='discarded_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.CheckConstraint(
                condition=Q(discarded_on=None) | Q(published_on=None), name='edition_discarded_or_published'
            ),
        ),
    ]
