"""U1: each bad file is refused before it is parsed, in words that say what to do."""

import struct
import zlib
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from PIL import Image

from documents.contents import PAGES_MAX, STREAM_MAX
from documents.uploads import ENTRIES_MAX, MAIN_PART, OLE, UNPACKED_MAX, check_upload

TYPES = b'<?xml version="1.0"?><Types><Override PartName="/word/document.xml" ContentType="%s"/></Types>'
EXTERNAL = (
    b'<Relationships><Relationship Id="r1" Type="t/%s" Target="t" TargetMode="External"/></Relationships>'
)


def office(kind: str = "docx", types: bytes | None = None, **parts: bytes) -> bytes:
    """An Office file; ``parts`` are added by name, ``__`` for a slash and ``_`` before the ending."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types or TYPES % MAIN_PART[kind])
        archive.writestr("word/document.xml", b"<document>words</document>")
        for name, content in parts.items():
            head, _, ending = name.replace("__", "/").rpartition("_")
            archive.writestr(f"{head}.{ending}", content)
    return out.getvalue()


def with_password_flag() -> bytes:
    data = bytearray(office())
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(signature)
        while start >= 0:
            data[start + at] |= 1
            start = data.find(signature, start + 4)
    return bytes(data)


def with_many_entries() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for number in range(ENTRIES_MAX + 1):
            archive.writestr(f"{number}.xml", b"")
    return out.getvalue()


def lying_about_its_size() -> bytes:
    """Declares 5 bytes for a part that unpacks to a megabyte."""
    data = bytearray(office(word__big_xml=b"0" * 2**20))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.rfind(signature)
        data[start + at : start + at + 4] = struct.pack("<I", 5)
    return bytes(data)


def encrypted() -> bytes:
    return OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)


REFUSED = {
    "password": ("a.docx", encrypted, "protected with a password"),
    "password in the zip": ("a.docx", with_password_flag, "protected with a password"),
    "old Word": ("a.doc", lambda: OLE + bytes(900), "old Office format"),
    "old Word, renamed": ("a.docx", lambda: OLE + bytes(900), "old Office format"),
    "macros": ("a.docx", lambda: office(word__vbaProject_bin=b"x"), "has macros"),
    "macros by ending": ("a.docm", office, "has macros"),
    "macros by type": (
        "a.docx",
        lambda: office(types=TYPES % b"application/vnd.ms-word.document.macroEnabled.main+xml"),
        "has macros",
    ),
    "embedded object": ("a.docx", lambda: office(word__embeddings__oleObject1_bin=b"x"), "has macros"),
    "ActiveX": ("a.docx", lambda: office(word__activeX__activeX1_xml=b"<x/>"), "has macros"),
    "remote template": (
        "a.docx",
        lambda: office(word___rels__settings_xml_rels=EXTERNAL % b"attachedTemplate"),
        "loads parts from elsewhere",
    ),
    "remote picture": (
        "a.docx",
        lambda: office(word___rels__document_xml_rels=EXTERNAL % b"image"),
        "loads parts from elsewhere",
    ),
    "entities": ("a.docx", lambda: office(word__styles_xml=b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'), "damaged"),
    "entities in UTF-16": (
        "a.docx",
        lambda: office(word__styles_xml='<!DOCTYPE x [<!ENTITY a "b">]><x/>'.encode("utf-16")),
        "damaged",
    ),
    "bomb": ("a.docx", lambda: office(word__big_xml=b"0" * (UNPACKED_MAX + 1)), "too large once unpacked"),
    "bomb that lies": ("a.docx", lying_about_its_size, "damaged"),
    "many entries": ("a.docx", with_many_entries, "too large once unpacked"),
    "cut off": ("a.docx", lambda: office()[:-40], "damaged"),
    "not a zip": ("a.docx", lambda: b"PK\x03\x04" + bytes(99), "damaged"),
    "a spreadsheet named .docx": ("a.docx", lambda: office("xlsx"), "is not a Word"),
    "a program named .docx": ("a.docx", lambda: b"MZ" + bytes(99), "damaged"),
    "empty": ("a.docx", lambda: b"", "is empty"),
    "another kind": ("a.pdf", lambda: b"%PDF-1.7", "must be Word (.docx) or Markdown (.md)"),
    "no ending": ("a", lambda: b"text", "must be Word (.docx) or Markdown (.md)"),
    "Latin-1": ("a.md", lambda: "# Gr\xfc\xdfe".encode("latin-1"), "Save it as UTF-8"),
    "binary named .md": ("a.md", lambda: b"# a\0b", "damaged"),
    "larger than the limit": ("a.md", lambda: b"a" * 1_100_000, "must be smaller than 1 MB"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_U1_bad_files_are_refused_with_what_to_do(case, settings):
    if case == "larger than the limit":
        settings.UPLOAD_MAX_BYTES = 2**20
    name, make, expected = REFUSED[case]
    with pytest.raises(ValidationError) as refused:
        check_upload(SimpleUploadedFile(name, make()), kinds=("docx", "md"))
    assert expected in refused.value.message


GOOD = {
    "docx": ("London.DOCX", office()),
    "docx with links": ("a.docx", office(word___rels__document_xml_rels=EXTERNAL % b"hyperlink")),
    "markdown": ("a.md", "# Protocol\n\nŁódź".encode()),
    "markdown with a mark": ("a.md", b"\xef\xbb\xbf# Protocol"),
}


@pytest.mark.parametrize("case", GOOD)
def test_U1_good_files_pass_unchanged(case):
    name, data = GOOD[case]
    assert check_upload(SimpleUploadedFile(name, data), kinds=("docx", "md")) == data


# -- PDF and pictures --


def pdf(**of_catalog) -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    for key, value in of_catalog.items():
        made.Root[f"/{key}"] = value
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def action(kind: str) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), JS="app.alert(1)")


def locked_pdf() -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf())) as made:
        made.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    return out.getvalue()


def long_pdf() -> bytes:
    made, out = pikepdf.new(), BytesIO()
    for _ in range(PAGES_MAX + 1):
        made.add_blank_page()
    made.save(out)
    return out.getvalue()


def bomb_pdf() -> bytes:
    return pdf() + b"9 0 obj<<>>stream\n" + zlib.compress(bytes(STREAM_MAX + 1)) + b"\nendstream"


def picture(kind: str, size=(20, 10), **more) -> bytes:
    out = BytesIO()
    Image.new("L", size, 200).save(out, kind, **more)
    return out.getvalue()


def told_where() -> bytes:
    """A photograph that says who took it."""
    exif = Image.Exif()
    exif[0x013B] = "Canary"
    return picture("jpeg", exif=exif, comment=b"Canary")


ATTACHED = ("pdf", "png", "jpeg", "docx")
NOT_TAKEN = {  # name, content, what is said
    "a picture named .pdf": ("a.pdf", lambda: picture("png"), "is not a PDF document"),
    "a PDF named .png": ("a.png", pdf, "is not a PNG document"),
    "a JPEG named .png": ("a.png", lambda: picture("jpeg"), "is not a PNG document"),
    "a page named .pdf": ("a.pdf", lambda: b"<html>%PDF-1.7", "is not a PDF document"),
    "a PDF named .docx": ("a.docx", pdf, "damaged"),
    "a script at the start": ("a.pdf", lambda: pdf(OpenAction=action("JavaScript")), "has scripts"),
    "a program": ("a.pdf", lambda: pdf(OpenAction=action("Launch")), "has scripts"),
    "a file inside": ("a.pdf", lambda: pdf(Names=pikepdf.Dictionary(EmbeddedFiles=[])), "has scripts"),
    "deep inside": ("a.pdf", lambda: pdf(X=[pikepdf.Dictionary(Y=[action("JavaScript")])]), "has scripts"),
    "password": ("a.pdf", locked_pdf, "protected with a password"),
    "cut off": ("a.pdf", lambda: b"%PDF-1.7\n", "damaged"),
    "too many pages": ("a.pdf", long_pdf, "500 pages or fewer"),
    "bomb": ("a.pdf", bomb_pdf, "too large once unpacked"),
    "too many dots": ("a.png", lambda: picture("png", (8_000, 6_300)), "50 million dots"),
    "half a picture": ("a.jpg", lambda: picture("jpeg")[:200], "damaged"),
    "another kind": ("a.xlsx", lambda: office("xlsx"), "must be PDF, PNG, JPEG or Word (.docx)"),
}


@pytest.mark.parametrize("case", NOT_TAKEN)
def test_U1_a_file_that_is_not_what_it_says_or_does_something_is_refused(case):
    name, make, expected = NOT_TAKEN[case]
    with pytest.raises(ValidationError) as refused:
        check_upload(SimpleUploadedFile(name, make()), kinds=ATTACHED)
    assert expected in refused.value.message


TAKEN = [("a.PDF", pdf()), ("a.docx", office()), ("a.pdf", pdf(OpenAction=[0, pikepdf.Name("/Fit")]))]


@pytest.mark.parametrize("name, data", TAKEN)
def test_U1_harmless_files_pass_unchanged(name, data):
    assert check_upload(SimpleUploadedFile(name, data), kinds=ATTACHED) == data


@pytest.mark.parametrize("name, data", [("a.jpg", told_where()), ("a.png", picture("png"))])
def test_U1_what_a_camera_adds_to_a_picture_stays_behind(name, data):
    kept = check_upload(SimpleUploadedFile(name, data), kinds=ATTACHED)
    assert b"Canary" not in kept and Image.open(BytesIO(kept)).size == (20, 10)
    assert not Image.open(BytesIO(kept)).getexif()


SCANNER = """#!/bin/sh
if grep -q EICAR; then exit 1; fi
"""
SCANS = [  # the scanner, what is uploaded, what the person is told
    (SCANNER, b"# clean", ""),
    (SCANNER, b"# EICAR", "The virus scanner refuses this file."),
    ("#!/bin/sh\nexit 2", b"# clean", "could not be checked for viruses"),
    ("#!/bin/sh\nkill -9 $$", b"# clean", "could not be checked for viruses"),
    ("#!/bin/sh\nsleep 5", b"# clean", "could not be checked for viruses"),
    ("", b"# clean", "could not be checked for viruses"),  # not there
]


@pytest.mark.parametrize("script, data, told", SCANS)
def test_U1_what_the_scanner_does_not_call_clean_is_refused(
    settings, tmp_path, monkeypatch, script, data, told
):
    monkeypatch.setattr("documents.antivirus.SECONDS", 1)
    scanner = tmp_path / "scanner"
    if script:
        scanner.write_text(script)
        scanner.chmod(0o700)
    settings.ANTIVIRUS_COMMAND = [str(scanner)]
    file = SimpleUploadedFile("a.md", data)
    if not told:
        assert check_upload(file, kinds=("md",)) == data
        return
    with pytest.raises(ValidationError, match=told):
        check_upload(file, kinds=("md",))


def test_U1_every_cut_and_flip_of_a_word_file_is_answered():
    """Damage may go unnoticed, but never ends in anything but an answer."""
    data = office(word__styles_xml=b"<styles/>" * 50)
    for at in range(0, len(data), 7):
        for damaged in (data[:at], data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]):
            try:
                check_upload(SimpleUploadedFile("a.docx", damaged or b"x"), kinds=("docx",))
            except ValidationError as refused:
                assert refused.message


def test_U1_what_is_over_the_limit_is_not_kept_while_it_arrives(settings, tmp_path):
    settings.UPLOAD_MAX_BYTES, settings.FILE_UPLOAD_TEMP_DIR = 100_000, str(tmp_path)
    factory = RequestFactory()
    request = factory.post("/", {"file": SimpleUploadedFile("a.docx", b"x" * 4_000_000), "name": "kept"})
    file = request.FILES["file"]
    assert (file.size, file.read(), request.POST["name"]) == (4_000_000, b"", "kept")
    assert sum(path.stat().st_size for path in Path(tmp_path).iterdir()) <= 100_000
    with pytest.raises(ValidationError, match="must be smaller"):
        check_upload(file, kinds=("docx",))

    small = factory.post("/", {"file": SimpleUploadedFile("a.md", b"# words")}).FILES["file"]
    assert check_upload(small, kinds=("md",)) == b"# words"
