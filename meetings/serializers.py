"""What the API says of figures (contracts section 4; meetings.performance.kpis.as_json builds it) and of registers."""

from rest_framework import serializers

from meetings.models import Attendance, Invitation, Meeting, Reply


class PeriodSerializer(serializers.Serializer):
    to = serializers.DateField(help_text="Last day, included.")

    def get_fields(self):
        return {"from": serializers.DateField(help_text="First day."), **super().get_fields()}


class CompletenessSerializer(serializers.Serializer):
    """Discussions of held meetings, and those of which attendance is recorded for every agency that was expected."""

    recorded = serializers.IntegerField()
    discussions = serializers.IntegerField()
    percentage = serializers.CharField(allow_null=True)


class RateSerializer(serializers.Serializer):
    attended = serializers.IntegerField()
    required = serializers.IntegerField()
    percentage = serializers.CharField(allow_null=True, help_text="One decimal, cut. Null without meetings.")
    met = serializers.BooleanField(allow_null=True)


class Kpi4Serializer(serializers.Serializer):
    """Discussions of people under 18 on the day: both services are always required."""

    target = serializers.IntegerField()
    joint = RateSerializer()
    yot = RateSerializer()
    csc = RateSerializer()
    not_invited = serializers.IntegerField()
    missing_birth_dates = serializers.IntegerField()


class AgencyRateSerializer(RateSerializer):
    agency = serializers.CharField(help_text="Code; of another borough like CSC@islington.")


class Kpi6Serializer(serializers.Serializer):
    target = serializers.IntegerField()
    met = serializers.BooleanField(allow_null=True)
    agencies = AgencyRateSerializer(many=True)


class KpisSerializer(serializers.Serializer):
    period = PeriodSerializer()
    area = serializers.SlugField()
    borough = serializers.SlugField(allow_null=True)
    level = serializers.IntegerField(allow_null=True)
    completeness = CompletenessSerializer()
    kpi4 = Kpi4Serializer()
    kpi6 = Kpi6Serializer()
    as_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="Beside stored figures: when the oldest of them was counted.",
    )


# -- Registers: what the rows of meetings.registers_api hold --


class OfMeetingSerializer(serializers.Serializer):
    meeting = serializers.CharField(help_text="Reference of the meeting, like CMD-M-2026-001.")
    borough = serializers.SlugField()
    held_on = serializers.DateField()
    level = serializers.IntegerField()
    agency = serializers.SlugField(help_text="Slug of the agency.")
    agency_type = serializers.CharField(help_text="Code of its kind, like CSC.")


class MeetingRowSerializer(serializers.ModelSerializer):
    borough = serializers.SlugField()

    class Meta:
        model = Meeting
        fields = ["reference", "borough", "held_on", "level", "status", "starts_at", "minutes_long"]
        fields += ["is_emergency", "invited_on"]


class InvitationRowSerializer(OfMeetingSerializer, serializers.ModelSerializer):
    class Meta:
        model = Invitation
        fields = ["meeting", "borough", "held_on", "level", "agency", "agency_type"]
        fields += ["sent_at", "reminded_on", "stood_down_at"]


class ReplyRowSerializer(OfMeetingSerializer, serializers.ModelSerializer):
    name = serializers.CharField(allow_null=True, help_text="Who will come; null but for the MAPPA unit.")
    job_title = serializers.CharField(allow_null=True, help_text="Null but for the MAPPA unit.")

    class Meta:
        model = Reply
        fields = ["meeting", "borough", "held_on", "level", "agency", "agency_type"]
        fields += ["number", "answer", "grade", "mode", "channel", "answered_at", "name", "job_title"]


class AttendanceRowSerializer(OfMeetingSerializer, serializers.ModelSerializer):
    case = serializers.CharField(help_text="Reference of the case, like CMD-C-2026-001.")

    class Meta:
        model = Attendance
        fields = ["meeting", "borough", "held_on", "level", "case", "agency", "agency_type"]
        fields += ["invited", "stood_down", "attended", "substitute", "mode", "grade", "report", "explained"]
