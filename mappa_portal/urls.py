"""Every address of the portal: the portal's own pages, then one line a room."""

from django.urls import include, path, re_path
from django.views.generic import TemplateView

from mappa_portal.api import nothing_here
from mappa_portal.home import home
from mappa_portal.search import search

handler400 = "mappa_portal.exceptions.bad_request"
handler403 = "mappa_portal.exceptions.permission_denied"
handler404 = "mappa_portal.exceptions.not_found"
handler429 = "accounts.views.too_many"
handler500 = "mappa_portal.exceptions.server_error"

urlpatterns = [
    path("", home, name="home"),
    path("search/", search, name="search"),
    *(
        path(f"{name}/", TemplateView.as_view(template_name=f"pages/{name}.html"), name=name)
        for name in ("privacy", "accessibility", "cookies")
    ),
    path("", include("accounts.urls")),
    path("", include("boards.urls")),
    path("verify/", include("documents.urls")),
    path("protocols/", include("protocols.urls")),
    path("cases/", include("referrals.urls")),
    path("disclosures/", include("referrals.disclosing.urls")),
    path("referrals/", include("referrals.referring.urls")),
    path("out-of-area/", include("referrals.outside.urls")),
    path("transfers/", include("referrals.transferring.urls")),
    path("", include("meetings.urls")),
    path("returns/", include("data_returns.urls")),
    path("audit/", include("audit.urls")),
    path("mail/", include("outbox.urls")),
    path("api/v1/", include("mappa_portal.api")),
    re_path("^api/", nothing_here, name="api_other"),
]
