"""P1: what people type is words and nothing else; the PDF is tagged, marked and equal for equal input."""

import subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from threading import Thread

import outloud
import pdfua
import pikepdf
import pytest
from django.utils.safestring import mark_safe
from weasyprint.urls import FatalURLFetchingError

from documents.render import AssetFetcher, RenderingRefused
from tests.documents.samples import CODE, DOCUMENT, FIELDS, render

CANARY = "the content of a file on the server"


@pytest.fixture
def listener():
    """A server on this machine that notes who asks it for something."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def canary(tmp_path) -> str:
    path = tmp_path / "canary.txt"
    path.write_text(CANARY)
    return path.as_uri()


def text_of(pdf: bytes, *options: str) -> str:
    return subprocess.run(
        ["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


def streams(pdf: bytes) -> bytes:
    with pikepdf.open(BytesIO(pdf)) as file:
        return b"".join(o.read_bytes() for o in file.objects if isinstance(o, pikepdf.Stream))


def test_P1_hostile_text_in_every_field_stays_text(listener, canary):
    address, asked = listener
    hostile = (
        f'"><img src="{canary}"><img src="{address}/img"><link rel=attachment href="{canary}">'
        f"<a rel=attachment href='{canary}'>x</a></p></main></body></html><style>@import url({address}/css);"
        f"@page {{ @top-center {{ content: url({canary}) }} }}</style><script src={address}/js></script>"
        f"<object data='{canary}'></object><svg><image href='{canary}'/></svg><input type=checkbox name=evil>"
        f"{{% include '/etc/passwd' %}}{{{{ settings.SECRET_KEY }}}} url({canary}) \u202e \u200b {'x' * 99}"
    )
    each = {
        "title": hostile,
        "reference": hostile,
        "marking": hostile,
        "parties": [hostile],
        "clauses": [{"number": "1", "heading": hostile, "depth": 1, "text": hostile, "html": ""}],
        "approvals": [{"body": hostile, "decided_on": None}],
        "signatories": [{**s, "role": hostile, "name": hostile} for s in DOCUMENT["signatories"]],
        "content_hash": hostile,
    }
    pdf = render(**each)

    assert asked == []
    assert CANARY.encode() not in streams(pdf)
    assert "<script src=" in text_of(pdf).replace("\n", " ")  # it is there, as words
    with pikepdf.open(BytesIO(pdf)) as file:
        assert list(file.attachments) == ["protocol.json"]
        assert {str(f.T) for f in file.Root.AcroForm.Fields} == set(FIELDS)


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="{file}" alt="x">',
        '<img src="{http}/x.png" alt="x">',
        '<img src="data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22/>" alt="x">',
        '<style>@import "{file}";</style>',
        '<link rel="attachment" href="{file}">',
        '<svg width="9" height="9"><image width="9" height="9" xlink:href="{file}"/></svg>',
    ],
)
def test_P1_markup_that_slipped_through_loads_nothing(listener, canary, markup):
    address, asked = listener
    html = mark_safe(markup.format(file=canary, http=address))
    with pytest.raises(RenderingRefused):
        render(clauses=[{"number": "1", "heading": "x", "depth": 1, "html": html}])
    assert asked == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "ftp://127.0.0.1/",
        "data:text/css,x",
        "asset:/etc/passwd",
        "asset:../settings.py",
        "asset:fonts/../../mappa_portal/settings.py",
        "asset:fonts",
        "asset:",
    ],
)
def test_P1_the_fetcher_serves_packaged_files_only(url):
    with pytest.raises(FatalURLFetchingError):
        AssetFetcher().fetch(url)


def test_P1_only_https_mail_and_inner_links_remain():
    targets = [
        "https://example.org/",
        "mailto:a@example.org",
        "#verify",
        "javascript:x",
        "http://a.example/",
        "file:///x",
    ]
    html = mark_safe("".join(f'<p><a href="{t}">link</a></p>' for t in targets))
    pdf = render(clauses=[{"number": "1", "heading": "x", "depth": 1, "html": html}])
    with pikepdf.open(BytesIO(pdf)) as file:
        annotations = [a for page in file.pages for a in page.get("/Annots", []) if a.Subtype == "/Link"]
        outside = [str(a.A.URI) for a in annotations if "/A" in a and a.A.S == "/URI"]
    assert set(outside) == {
        "https://example.org/",
        f"https://portal.example/verify/{CODE}/",
        "mailto:a@example.org",
    }


def test_P1_a_document_beyond_its_limits_is_refused(monkeypatch):
    monkeypatch.setattr("documents.render.MAX_PAGES", 1)
    with pytest.raises(RenderingRefused, match="more than 1 pages"):
        render()
    monkeypatch.setattr("documents.render.MAX_HTML", 1_000)
    with pytest.raises(RenderingRefused, match="too long"):
        render()


def test_a_template_must_place_each_signature_field():
    with pytest.raises(RenderingRefused, match="signature-2"):
        render(signatories=DOCUMENT["signatories"][:1])


def test_equal_input_gives_equal_bytes(filed):
    assert render() == filed


def test_marking_reference_and_page_number_on_every_page(filed):
    pages = text_of(filed, "-layout").split("\f")[:-1]
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        lines = [line.strip() for line in page.splitlines() if line.strip()]
        assert lines[0] == "OFFICIAL-SENSITIVE"
        assert lines[-1].split() == [
            "CMD-P-2026-001",
            "OFFICIAL-SENSITIVE",
            *f"Page {number} of {len(pages)}".split(),
        ]


def test_fonts_are_ours_and_embedded(sealed):
    lines = subprocess.run(
        ["pdffonts", "-"], input=sealed.pdf, capture_output=True, check=True
    ).stdout.decode()
    fonts = [line.split() for line in lines.splitlines()[2:]]
    assert len(fonts) > 3
    for font in fonts:
        assert "Atkinson" in font[0] and font[-5:-2] == ["yes", "yes", "yes"], font


def test_tags_metadata_and_fields_are_what_pdf_ua_and_a_ask_for(filed):
    with pikepdf.open(BytesIO(filed)) as file:
        metadata = file.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == (
            "3",
            "A",
            "1",
        )
        root = file.Root
        assert str(root.Lang) == "en-GB" and root.MarkInfo.Marked and root.ViewerPreferences.DisplayDocTitle
        assert next(o.title for o in file.open_outline().root) == DOCUMENT["title"]
        assert bytes(file.trailer.ID[0]).decode() == CODE
        assert [str(a.AFRelationship) for a in root.AF] == ["/Data"]

        elements = [
            o for o in file.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/StructElem"
        ]
        scopes = {str(e.A.Scope) for e in elements if e.S == "/TH"}
        assert scopes == {"/Row", "/Column"}
        for form in (e for e in elements if e.S == "/Form"):
            widget = form.K.Obj
            assert (str(widget.FT), int(widget.F), str(widget.TU)) == ("/Sig", 132, FIELDS[str(widget.T)])
            assert "/V" not in widget and "/StructParent" in widget
        assert "/NeedAppearances" not in root.AcroForm and len(root.AcroForm.Fields) == 2


def test_checkers_find_nothing(filed, sealed, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(filed)
    assert not pdfua.validate(path).findings
    assert outloud.check(str(path)).verdict == "pass"
    path.write_bytes(sealed.pdf)
    assert not pdfua.validate(path).findings
    assert subprocess.run(["qpdf", "--check", path], capture_output=True).returncode == 0
