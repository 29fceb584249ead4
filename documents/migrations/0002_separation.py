from django.db import migrations

from boards.rls import owned


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), ("boards", "0002_separation")]

    operations = [
        owned("documents_document", about=True),
        owned("documents_revision", about=True, document_id="documents_document"),
    ]
