"""The registers behind the figures for programs: meetings, invitations, replies, attendance. Read only."""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from boards.access import ForUserMixin, organisations_of
from boards.models import Organisation, Territory
from mappa_portal.exports import CsvRenderer
from meetings.models import LEVELS, Attendance, Invitation, Meeting, Reply
from meetings.performance.exports import limit_exports, record_export
from meetings.serializers import (
    AttendanceRowSerializer,
    InvitationRowSerializer,
    MeetingRowSerializer,
    ReplyRowSerializer,
)

BOROUGHS = Territory.objects.filter(kind=Territory.Kind.BOROUGH)


def filters_by(meeting: str, **more: filters.Filter) -> type[filters.FilterSet]:
    """An allow-list: what is not named here is not filtered by. ``meeting`` leads from a row to its meeting."""
    named = {
        "borough": filters.ModelChoiceFilter(
            field_name="territory",
            to_field_name="slug",
            queryset=BOROUGHS,
            error_messages={"invalid_choice": "No borough has this slug."},
            help_text="Slug of the borough, like camden.",
        ),
        "from": filters.DateFilter(f"{meeting}held_on", "gte", help_text="First day, like 2024-04-01."),
        "to": filters.DateFilter(f"{meeting}held_on", "lte", help_text="Last day, like 2025-03-31."),
        "level": filters.ChoiceFilter(field_name=f"{meeting}level", choices=LEVELS, help_text="2 or 3."),
        "status": filters.ChoiceFilter(field_name=f"{meeting}status", choices=Meeting.Status.choices),
    }
    if meeting:
        named["meeting"] = filters.CharFilter(f"{meeting}reference", help_text="Reference of one meeting.")
    return type("RegisterFilter", (filters.FilterSet,), named | more)


def agency_filter(field: str) -> filters.CharFilter:
    return filters.CharFilter(f"{field}__agency_type", help_text="Code of a kind of agency, like CSC.")


@method_decorator(conditional_page, name="dispatch")
class RegisterViewSet(ForUserMixin, GenericViewSet):
    """Rows come as values, column by column: ``columns`` says which, ``ordering`` is together unique."""

    filter_backends = [filters.DjangoFilterBackend]
    columns: Mapping[str, str] = {}
    ordering: tuple[str, ...] = ()

    def get_renderers(self):
        return [*super().get_renderers(), *([CsvRenderer()] if self.action == "list" else [])]

    def get_queryset(self):
        return super().get_queryset().values("territory", *self.columns.values())

    def list(self, request):
        leaves_as_table = request.accepted_renderer.format == CsvRenderer.format
        if leaves_as_table:
            limit_exports(request.user)
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        if leaves_as_table:
            self._record(page)
        return self.get_paginated_response([self.row(values) for values in page])

    def row(self, values: dict) -> dict:
        return {name: values[path] for name, path in self.columns.items()}

    def _record(self, page: Sequence[dict]) -> None:
        counted = Counter(values["territory"] for values in page)
        places = Territory.objects.select_related("parent").in_bulk(counted)
        for pk, number in counted.items():
            record_export(places[pk], number, by=self.request.user, kind=f"CSV of {self.basename}")


OF_MEETING = {"reference": "reference", "borough": "territory__slug", "held_on": "held_on"}


@extend_schema(tags=["meetings"])
class MeetingViewSet(RegisterViewSet):
    """Meetings that you may see: those of your MAPPA unit, or those in which your agency was given a case."""

    queryset = Meeting.objects.all()
    serializer_class = MeetingRowSerializer
    filterset_class = filters_by("")
    lookup_field = "reference"
    lookup_value_regex = r"[A-Z0-9-]+"
    ordering = ("reference",)
    columns = OF_MEETING | {
        name: name for name in ("level", "status", "starts_at", "minutes_long", "is_emergency", "invited_on")
    }

    def retrieve(self, request, reference):
        return Response(self.row(get_object_or_404(self.get_queryset(), reference=reference)))


def _of(path: str) -> dict[str, str]:
    return {"meeting": f"{path}reference", "borough": "territory__slug", "held_on": f"{path}held_on"} | {
        "level": f"{path}level"
    }


def _agency(path: str) -> dict[str, str]:
    return {"agency": f"{path}__slug", "agency_type": f"{path}__agency_type"}


@extend_schema(tags=["meetings"])
class InvitationViewSet(RegisterViewSet):
    """Which agency was asked to which meeting, and when; an agency sees its own once they are sent."""

    queryset = Invitation.objects.all()
    serializer_class = InvitationRowSerializer
    filterset_class = filters_by("meeting__", agency=agency_filter("agency"))
    ordering = ("meeting__reference", "agency__slug")
    columns = (
        _of("meeting__") | _agency("agency") | {n: n for n in ("sent_at", "reminded_on", "stood_down_at")}
    )


@extend_schema(tags=["meetings"])
class ReplyViewSet(RegisterViewSet):
    """What agencies answered, every version; names are for the MAPPA unit alone."""

    queryset = Reply.objects.all()
    serializer_class = ReplyRowSerializer
    filterset_class = filters_by(
        "invitation__meeting__",
        agency=agency_filter("invitation__agency"),
        answer=filters.ChoiceFilter(choices=Reply.Answer.choices),
    )
    ordering = ("invitation__meeting__reference", "invitation__agency__slug", "number")
    columns = (
        _of("invitation__meeting__")
        | _agency("invitation__agency")
        | {n: n for n in ("number", "answer", "grade", "mode", "channel", "answered_at", "name", "job_title")}
    )
    KEPT_BY = "invitation__meeting__organisation"

    def get_queryset(self):
        return ForUserMixin.get_queryset(self).values("territory", self.KEPT_BY, *self.columns.values())

    def row(self, values: dict) -> dict:
        row = super().row(values)
        mine = organisations_of(self.request.user).get(values[self.KEPT_BY])
        if mine is None or mine.kind != Organisation.Kind.UNIT:
            row |= {"name": None, "job_title": None}
        return row


@extend_schema(tags=["meetings"])
class AttendanceViewSet(RegisterViewSet):
    """Each agency's part in each discussion: the rows that KPI 4 and KPI 6 count."""

    queryset = Attendance.objects.all()
    serializer_class = AttendanceRowSerializer
    filterset_class = filters_by(
        "discussion__meeting__",
        agency=agency_filter("organisation"),
        case=filters.CharFilter("discussion__case__reference", help_text="Reference of one case."),
        attended=filters.BooleanFilter(),
    )
    ordering = ("discussion__meeting__reference", "discussion__case__reference", "organisation__slug")
    columns = (
        _of("discussion__meeting__")
        | {"case": "discussion__case__reference"}
        | _agency("organisation")
        | {
            n: n
            for n in (
                "invited",
                "stood_down",
                "attended",
                "substitute",
                "mode",
                "grade",
                "report",
                "explained",
            )
        }
    )
