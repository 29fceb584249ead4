"""P2: signatures in prepared fields, time-stamped, accepted by two programs; the authority behind them."""

import multiprocessing
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from django.core.exceptions import ImproperlyConfigured
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import read_certification_data

from documents import token
from documents.authority import authority, ensure_portal_authority
from documents.certificates import AUTHORITY_USAGE, Issuer, certify, save
from documents.seals import seals_hold
from documents.sign import sign
from documents.stamp import runs
from documents.timestamps import TimeStampUnavailable
from tests.documents.samples import CHAIRS, CODE, seal

NOW = datetime.now(UTC)
fork = multiprocessing.get_context("fork")


def pdfsig(pdf: bytes, path: Path) -> str:
    path.write_bytes(pdf)
    return subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout


def test_P2_pyhanko_and_poppler_accept_both_signatures(sealed, tmp_path):
    assert seals_hold(sealed.pdf, CODE, sealed.seals)
    said = pdfsig(sealed.pdf, tmp_path / "a.pdf")
    assert said.count("Signature is Valid") == 2
    assert said.count("ETSI.CAdES.detached") == 2
    assert "Total document signed" in said
    for chair in CHAIRS:
        assert f"Common Name: {chair.name}" in said


def test_P2_first_certifies_and_evidence_is_inside(sealed):
    reader = PdfFileReader(BytesIO(sealed.pdf))
    certification = read_certification_data(reader)
    assert certification.author_sig == reader.embedded_signatures[0].sig_object
    assert certification.permission.name == "FILL_FORMS"
    assert len(reader.root["/DSS"]["/CRLs"]) >= 2
    for signature in reader.embedded_signatures:
        attributes = {a["type"].native for a in signature.signer_info["unsigned_attrs"]}
        assert attributes == {"signature_time_stamp_token"}
        assert signature.signer_cert.public_key.curve == ("named", "secp256r1")


def test_P2_the_stamp_shows_who_for_whom_and_when(sealed):
    text = subprocess.run(["pdftotext", "-", "-"], input=sealed.pdf, capture_output=True).stdout.decode()
    for chair in CHAIRS:
        assert chair.name in text
    assert text.count("Signed electronically by") == text.count("20 November 2026 at 9:30am") == 2


def test_stamp_text_takes_each_letter_from_the_font_that_has_it():
    latin, extended = ("latin", 400), ("latin-ext", 400)
    assert runs("Łuk", 400) == [(extended, "Ł"), (latin, "uk")]
    assert runs("a\u4e2d", 400) == [(latin, "a?")]


# -- Time stamps --


class Service(BaseHTTPRequestHandler):
    """An RFC 3161 service; ``answer`` says how it behaves today."""

    def do_POST(self):
        request = self.rfile.read(int(self.headers["Content-Length"]))
        status, kind, body = self.server.answer(request)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def service(settings):
    server = HTTPServer(("127.0.0.1", 0), Service)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.SIGNING_TSA_URL = f"http://127.0.0.1:{server.server_port}/"
    yield server
    server.shutdown()
    server.server_close()


def test_P2_a_time_stamp_service_over_http(filed, service, settings):
    address, settings.SIGNING_TSA_URL = settings.SIGNING_TSA_URL, ""
    local = authority().time_stamper(NOW)
    settings.SIGNING_TSA_URL = address

    def answer(request):
        response = local.request_tsa_response(tsp.TimeStampReq.load(request))
        return 200, "application/timestamp-reply", response.dump()

    service.answer = answer
    made = seal(filed, signatories=CHAIRS[:1])
    assert seals_hold(made.pdf, CODE, made.seals)


WAYS_TO_FAIL = {
    "refuses": lambda request: (503, "text/html", b"down"),
    "answers in HTML": lambda request: (200, "text/html", b"<h1>Welcome</h1>"),
    "answers nonsense": lambda request: (200, "application/timestamp-reply", b"\x30\x03nonsense"),
    "rejects": lambda request: (
        200,
        "application/timestamp-reply",
        tsp.TimeStampResp({"status": {"status": "rejection"}}).dump(),
    ),
}


@pytest.mark.parametrize("way", WAYS_TO_FAIL)
def test_P2_no_time_stamp_no_signature(filed, service, way):
    service.answer = WAYS_TO_FAIL[way]
    with pytest.raises(TimeStampUnavailable):
        sign(filed, "signature-1", CHAIRS[0], reason="Signs", now=NOW)


def test_P2_time_stamp_service_down(filed, settings):
    settings.SIGNING_TSA_URL = "http://127.0.0.1:9/"
    with pytest.raises(TimeStampUnavailable):
        sign(filed, "signature-1", CHAIRS[0], reason="Signs", now=NOW)


# -- The authority --


def test_two_first_runs_at_once_make_one_authority(tmp_path, settings):
    at_once = fork.Barrier(3)

    def first_run():
        at_once.wait()
        ensure_portal_authority(tmp_path / "signing", "a passphrase", NOW)

    processes = [fork.Process(target=first_run) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)
    assert [process.exitcode for process in processes] == [0, 0, 0]

    assert [path.name for path in (tmp_path / "signing").iterdir()] == ["portal"]
    settings.SIGNING_DIR, settings.SIGNING_PASSPHRASE = tmp_path / "signing", "a passphrase"
    made = authority()
    made.issuing.certificate.verify_directly_issued_by(made.issuing.chain[-1])
    made.time_stamp.certificate.verify_directly_issued_by(made.issuing.certificate)


def test_keys_are_private_and_need_the_passphrase(signing_home, settings):
    authority()
    for path in signing_home.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    settings.SIGNING_PASSPHRASE = "another"
    with pytest.raises(ImproperlyConfigured, match="SIGNING_PASSPHRASE"):
        authority()


def outside_authority(key) -> Issuer:
    root_key = ec.generate_private_key(ec.SECP256R1())
    life = {"starts": NOW - timedelta(days=1), "life": timedelta(days=30), "usages": AUTHORITY_USAGE}
    root = Issuer(root_key, certify(named("Council root"), root_key, **life))
    return Issuer(key, certify(named("Council issuing"), key, by=root, **life), root.chain)


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def test_an_outside_authority_signs_and_stays_trusted(filed, tmp_path, settings):
    issuing = outside_authority(rsa.generate_private_key(65537, 2048))
    save(tmp_path / "council.p12", issuing, settings.SIGNING_PASSPHRASE)
    settings.SIGNING_DIR = tmp_path / "signing"
    settings.SIGNING_CA_PKCS12 = str(tmp_path / "council.p12")
    made = seal(filed)
    first = PdfFileReader(BytesIO(made.pdf)).embedded_signatures[0]
    assert first.signer_cert.issuer.native == {"common_name": "Council issuing"}

    settings.SIGNING_CA_PKCS12 = ""  # back to the portal's own
    assert seals_hold(made.pdf, CODE, made.seals)


class SoftHandle:
    """What a PKCS#11 module does with a key, done here: two numbers, one after the other."""

    def __init__(self, key):
        self.key = key

    def sign(self, digest, mechanism):
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

        numbers = decode_dss_signature(self.key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256()))))
        return b"".join(number.to_bytes(32, "big") for number in numbers)


def test_a_key_in_a_token_certifies_without_leaving_it():
    key = ec.generate_private_key(ec.SECP256R1())
    inside = outside_authority(key)
    held = token.TokenKey(SoftHandle(key), inside.certificate, mechanism=None)
    issued = certify(
        named("A person"),
        ec.generate_private_key(ec.SECP256R1()),
        NOW,
        timedelta(days=1),
        by=Issuer(held, inside.certificate, inside.above),
        usages={"digital_signature"},
    )
    issued.verify_directly_issued_by(inside.certificate)
    with pytest.raises(TypeError):
        held.private_numbers()


def test_a_token_that_does_not_open_says_so(settings, tmp_path):
    settings.SIGNING_DIR = tmp_path / "signing"
    settings.SIGNING_PKCS11 = "/nowhere/module.so;portal"
    with pytest.raises(ImproperlyConfigured, match="SIGNING_PKCS11"):
        authority()
