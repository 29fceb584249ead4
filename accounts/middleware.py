"""How long a session lasts, and that nobody gets past set-up without a second factor (I1)."""

import json
import time
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.events import note
from accounts.second_factor import has_authenticator
from accounts.vault import seal
from mappa_portal.exceptions import error_page

NOTED_EVERY = 15  # seconds: not every request writes the session
KEEP_AT_MOST = 200_000  # characters of a form that was sent too late


def start_session(request: HttpRequest) -> None:
    request.session["started_at"] = request.session["seen_at"] = time.time()


@dataclass(frozen=True)
class Limits:
    """Seconds that are left: without a new page, and altogether."""

    idle: int
    absolute: int

    @property
    def left(self) -> int:
        return min(self.idle, self.absolute)


def limits_of(session, now: float) -> Limits:
    started, seen = session.get("started_at", now), session.get("seen_at", now)
    return Limits(
        int(seen + settings.SESSION_IDLE.total_seconds() - now),
        int(started + settings.SESSION_ABSOLUTE.total_seconds() - now),
    )


class SessionLimitsMiddleware:
    """Ends sessions on the server. A form that came too late waits, sealed, for the same person."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        late = self._end_if_over(request) if request.user.is_authenticated else None
        response = self.get_response(request)
        if late and request.method == "POST" and _leads_to_sign_in(response):
            return _keep_form(request, late)
        if request.method == "POST" and request.session.get("kept_for") == request.path:
            request.session.pop("kept", None)
            del request.session["kept_for"]
        return response

    def _end_if_over(self, request) -> int | None:
        now, session, user = time.time(), request.session, request.user
        if "started_at" not in session:
            start_session(request)
        limits = limits_of(session, now)
        if limits.left <= 0:
            why = "idle" if limits.idle <= limits.absolute else "absolute"
            note("user.signed_out", user, by=user, reason=f"{why} limit")
            logout(request)
            session["ended"] = why
            return user.pk
        if now - session["seen_at"] >= NOTED_EVERY and not _is_only_asking(request):
            session["seen_at"] = now
        request.session_limits = limits_of(session, now)
        return None


def _is_only_asking(request) -> bool:
    """A page's script asks how long is left: nobody touched anything."""
    return request.method == "GET" and request.path == reverse("extend_session")


def _leads_to_sign_in(response) -> bool:
    return response.status_code == 302 and urlsplit(response["Location"]).path == reverse("account_login")


def _keep_form(request, user_id: int) -> HttpResponse:
    typed = [(name, value) for name, values in request.POST.lists() for value in values if _may_be_kept(name)]
    form = json.dumps({"user": user_id, "to": request.get_full_path(), "typed": typed})
    if len(form) <= KEEP_AT_MOST:
        request.session["kept"], request.session["kept_for"] = seal(form), request.path
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': reverse('kept_form')})}")


def _may_be_kept(name: str) -> bool:
    return name != "csrfmiddlewaretoken" and "password" not in name and name != "code"


class SecondFactorMiddleware:
    """Who has signed in without an authenticator sets one up, and does nothing else."""

    OPEN = {
        "account_logout",
        "account_reauthenticate",
        "extend_session",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_index",
        "privacy",
        "accessibility",
        "cookies",
    }

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.user.is_authenticated or request.resolver_match.view_name in self.OPEN:
            return None
        if has_authenticator(request.user):
            return None
        if request.path.startswith("/api/"):
            return error_page(request, 403, "Set up a second factor in the browser first.")
        if request.method == "GET":
            request.session["after_set_up"] = request.get_full_path()
        return HttpResponseRedirect(reverse("mfa_index"))
