"""What went wrong, as a page for people and as JSON for machines. Neither betrays that a record exists."""

import logging
import re
from http import HTTPStatus

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import is_valid_path
from rest_framework import exceptions as api

logger = logging.getLogger("mappa_portal.errors")

REFERENCE = re.compile(r"/([A-Z]{3}-[A-Z]-\d{4}-\d{3,})/")
PROBLEM = "application/problem+json"
NOT_FOUND = "There is nothing at this address, or it is not yours to see."


class Conflict(Exception):
    """The right person at the wrong moment."""


class StaleEdit(Conflict):
    """Somebody saved meanwhile; ``current`` is what stands now, so that both wordings can be shown (C2)."""

    def __init__(self, current):
        self.current = current
        super().__init__(
            "Somebody else changed this after you opened it. Check their change, then save yours."
        )


class Gone(Exception):
    """It was here and has ended: a link, a withdrawn copy."""


class TooMany(Exception):
    """Too many requests of one kind in a short time."""


class Unavailable(Exception):
    """A service that the portal leans on does not answer."""


STATUS = {Conflict: 409, Gone: 410, TooMany: 429, Unavailable: 503}


def status_of(exception: BaseException) -> int | None:
    return next((status for kind, status in STATUS.items() if isinstance(exception, kind)), None)


# -- Pages --


def error_page(request: HttpRequest, status: int, message: str = "") -> HttpResponse:
    """The page for a status, or problem JSON where a machine asks."""
    if request.path.startswith("/api/"):
        return problem_json(status, message)
    context = {"message": message, "record": _record_of(request.path)}
    return render(request, f"{status}.html", context, status=status)


def _record_of(path: str) -> tuple[str, str] | None:
    """Reference and address of the record that this page is a part of: the way back."""
    found = REFERENCE.search(path)
    if not found or found.end() == len(path):
        return None
    address = path[: found.end()]
    return (found[1], address) if is_valid_path(address) else None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _plain_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403, str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404, NOT_FOUND if request.path.startswith("/api/") else "")


def server_error(request: HttpRequest) -> HttpResponse:
    logger.error("request failed", extra={"reference": getattr(request, "reference", "")})
    return _plain_page(request, 500)


def _plain_page(request: HttpRequest, status: int) -> HttpResponse:
    """Without context processors: they ask the database, which may be what failed."""
    if request.path.startswith("/api/"):
        return problem_json(status)
    page = render_to_string(f"{status}.html", {"reference": getattr(request, "reference", "")})
    return HttpResponse(page, status=status)


# -- Problem JSON (RFC 9457) --


def problem_json(status: int, detail: str = "", errors: list[dict] | None = None) -> JsonResponse:
    return JsonResponse(problem_body(status, detail, errors), status=status, content_type=PROBLEM)


def problem_body(status: int, detail: str = "", errors: list[dict] | None = None) -> dict:
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail or title}
    return body | ({"errors": errors} if errors else {})


def problem(exception: Exception, context: dict):
    """Turn what a view raised into problem JSON; None lets an unforeseen error become a 500."""
    from rest_framework.response import (
        Response,
    )  # settings name this module, so it waits for the app registry

    known = _as_api(exception)
    if known is None:
        return None
    context["request"]._request.failed = True  # the scope rolls back
    errors = _errors(known.detail) if isinstance(known, api.ValidationError) else []
    detail = "Some values are missing or wrong." if errors else str(known.detail)
    headers = {}
    if challenge := getattr(known, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(known, "wait", None):
        headers["Retry-After"] = f"{wait:.0f}"
    body = problem_body(known.status_code, detail, errors)
    return Response(body, status=known.status_code, headers=headers, content_type=PROBLEM)


def _as_api(exception: Exception) -> api.APIException | None:
    if isinstance(exception, api.APIException):
        return exception
    if isinstance(exception, Http404):
        return api.NotFound(NOT_FOUND)
    if isinstance(exception, PermissionDenied):
        return api.PermissionDenied(str(exception) or None)
    if isinstance(exception, ValidationError):
        return api.ValidationError(_detail(exception))
    if status := status_of(exception):
        known = api.APIException(str(exception) or HTTPStatus(status).phrase)
        known.status_code = status
        return known
    return None


def _detail(error: ValidationError) -> dict | list:
    if not hasattr(error, "error_dict"):
        return error.messages
    return {
        ("" if field == NON_FIELD_ERRORS else field): texts for field, texts in error.message_dict.items()
    }


def _errors(detail, pointer: str = "") -> list[dict]:
    """Flatten nested messages; a JSON pointer names the value each one is about."""
    if isinstance(detail, dict):
        return [
            error
            for key, value in detail.items()
            for error in _errors(value, pointer if key in ("", "non_field_errors") else f"{pointer}/{key}")
        ]
    if isinstance(detail, list):
        return [
            error
            for index, value in enumerate(detail)
            for error in _errors(value, pointer if isinstance(value, str) else f"{pointer}/{index}")
        ]
    return [{"pointer": pointer, "detail": str(detail)}]
