"""The HTML that becomes a PDF; kept apart from the renderer, which takes two seconds to load."""

from collections.abc import Mapping
from datetime import UTC, datetime

from django.conf import settings
from django.template.loader import render_to_string


def markup(
    template: str, context: Mapping, *, title: str, marking: str, created: datetime, reference: str = ""
) -> str:
    """Title, marking and reference stand on every page of the file."""
    page = {
        "title": title,
        "marking": marking,
        "reference": reference,
        "demonstration": settings.DEMO,
        "created": created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return render_to_string(template, {**context, "pdf": page})
