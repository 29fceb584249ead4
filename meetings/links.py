"""Links that open one form without an account (L1–L3): only the digest of the token is kept."""

import hashlib
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
COOKIE = "link-" if settings.PLAIN_HTTP else "__Secure-link-"  # and the handle
MINUTES = 60
ENDED = (
    "Our links end when they are no longer needed: when the meeting starts, when it is moved or cancelled, "
    "and when there is a newer letter for somebody else."
)


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
    """The view gets the row that its link opens and the address of its first page; other links one page.

    The first request moves the token from the address into a cookie for that address alone, so two links can be
    open side by side and neither stands in a history or a log.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, token: str, **rest) -> HttpResponse:
            if TOKEN.fullmatch(token):
                response = _taken_out_of_the_address(request, token)
            else:
                response = _shown(request, token, rest)
            response["Referrer-Policy"] = "no-referrer" if response.status_code != 200 else "same-origin"
            return response

        def _shown(request, token, rest):
            held = request.COOKIES.get(COOKIE + token, "")
            try:
                if not TOKEN.fullmatch(held) or handle(held) != token:
                    raise Gone
                with opened(held):
                    row = find(model, held)
                    if row is None:
                        raise Gone
                    return view(request, row, _place(request, token, token), **rest)
            except Gone as ended:
                limit("link", get_adapter().get_client_ip(request), most=60)
                return error_page(request, 410, str(ended) or ENDED)

        return guarded

    return decorate


def _taken_out_of_the_address(request: HttpRequest, token: str) -> HttpResponse:
    place = _place(request, token, handle(token))
    after = request.path.partition(token)[2].lstrip("/")
    response = HttpResponseRedirect(f"{place}{after}", status=303)
    response.set_cookie(
        COOKIE + handle(token),
        token,
        max_age=MINUTES * 60,
        path=place,
        secure=not settings.PLAIN_HTTP,
        httponly=True,
        samesite="Lax",
    )
    return response


def _place(request: HttpRequest, named: str, instead: str) -> str:
    return f"{request.path.partition(named)[0]}{instead}/"
