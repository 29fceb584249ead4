"""The file of a version: its words, its numbers, and signatures that wait for the time-stamp service."""

from contextlib import closing
from datetime import timedelta
from http.server import HTTPServer
from io import BytesIO
from threading import Thread

from asn1crypto import tsp
from django.db import connection
from django.utils import timezone
from pypdf import PdfReader

from boards.models import Organisation
from documents.authority import authority
from documents.look_up import expected_by_code
from documents.models import Document
from mappa_portal.words import long_date
from outbox.jobs import run_jobs
from outbox.models import Job
from protocols import pdf
from protocols.actions import drafting, signing
from protocols.models import Protocol, Signature, Version
from tests.documents.test_signing import Service

NOWHERE = "http://127.0.0.1:9/"


def words(file: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(file)).pages).split())


def test_every_clause_its_numbers_and_the_approvals_are_in_the_file(world):
    version = world.protocol().versions.get()
    body = "1. First\n2. Second\n\nBetween them.\n\n3. Third goes on counting"
    by = world.camden_administrator
    drafting.add_clause(version, after=4, depth=1, heading="Numbered", body=body, by=by)
    version = world.approved_from(drafting.submit(version, by=by))
    said = words(pdf.ensure_document(version).latest.read())
    for expected in (
        *("Camden LSCB", "CMD-P-2026-001", "Attend when invited", "4 Numbered", "Third goes on counting"),
        *("London SMB 8 December 2012", "OFFICIAL-SENSITIVE", version.content_hash),
    ):
        assert expected in said
    assert "3." in said.split()


def test_the_check_of_a_copy_says_whether_the_version_still_holds(world):
    version = world.approved()
    code = pdf.ensure_document(version).code

    def standing() -> str:
        return expected_by_code(code).standing

    assert (expected_by_code(code).borough, standing()) == ("Camden", "Waiting for signatures")
    for one, by in zip(
        version.signatures.all(), [world.camden_mappa_chair, world.camden_board_chair], strict=True
    ):
        signing.sign(one, by=by, at=timezone.now())
    assert standing() == f"In force since {long_date(timezone.localdate())}"
    Version.objects.filter(pk=version.pk).update(status=Version.Status.SUPERSEDED)
    assert standing() == "Superseded: a newer version is in force"


def test_the_document_is_made_once(world):
    version = world.approved()
    assert pdf.ensure_document(version) == pdf.ensure_document(version)


def test_a_signature_waits_for_the_time_stamp_service_and_is_not_lost(world, settings):
    settings.SIGNING_TSA_URL = NOWHERE
    version = world.in_force()
    run_jobs()
    assert all(s.awaits_time for s in version.signatures.all())
    assert version.signatures.filter(signed_at__isnull=True).count() == 0  # the acts stand
    waiting = Job.objects.filter(kind="protocols.seal", done_at=None)
    assert {job.failed_at for job in waiting} == {None}
    assert all("TimeStampUnavailable" in job.error for job in waiting)

    settings.SIGNING_TSA_URL = ""
    run_jobs(timezone.now() + timedelta(hours=2))
    assert not any(s.awaits_time for s in Signature.objects.all())
    assert not waiting.all().exists()


def test_a_signature_is_sealed_though_its_organisation_got_another_name(world):
    version = world.approved()
    run_jobs()
    Organisation.objects.filter(pk=version.protocol.board_id).update(name="Camden Partnership")
    board = version.signatures.get(role="LSCB Chair")
    signing.sign(board, by=world.camden_board_chair, at=timezone.now())
    run_jobs()
    version.refresh_from_db()
    assert version.document.latest.organisation == "Camden LSCB"
    assert not Job.objects.filter(kind="protocols.seal", done_at=None).exists()


def test_signatures_stand_in_the_file_in_the_order_of_the_acts(world):
    version = world.approved()
    mappa, board = version.signatures.all()
    signing.sign(board, by=world.camden_board_chair, at=timezone.now())
    signing.sign(mappa, by=world.camden_mappa_chair, at=timezone.now())
    Job.objects.filter(kind="protocols.seal", subject_id=board.pk).delete()  # only the later act's job runs
    run_jobs()
    version.refresh_from_db()
    assert [r.field for r in version.document.revisions.all()] == ["", board.field, mappa.field]


def test_nothing_is_locked_while_the_time_is_asked_for(committed, settings):
    """Another connection takes the rows that signing is about, at the moment of the request."""
    with committed.scope():
        version = committed.in_force()
    stamper = authority().time_stamper(timezone.now())
    server = HTTPServer(("127.0.0.1", 0), Service)
    settings.SIGNING_TSA_URL = f"http://127.0.0.1:{server.server_port}/"
    locked = []

    def answer(request):
        with closing(connection), committed.scope():
            for model in (Protocol, Version, Signature, Document, Job):
                locked.append(list(model.objects.select_for_update(of=["self"], nowait=True)))
        response = stamper.request_tsa_response(tsp.TimeStampReq.load(request))
        return 200, "application/timestamp-reply", response.dump()

    server.answer = answer
    Thread(target=server.serve_forever, daemon=True).start()
    run_jobs()
    server.shutdown()
    server.server_close()
    with committed.scope():
        assert not any(s.awaits_time for s in version.signatures.all())
    assert locked  # a row that is held would have refused the request its answer
