from django.db import migrations

from boards.rls import owned


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial"), ("boards", "0002_separation")]

    operations = [owned("outbox_job", about=True), owned("outbox_message", about=True)]
