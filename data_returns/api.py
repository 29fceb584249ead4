"""The REST door of the room: what was released of the data returns."""

from collections import Counter
from collections.abc import Iterator, Sequence

from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.viewsets import GenericViewSet, mixins

from boards.access import ForUserMixin
from boards.models import Territory
from data_returns.models import Rendition
from data_returns.years import slashed, year_of
from mappa_portal.exports import CsvRenderer
from mappa_portal.words import OFFICIAL
from meetings.performance.exports import limit_exports, record_export


class RenditionSerializer(serializers.ModelSerializer):
    """``borough`` null: the area's sums, over the boroughs and versions in ``covers``."""

    area = serializers.SlugRelatedField("slug", source="territory", read_only=True)
    borough = serializers.SlugRelatedField("slug", source="about", read_only=True, allow_null=True)
    year = serializers.SerializerMethodField(help_text="Reporting year, like 2024/25.")
    version = serializers.IntegerField(
        source="number", help_text="Of the return; of sums, how often released."
    )
    figures = serializers.DictField(
        source="cells",
        child=serializers.JSONField(),
        help_text="By key: a number, or c (hidden to protect people), x (not available), z (not applicable).",
    )
    revised = serializers.ListField(
        child=serializers.CharField(), help_text="Keys that changed since the version before."
    )
    answers = serializers.DictField(child=serializers.CharField())
    covers = serializers.SerializerMethodField()

    class Meta:
        model = Rendition
        fields = [
            *("area", "borough", "year", "version", "edition", "figures", "revised"),
            *("answers", "covers", "released_at"),
        ]

    @extend_schema_field(OpenApiTypes.STR)
    def get_year(self, rendition):
        return slashed(rendition.year)

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_covers(self, rendition):
        return dict(rendition.covers)


def _rows(one: dict) -> Iterator[dict]:
    """As the released page writes them: a number, or in its place a symbol."""
    same = {name: one[name] for name in ("area", "borough", "year", "version")}
    for key, value in one["figures"].items():
        has_number = isinstance(value, int)
        said = {"value": value if has_number else None, "symbol": "" if has_number else f"[{value}]"}
        yield same | {"key": key} | said | {"revised": "[r]" if key in one["revised"] else ""}


class RenditionFilter(filters.FilterSet):
    """An allow-list: what is not named here is not filtered by."""

    borough = filters.ModelChoiceFilter(
        field_name="about",
        to_field_name="slug",
        queryset=Territory.objects.filter(kind=Territory.Kind.BOROUGH),
        error_messages={"invalid_choice": "No borough has this slug."},
        help_text="Slug of the borough, like camden.",
    )
    year = filters.CharFilter(method="of_year", help_text="Reporting year, like 2024/25.")

    def of_year(self, queryset, name, value):
        year = year_of(value)
        return queryset.none() if year is None else queryset.filter(year=year)


@extend_schema(tags=["returns"])
@method_decorator(conditional_page, name="dispatch")
class RenditionViewSet(ForUserMixin, mixins.ListModelMixin, GenericViewSet):
    """Released figures of the data returns, newest version of each year: shareable, small numbers are hidden."""

    queryset = Rendition.objects.all()
    serializer_class = RenditionSerializer
    filter_backends = [filters.DjangoFilterBackend]
    filterset_class = RenditionFilter
    ordering = ("-year", "id")
    marking = OFFICIAL  # of its CSV: nothing in it can identify a person (S1)

    def get_renderers(self):
        return [*super().get_renderers(), CsvRenderer()]

    def list(self, request, *args, **kwargs):
        """As CSV a row for each figure."""
        answer = super().list(request, *args, **kwargs)
        if request.accepted_renderer.format == CsvRenderer.format:
            limit_exports(request.user)
            answer.data["results"] = [row for one in answer.data["results"] for row in _rows(one)]
            self._record(answer.data["results"])
        return answer

    def _record(self, rows: Sequence[dict]) -> None:
        for slug, number in Counter(row["borough"] or row["area"] for row in rows).items():
            place = Territory.objects.select_related("parent").get(slug=slug)
            record_export(place, number, by=self.request.user, kind="CSV of return")

    def get_queryset(self):
        return super().get_queryset().newest().select_related("territory", "about")
