"""Filing, sealing, handing out, and the public answer to: is this copy genuine?"""

import json
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO, StringIO

import pytest
from cryptography import x509
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from django.urls import reverse
from pyhanko.pdf_utils.reader import PdfFileReader

from audit.models import Draft, Event
from boards.scope import scope
from documents.actions import Place, file_document, seal
from documents.authority import authority
from documents.forms import NO_SUCH_CODE
from documents.look_up import code_in, expected_by_code
from documents.models import Document, Revision
from documents.timestamps import TimeStampUnavailable
from documents.verify import CHANGED, EARLIER, GENUINE, UNKNOWN
from documents.views import deliver
from mappa_portal.exceptions import Conflict
from tests.documents.samples import AT, CHAIRS, CODE, DOCUMENT

NOW = datetime.now(UTC)
PLACES = [Place(c.role, c.organisation) for c in CHAIRS]


def filed_in(world) -> Document:
    return file_document(
        territory=world.territory("london"),
        about=world.territory("camden"),
        kind=Document.Kind.PROTOCOL,
        reference="CMD-P-2026-001",
        version=4,
        title=DOCUMENT["title"],
        marking=DOCUMENT["marking"],
        places=PLACES,
        template="pdf/protocol.html",
        context={"document": DOCUMENT},
        signed_data={"version": 4},
        at=NOW,
        by=world.camden_administrator,
    )


@pytest.fixture
def stored(world, sealed) -> Document:
    """The signed sample, as sealing leaves it."""
    where = {"territory": world.territory("london"), "about": world.territory("camden")}
    document = Document.objects.create(
        **where,
        kind=Document.Kind.PROTOCOL,
        reference="CMD-P-2026-001",
        version=4,
        title=DOCUMENT["title"],
        marking=DOCUMENT["marking"],
        code=CODE,
        signatories=[
            {"field": f"signature-{n}", "role": p.role, "organisation": p.organisation}
            for n, p in enumerate(PLACES, 1)
        ],
    )
    for number, pdf in enumerate(sealed.revisions):
        signed = {"stored_at": NOW}
        if number:
            one = sealed.seals[number - 1]
            signed = {
                "field": f"signature-{number}",
                "name": one.signatory.name,
                "role": one.signatory.role,
                "organisation": one.signatory.organisation,
                "signed_at": one.signatory.signed_at,
                "stored_at": one.sealed_at,
            }
        Revision.objects.create(
            **where,
            document=document,
            number=number,
            sha256=sha256(pdf).hexdigest(),
            file=ContentFile(pdf, name="a.pdf"),
            **signed,
        )
    return document


def test_a_document_is_filed_once_and_sealed_once_by_each(world, settings):
    document = filed_in(world)
    assert filed_in(world) == document
    assert document.code.startswith("LON-") and code_in(document.latest.read()) == document.code

    first = {"field": "signature-1", "signatory": CHAIRS[0], "reason": "Signs", "at": NOW}
    with pytest.raises(Conflict, match="Independent Chair"):
        seal(document, **{**first, "field": "signature-2"})
    settings.SIGNING_TSA_URL = "http://127.0.0.1:9/"
    with pytest.raises(TimeStampUnavailable):
        seal(document, **first)
    assert document.revisions.count() == 1  # as before
    settings.SIGNING_TSA_URL = ""
    revision = seal(document, **first)
    assert seal(document, **first) == revision
    seal(document, field="signature-2", signatory=CHAIRS[1], reason="Signs", at=NOW)

    assert [r.number for r in document.revisions.all()] == [0, 1, 2]
    verdict = json.loads(said_of(document.latest.read(), world, settings.MEDIA_ROOT))
    assert verdict["genuine"] and [s["valid"] for s in verdict["signatures"]] == [True, True]
    events = Event.objects.filter(subject_id=document.pk, subject_kind="documents.document")
    assert [e.name for e in events.order_by("seq")] == [
        "document.filed",
        "document.sealed",
        "document.sealed",
    ]


def said_of(pdf: bytes, world, folder) -> str:
    path = folder / "copy.pdf"
    path.write_bytes(pdf)
    out = StringIO()
    try:
        call_command("verify_document", path, stdout=out)
    except SystemExit as ended:
        assert ended.code == 1
        out.write("\n")
    return out.getvalue()


def test_verify_document_answers_as_agreed(stored, sealed, world, tmp_path):
    verdict = json.loads(said_of(sealed.pdf, world, tmp_path))
    assert verdict == {
        "genuine": True,
        "kind": "protocol",
        "reference": "CMD-P-2026-001",
        "version": 4,
        "signatures": [
            {
                "name": c.name,
                "role": c.role,
                "organisation": c.organisation,
                "signed_at": AT.isoformat(),
                "valid": True,
            }
            for c in CHAIRS
        ],
        "reason": GENUINE,
    }
    changed = json.loads(said_of(sealed.pdf + b" ", world, tmp_path))
    assert (changed["genuine"], changed["reason"], changed["reference"]) == (False, CHANGED, "CMD-P-2026-001")
    assert [s["valid"] for s in changed["signatures"]] == [False, False]
    unknown = json.loads(said_of(b"%PDF-1.7 something else", world, tmp_path))
    assert (unknown["genuine"], unknown["reference"], unknown["reason"]) == (False, None, UNKNOWN)
    with pytest.raises(CommandError, match="No such file"):
        call_command("verify_document", tmp_path / "missing.pdf")


@pytest.mark.parametrize(
    "copy, heading, reason",
    [
        (lambda s: s.pdf, "This copy is genuine", GENUINE),
        (lambda s: s.pdf[:-1] + b"\r", "We cannot confirm this copy", CHANGED),
        (lambda s: s.revisions[1], "We cannot confirm this copy", EARLIER.format(held=1, all=2)),
        (lambda s: b"%PDF-1.7", "We cannot confirm this copy", UNKNOWN),
    ],
)
def test_P3_the_page_gives_the_same_verdict(stored, sealed, client, copy, heading, reason):
    pdf = copy(sealed)
    page = client.post(reverse("documents:verify_start"), {"file": SimpleUploadedFile("copy.pdf", pdf)})
    assert page.status_code == 200
    assert heading in page.content.decode() and reason in page.content.decode()
    if reason != UNKNOWN:
        page = client.post(
            reverse("documents:verify", args=[CODE]), {"file": SimpleUploadedFile("copy.pdf", pdf)}
        )
        assert reason in page.content.decode()


def test_a_code_shows_roles_boards_and_dates_and_no_names(stored, client):
    page = client.get(reverse("documents:verify_start"), {"code": CODE}, follow=True)
    words = page.content.decode()
    assert page.status_code == 200 and page.redirect_chain == [
        (reverse("documents:verify", args=[CODE]), 302)
    ]
    assert "CMD-P-2026-001, version 4" in words
    for chair in CHAIRS:
        assert chair.role in words and chair.organisation in words
        assert "20 November 2026 at 9:30am" in words and chair.name not in words
    assert "Camden" in words and "2 of 2" in words


@pytest.mark.parametrize(
    "typed", [CODE.lower(), CODE.replace("-", ""), f" {CODE.replace('-', ' ')} ", CODE.replace("-", " – ")]
)
def test_a_code_may_be_typed_in_any_way(stored, client, typed):
    page = client.get(reverse("documents:verify_start"), {"code": typed})
    assert page.url == reverse("documents:verify", args=[CODE])
    assert client.get(reverse("documents:verify", args=[typed])).status_code == 200


@pytest.mark.parametrize("typed", ["...", "a/b", "LON-7KQ2"])
def test_what_is_no_code_is_answered_beside_the_field(client, db, typed):
    page = client.get(reverse("documents:verify_start"), {"code": typed})
    assert page.status_code == 200 and NO_SUCH_CODE in page.content.decode()


def test_a_pdf_reader_can_be_told_to_trust_the_portal(sealed, client, db):
    """The published certificates are what signatures are judged by, and hold no key."""
    page = client.get(reverse("documents:certificates"))
    roots = x509.load_pem_x509_certificates(page.content)
    assert set(roots) == set(authority().roots) and b"PRIVATE" not in page.content
    chain = PdfFileReader(BytesIO(sealed.pdf)).embedded_signatures[0].other_embedded_certs
    assert {c.issuer.dump() for c in chain} & {root.subject.public_bytes() for root in roots}


@pytest.mark.parametrize(
    "code", ["LON-2222-2222-2222-2222", "LDS-7KQ2-M4TX-9HVB-2CDP", "QQQ-7KQ2-M4TX-9HVB-2CDP", "x"]
)
def test_unknown_codes_get_one_answer(stored, client, code):
    page = client.get(reverse("documents:verify", args=[code]))
    assert page.status_code == 404
    words = page.content.decode().replace(code, "CODE")
    assert NO_SUCH_CODE in words and "CMD-P" not in words


def test_E4_codes_cannot_be_tried_in_numbers(client, db):
    visitor = "203.0.113.7"  # nobody else in the suite comes from here
    key, url = f"limit:verify:{visitor}", reverse("documents:verify", args=["x"])
    cache.set(key, 58)  # as if the first 58 had come within the minute
    statuses = [client.get(url, REMOTE_ADDR=visitor).status_code for _ in range(4)]
    cache.delete(key)
    assert statuses == [404, 404, 429, 429]


def test_a_code_opens_its_own_territory_only(stored, world):
    with scope([]):
        assert expected_by_code(CODE).reference == "CMD-P-2026-001"
        assert expected_by_code("WYK" + CODE[3:]) is None
        assert not Document.objects.exists()  # the scope from before is back
    with scope([world.territory("london").pk, world.territory("hackney").pk]):
        assert not Document.objects.exists()  # about Camden


def test_U2_a_download_is_an_attachment_and_recorded(stored, sealed, world):
    request = RequestFactory().get("/")
    request.user = world.camden_board_chair
    response = deliver(request, stored)
    assert response.content == sealed.pdf
    assert response["Content-Disposition"] == 'attachment; filename="CMD-P-2026-001-version-4.pdf"'
    assert (response["Content-Type"], response["Content-Security-Policy"]) == ("application/pdf", "sandbox")
    event = Draft.objects.get(name="document.downloaded")
    assert (event.actor, event.reference, event.reason) == (request.user, "CMD-P-2026-001", "revision 2")
