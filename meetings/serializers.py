"""The KPI answer as the API describes it (contracts section 4); meetings.kpis.as_json builds it."""

from rest_framework import serializers


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
