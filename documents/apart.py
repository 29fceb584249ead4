"""A PDF made on request in a process of its own, with limits of time and memory; nothing of it is kept (P1)."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime

from documents.markup import markup
from mappa_portal.exceptions import Unavailable

SECONDS = 60
MEMORY = 2 * 2**30


def render_apart(
    template: str, context: Mapping, *, identifier: str, created: datetime, **named: str
) -> bytes:
    """As ``render_pdf``; ``named``: title, marking, reference."""
    html = markup(template, context, created=created, **named)
    asked = {"html": html, "identifier": identifier, "created": created.isoformat()}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "documents.apart"],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "mappa_portal.settings"},
        )
    except subprocess.TimeoutExpired:
        raise Unavailable("The PDF could not be made in time. Try again, or print the page.") from None
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise Unavailable("The PDF could not be made. Try again, or print the page.")
    return done.stdout


def main() -> None:
    import resource

    import django

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    django.setup()
    from documents.render import pdf_of

    asked = json.loads(sys.stdin.buffer.read())
    asked["created"] = datetime.fromisoformat(asked["created"])
    sys.stdout.buffer.write(pdf_of(**asked))


if __name__ == "__main__":
    main()
