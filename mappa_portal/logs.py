"""Logs: JSON lines in UTC on stderr, of fields that are named here and nothing else (assurance E2)."""

import logging
import time
import traceback
from pathlib import Path

import structlog
from django.conf import settings

FIELDS = {  # ids, places and durations; never names, addresses, values, tokens, query strings
    "duration_ms",
    "job",
    "kind",
    "method",
    "reason",
    "reference",
    "route",
    "status",
    "territory",
    "user",
}
log = logging.getLogger("mappa_portal.requests")


def json_lines() -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow=FIELDS),
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        ],
        processors=[_where_it_failed, _only_known, structlog.processors.JSONRenderer()],
        use_get_message=False,  # the words without what was put into them: a path, an address, a row's values
        pass_foreign_args=False,
    )


def _where_it_failed(logger, name, event):
    """The kind of an exception and the places it came through; its message may quote a row."""
    failure = event.pop("exc_info", None)
    if isinstance(failure, BaseException):
        failure = (type(failure), failure, failure.__traceback__)
    if failure and failure[0]:
        event["exception"] = failure[0].__name__
        event["trace"] = [_place(frame) for frame in traceback.extract_tb(failure[2])]
    return event


def _place(frame: traceback.FrameSummary) -> str:
    path = Path(frame.filename)
    short = path.relative_to(settings.BASE_DIR) if path.is_relative_to(settings.BASE_DIR) else path.name
    return f"{short}:{frame.lineno} {frame.name}"


KEPT = FIELDS | {"at", "event", "exception", "level", "logger", "trace"}


def _only_known(logger, name, event):
    if event["event"] == "%s: %s":  # Django's own words about a failed request: its parts stay out
        event["event"] = "request failed"
    return {key: value for key, value in event.items() if key in KEPT and value not in (None, "")}


class RequestLogMiddleware:
    """One line a request. The route is the pattern, so links and references stay out."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        begun = time.monotonic()
        response = self.get_response(request)
        match = request.resolver_match
        user = getattr(request, "_cached_user", None)  # asking request.user would go to the database
        log.info(
            "request",
            extra={
                "method": request.method,
                "route": match.route if match else "none",
                "status": response.status_code,
                "duration_ms": round((time.monotonic() - begun) * 1000),
                "user": user.pk if user else None,
                "reference": getattr(request, "reference", ""),
            },
        )
        return response
