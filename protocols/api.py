"""The REST door of the room: protocols, read only."""

from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.viewsets import ReadOnlyModelViewSet

from boards.access import ForUserMixin
from boards.models import Territory
from mappa_portal.exports import CsvRenderer
from protocols.exports import limit_exports, record_export
from protocols.models import Protocol, Version
from protocols.serializers import ProtocolRowSerializer, ProtocolSerializer


class ProtocolFilter(filters.FilterSet):
    """An allow-list: what is not named here is not filtered by."""

    borough = filters.ModelChoiceFilter(
        field_name="about",
        to_field_name="slug",
        queryset=Territory.objects.filter(kind=Territory.Kind.BOROUGH),
        error_messages={"invalid_choice": "No borough has this slug."},
        help_text="Slug of the borough, like camden.",
    )
    status = filters.ChoiceFilter(choices=Version.Status.choices, help_text="Of the newest version.")


@extend_schema(tags=["protocols"])
@method_decorator(conditional_page, name="dispatch")
class ProtocolViewSet(ForUserMixin, ReadOnlyModelViewSet):
    """Protocols that you may see. Answers have an ETag: If-None-Match gets 304 while nothing changed."""

    queryset = Protocol.objects.with_current().select_related("territory", "about", "board")
    serializer_class = ProtocolSerializer
    lookup_field = "reference"
    lookup_value_regex = r"[A-Z0-9-]+"
    filter_backends = [filters.DjangoFilterBackend]
    filterset_class = ProtocolFilter

    def get_renderers(self):
        return [*super().get_renderers(), *([CsvRenderer()] if self.action == "list" else [])]

    def get_serializer_class(self):
        return ProtocolRowSerializer if self.action == "list" else ProtocolSerializer

    def list(self, request, *args, **kwargs):
        if self._leaves_as_table:
            limit_exports(request.user)
        return super().list(request, *args, **kwargs)

    def paginate_queryset(self, queryset):
        page = super().paginate_queryset(queryset)
        if self._leaves_as_table:
            record_export(page, by=self.request.user)
        return page

    @property
    def _leaves_as_table(self) -> bool:
        return self.request.accepted_renderer.format == CsvRenderer.format

    def get_queryset(self):
        found = super().get_queryset()
        if self.action == "list":
            return found
        return found.select_related("replaced_by").prefetch_related("versions__template_version__template")
