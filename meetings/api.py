"""The REST door of the room: KPI figures."""

from django.http import Http404
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from meetings.access import sees_figures
from meetings.performance.question import Question
from meetings.serializers import KpisSerializer


def _parameter(name: str, description: str, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.QUERY, required=required, description=description)


@method_decorator(conditional_page, name="dispatch")
class KpiView(APIView):
    """KPI 4 and KPI 6 of a borough, counted now, or of an area, from its stored figures."""

    @extend_schema(
        tags=["kpis"],
        operation_id="kpis",
        parameters=[
            _parameter("area", "Slug of the area.", required=True),
            _parameter("borough", "Slug of one of its boroughs; without it the whole area."),
            _parameter("from", "First day, like 2024-04-01.", required=True),
            _parameter("to", "Last day, like 2025-03-31.", required=True),
            _parameter("level", "2 or 3; without it both."),
        ],
        responses=KpisSerializer,
    )
    def get(self, request):
        question = Question.asked(request.query_params)
        if not sees_figures(request.user, question.area, question.borough):
            raise Http404
        return Response(question.answer(with_as_at=True))
