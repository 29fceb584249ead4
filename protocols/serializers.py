"""What machines read of protocols: named fields only, references instead of row ids."""

from rest_framework import serializers

from protocols.models import Approval, Protocol, Signature, Version
from protocols.outline import outline
from protocols.rules import VERSION_RULES


class ProtocolRowSerializer(serializers.Serializer):
    """One row of the list."""

    reference = serializers.CharField(help_text="Names the protocol, like CMD-P-2026-001.")
    borough = serializers.SlugField(source="about.slug", help_text="Slug of the borough.")
    board = serializers.CharField(
        source="board.name", help_text="The safeguarding board that is party to it."
    )
    version = serializers.IntegerField(source="version_number", help_text="Number of the newest version.")
    status = serializers.ChoiceField(choices=Version.Status.choices, help_text="Of the newest version.")
    in_force_since = serializers.DateField(
        source="adopted_on", allow_null=True, help_text="First day of the version in force."
    )
    review_due = serializers.DateField(allow_null=True, help_text="Day by which it is looked at again.")


class VersionSerializer(serializers.ModelSerializer):
    template = serializers.CharField(source="template_version.template.reference")
    template_version = serializers.IntegerField(source="template_version.number")

    class Meta:
        model = Version
        fields = [
            "number",
            "status",
            "template",
            "template_version",
            "content_hash",
            "submitted_at",
            "adopted_on",
        ]


class ClauseSerializer(serializers.Serializer):
    number = serializers.CharField()
    depth = serializers.IntegerField(source="clause.depth")
    heading = serializers.CharField(source="clause.heading")
    text = serializers.CharField(source="clause.body")
    locked = serializers.BooleanField(source="clause.locked")
    differs_from_template = serializers.BooleanField(source="clause.is_changed")


class ApprovalSerializer(serializers.ModelSerializer):
    body = serializers.CharField(source="organisation.name")

    class Meta:
        model = Approval
        fields = ["body", "position", "decision", "decided_on", "content_hash"]


class SignatureSerializer(serializers.ModelSerializer):
    organisation = serializers.CharField(source="organisation.name")
    signed_by = serializers.CharField(source="signed_by.name", default=None, allow_null=True)
    time_confirmed = serializers.SerializerMethodField()

    class Meta:
        model = Signature
        fields = ["role", "organisation", "signed_by", "signed_at", "time_confirmed", "content_hash"]

    def get_time_confirmed(self, signature: Signature) -> bool:
        return signature.sealed_at is not None


class ProtocolSerializer(ProtocolRowSerializer):
    """One protocol with the newest version's text, approvals and signatures."""

    withdrawn_on = serializers.DateField(allow_null=True)
    replaced_by = serializers.CharField(source="replaced_by.reference", default=None, allow_null=True)
    replaced_on = serializers.DateField(allow_null=True)
    versions = VersionSerializer(many=True)
    clauses = serializers.SerializerMethodField()
    approvals = serializers.SerializerMethodField()
    signatures = serializers.SerializerMethodField()
    allowed = serializers.SerializerMethodField(help_text="What you may do to the newest version now.")

    def _newest(self, protocol: Protocol) -> Version:
        return next(iter(protocol.versions.all()))

    def get_clauses(self, protocol: Protocol) -> ClauseSerializer(many=True):
        return ClauseSerializer(outline(self._newest(protocol).clauses.all()), many=True).data

    def get_approvals(self, protocol: Protocol) -> ApprovalSerializer(many=True):
        found = self._newest(protocol).approvals.select_related("organisation")
        return ApprovalSerializer(found, many=True).data

    def get_signatures(self, protocol: Protocol) -> SignatureSerializer(many=True):
        found = self._newest(protocol).signatures.select_related("organisation", "signed_by")
        return SignatureSerializer(found, many=True).data

    def get_allowed(self, protocol: Protocol) -> list[str]:
        return sorted(VERSION_RULES.allowed(self.context["request"].user, self._newest(protocol)))
