"""The REST door: every room's viewsets behind one router, with their description."""

from functools import cache

from django.http import Http404
from django.shortcuts import render
from django.urls import include, path, re_path
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import DefaultRouter

from data_returns.api import RenditionViewSet
from mappa_portal import reference
from meetings.api import KpiView
from meetings.registers_api import AttendanceViewSet, InvitationViewSet, MeetingViewSet, ReplyViewSet
from protocols.api import ProtocolViewSet
from referrals.api import ReferralFiguresView


class Router(DefaultRouter):
    include_format_suffixes = False


@cache
def document() -> dict:
    return SchemaGenerator().get_schema(request=None, public=True)


@require_safe
def docs(request):
    context = {"operations": list(reference.operations(document())), "things": reference.things(document())}
    return render(request, "api_docs.html", context)


def nothing_here(request):
    raise Http404


router = Router()
router.register("protocols", ProtocolViewSet, basename="protocol")
router.register("returns", RenditionViewSet, basename="return")
router.register("meetings", MeetingViewSet, basename="meeting")
router.register("invitations", InvitationViewSet, basename="invitation")
router.register("replies", ReplyViewSet, basename="reply")
router.register("attendance", AttendanceViewSet, basename="attendance")

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", docs, name="api_docs"),
    path("kpis/", KpiView.as_view(), name="kpis"),
    path("referral-figures/", ReferralFiguresView.as_view(), name="referral_figures"),
    path("", include(router.urls)),
    re_path(r"", nothing_here, name="api_nothing_here"),
]
