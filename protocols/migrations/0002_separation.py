from django.db import migrations

from boards.rls import owned


class Migration(migrations.Migration):
    dependencies = [
        ("protocols", "0001_initial"),
        ("boards", "0002_separation"),
        ("documents", "0002_separation"),
    ]

    operations = [
        owned("protocols_template"),
        owned("protocols_templateversion", template_id="protocols_template"),
        owned("protocols_clause", template_version_id="protocols_templateversion"),
        owned("protocols_protocol", about=True, template_id="protocols_template"),
        owned(
            "protocols_protocolgrant",
            about=True,
            content_object_id="protocols_protocol",
        ),
        owned(
            "protocols_version",
            about=True,
            protocol_id="protocols_protocol",
            template_version_id="protocols_templateversion",
            document_id="documents_document",
        ),
        owned(
            "protocols_versionclause",
            about=True,
            version_id="protocols_version",
            clause_id="protocols_clause",
        ),
        owned(
            "protocols_approval",
            about=True,
            version_id="protocols_version",
            carried_from_id="protocols_approval",
        ),
        owned("protocols_signature", about=True, version_id="protocols_version"),
        owned("protocols_review", about=True, protocol_id="protocols_protocol"),
    ]
