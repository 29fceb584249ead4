"""What is measured, each beside the least that could do the same work."""

import os
from datetime import UTC, datetime
from html import escape

import psycopg
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone
from weasyprint import HTML

from benchmarks.measure import Result, compare
from boards.access import forget_seats, scope_of
from boards.models import Territory
from boards.scope import scope
from documents.render import AssetFetcher, render_pdf
from documents.sign import sign
from documents.signatory import Signatory
from protocols.models import Protocol

PAGE = 50
CREATED = datetime(2026, 1, 1, tzinfo=UTC)
BARE_LIST = """
    SELECT p.reference, t.name, v.status, v.number FROM protocols_protocol p
    JOIN boards_territory t ON t.id = p.about_id
    JOIN LATERAL (SELECT status, number FROM protocols_version v WHERE v.protocol_id = p.id
        AND v.territory_id = p.territory_id ORDER BY number DESC LIMIT 1) v ON true
    WHERE p.territory_id = %s ORDER BY p.reference LIMIT 50
"""


def protocol_list(user, rounds: int) -> Result:
    """One page as the application role, policies forced, grants read; the limit skips them all."""
    area = Territory.objects.get(slug="london")
    opened = scope_of(user)
    with psycopg.connect(os.environ["BACKUP_DATABASE_URL"]) as bare:

        def limit():
            return bare.execute(BARE_LIST, [area.pk]).fetchall()

        def ours():
            rows = Protocol.objects.for_user(user).with_current().order_by("reference")[:PAGE]
            return list(rows.values_list("reference", "about__name", "status", "version_number"))

        with scope(opened.territories, opened.areas):
            return compare(
                f"protocol list, {Protocol.objects.count():,} protocols",
                "hand SQL without policies",
                limit,
                ours,
                goal=3,
                rounds=rounds,
            )


PLAIN_STATIC = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}


@override_settings(ALLOWED_HOSTS=["testserver"], STORAGES=PLAIN_STATIC)
def protocol_page(user, rounds: int) -> Result:
    """The whole list page by the test client against an f-string over the same rows."""
    client = Client()
    client.force_login(user)
    area = Territory.objects.get(slug="london")
    count = _count(user)
    with psycopg.connect(os.environ["BACKUP_DATABASE_URL"]) as bare:

        def limit():
            rows = bare.execute(BARE_LIST, [area.pk]).fetchall()
            cells = "".join(f"<tr>{''.join(f'<td>{escape(str(c))}</td>' for c in row)}</tr>" for row in rows)
            return f"<!doctype html><title>Protocols</title><table>{cells}</table>"

        def ours():
            response = client.get("/protocols/")
            assert response.status_code == 200, response.status_code
            return response

        return compare(
            f"protocol list page, {count:,} protocols",
            "SQL and an f-string",
            limit,
            ours,
            goal=25,
            rounds=rounds,
            same=False,
        )


def _count(user) -> int:
    forget_seats(user)
    opened = scope_of(user)
    with scope(opened.territories, opened.areas):
        return Protocol.objects.for_user(user).count()


def _document() -> dict:
    paragraph = (
        "<p>Both sides share what is necessary, proportionate and lawful, and share it in time.</p>" * 6
    )
    clauses = [
        {"number": str(n), "heading": f"Clause {n}", "depth": 1, "html": "", "text": paragraph}
        for n in range(1, 21)
    ]
    return {
        "title": "MAPPA protocol, Camden",
        "reference": "CMD-P-2026-001",
        "version": 1,
        "marking": "OFFICIAL",
        "parties": ["Camden MAPPA", "Camden LSCB"],
        "clauses": clauses,
        "approvals": [{"body": "London SMB", "decided_on": CREATED.date()}],
        "signatories": [{"role": "MAPPA Chair", "organisation": "Camden MAPPA"}],
        "verify_url": "https://portal.example/verify/",
        "code": "LON-0000",
        "content_hash": "0" * 64,
    }


def _render() -> bytes:
    return render_pdf(
        "pdf/protocol.html",
        {"document": _document()},
        title="MAPPA protocol, Camden",
        marking="OFFICIAL",
        identifier="bench",
        created=CREATED,
        reference="CMD-P-2026-001",
        signature_fields={"signature-1": "Signature of the MAPPA Chair"},
    )


def _html() -> str:
    from django.template.loader import render_to_string

    page = {"title": "t", "marking": "OFFICIAL", "reference": "r", "created": "2026-01-01T00:00:00Z"}
    return render_to_string("pdf/protocol.html", {"document": _document(), "pdf": page})


def pdf(rounds: int) -> Result:
    html = _html()
    return compare(
        "protocol PDF: tags, A-3, signature field",
        "bare WeasyPrint",
        lambda: HTML(string=html, base_url="asset:", url_fetcher=AssetFetcher()).write_pdf(),
        _render,
        goal=1.3,
        rounds=rounds,
        same=False,
    )


def signature(rounds: int) -> Result:
    pdf, who = _render(), Signatory("A Chair", "MAPPA Chair", "Camden MAPPA", timezone.now())

    def ours():
        return sign(pdf, "signature-1", who, reason="Bench", now=timezone.now())

    return compare(
        "one signature", "rendering the protocol", _render, ours, goal=0.15, rounds=rounds, same=False
    )
