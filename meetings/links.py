"""Links that open one form without an account (L1–L3): only the digest of the token is kept."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TypeVar

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from boards.models import Territory
from boards.owned import Owned
from boards.scope import scope
from mappa_portal.exceptions import Gone, error_page
from mappa_portal.limits import limit

T = TypeVar("T", bound=Owned)
TOKEN = re.compile(r"([A-Z]{3})-[\w-]{43}", re.ASCII)
HANDLE = re.compile(r"[0-9a-f]{24}", re.ASCII)
COOKIE = "link" if settings.PLAIN_HTTP else "__Secure-link"
MINUTES = 60


def new_link(territory: Territory) -> tuple[str, str]:
    """The token for the letter, and its digest for the row: 256 random bits behind the territory's code."""
    token = f"{territory.code}-{secrets.token_urlsafe(32)}"
    return token, digest(token)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def handle(token: str) -> str:
    """What stands in the address instead of the token. Nobody gets in with it."""
    return digest(f"handle:{token}")[:24]


@contextmanager
def opened(token: str) -> Iterator[None]:
    """The scope of the territory that the token names; of none when it names none."""
    named = TOKEN.fullmatch(token)
    territory = Territory.objects.filter(code=named[1]).first() if named else None
    with scope({territory.pk, territory.area.pk} if territory else ()):
        yield


def find(model: type[T], token: str) -> T | None:
    """The row that keeps the token's digest; inside ``opened(token)``."""
    return model.objects.filter(token_digest=digest(token)).first()


def behind_link(model: type[T]) -> Callable:
    """The view gets the row that its link opens; any other link gives one and the same page.

    The first request moves the token from the address into a cookie for that address alone, so two links can be
    open side by side and neither stands in a history or a log.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, token: str, **rest) -> HttpResponse:
            limit("link", get_adapter().get_client_ip(request), most=120)
            if TOKEN.fullmatch(token):
                response = _taken_out_of_the_address(request, token)
            else:
                response = _shown(request, token, rest)
            response["Referrer-Policy"] = "no-referrer" if response.status_code != 200 else "same-origin"
            return response

        def _shown(request, token, rest):
            held = request.COOKIES.get(COOKIE, "")
            if not (TOKEN.fullmatch(held) and hmac.compare_digest(handle(held), token)):
                return error_page(request, 410)
            try:
                with opened(held):
                    row = find(model, held)
                    return view(request, row, **rest) if row else error_page(request, 410)
            except Gone as ended:
                return error_page(request, 410, str(ended))

        return guarded

    return decorate


def _taken_out_of_the_address(request: HttpRequest, token: str) -> HttpResponse:
    before, _, after = request.path.partition(token)
    place = f"{before}{handle(token)}/"
    response = HttpResponseRedirect(f"{place}{after.lstrip('/')}", status=303)
    response.set_cookie(
        COOKIE,
        token,
        max_age=MINUTES * 60,
        path=place,
        secure=not settings.PLAIN_HTTP,
        httponly=True,
        samesite="Lax",
    )
    return response
