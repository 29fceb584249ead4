"""The REST door: every room's viewsets behind one router, with their description."""

from django.http import Http404
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter


class Router(DefaultRouter):
    include_format_suffixes = False


class Docs(SpectacularSwaggerSplitView):
    template_name = "api_docs.html"


def nothing_here(request):
    raise Http404


router = Router()

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", Docs.as_view(url_name="schema"), name="api_docs"),
    path("", include(router.urls)),
    re_path(r"", nothing_here, name="api_nothing_here"),
]
