"""P3: only the stored file, with exactly the expected signatures, is genuine; ten years on as well."""

import random
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from documents.authority import ensure_portal_authority
from documents.seals import seals_hold
from documents.verify import (
    BROKEN,
    CHANGED,
    EARLIER,
    GENUINE,
    UNKNOWN,
    UNSIGNED,
    Expected,
    verify,
)
from tests.documents.samples import CHAIRS, CODE, Sealed, render, seal


def flipped(pdf: bytes, position: int) -> bytes:
    return pdf[:position] + bytes([pdf[position] ^ 0x01]) + pdf[position + 1 :]


def with_page_rewritten(pdf: bytes) -> bytes:
    """Other words on the first page, in an update at the end: the signatures still cover what they did."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"q 1 0 0 rg 0 0 600 800 re f Q"))
    writer.update_container(page)
    return written(writer)


def annotated(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (100, 100, 300, 200))),
            pdf_name("/Contents"): generic.pdf_string("Not agreed"),
        }
    )
    page["/Annots"] = generic.ArrayObject([*page.get("/Annots", []), writer.add_object(note)])
    writer.update_container(page)
    return written(writer)


def written(writer: IncrementalPdfFileWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def stripped(pdf: bytes) -> bytes:
    """The same pages without signatures."""
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as file:
        del file.Root.AcroForm
        for page in file.pages:
            page.Annots = pikepdf.Array([a for a in page.get("/Annots", []) if a.Subtype != "/Widget"])
        file.save(out)
    return out.getvalue()


def saved_again(pdf: bytes) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as file:
        file.save(out)
    return out.getvalue()


def signed_by_others(pdf: bytes) -> bytes:
    return seal(pdf, signatories=tuple(reversed(CHAIRS))).pdf


CHANGES = {
    "page rewritten": lambda s: with_page_rewritten(s.pdf),
    "page rewritten between": lambda s: with_page_rewritten(s.revisions[1]),
    "annotated": lambda s: annotated(s.pdf),
    "stripped": lambda s: stripped(s.pdf),
    "saved again": lambda s: saved_again(s.pdf),
    "cut back to one signature": lambda s: s.revisions[1],
    "cut back to none": lambda s: s.revisions[0],
    "cut short": lambda s: s.pdf[:-2_000],
    "lengthened": lambda s: s.pdf + b"\n%%EOF\n",
    "another genuine file": lambda s: seal(render("LON-2222-3333-4444-5555")).pdf,
    "same text, other signatories": lambda s: signed_by_others(s.revisions[0]),
    "empty": lambda s: b"",
    "not a PDF": lambda s: b"MZ" + bytes(1_000),
}


def test_P3_the_signed_file_is_genuine(sealed):
    verdict = verify(sealed.pdf, sealed.expected())
    assert (verdict.genuine, verdict.reason) == (True, GENUINE)
    assert [(s.name, s.role, s.organisation, s.valid) for s in verdict.signatures] == [
        (c.name, c.role, c.organisation, True) for c in CHAIRS
    ]


@pytest.mark.parametrize("change", CHANGES)
def test_P3_a_changed_file_is_refused(sealed, change):
    changed = CHANGES[change](sealed)
    verdict = verify(changed, sealed.expected())
    assert not verdict.genuine
    held = {"cut back to one signature": 1, "cut back to none": 0}.get(change)
    assert verdict.reason == (CHANGED if held is None else EARLIER.format(held=held, all=2))
    # and were the stored digest forged to match, its signatures would still not hold
    assert verify(changed, sealed.expected(pdf=changed)).reason == BROKEN


def test_P3_any_flipped_byte_is_refused(sealed):
    expected = sealed.expected()
    every = range(0, len(sealed.pdf), len(sealed.pdf) // 200)
    assert {verify(flipped(sealed.pdf, at), expected).reason for at in every} == {CHANGED}


def test_P3_a_number_that_is_none_is_a_no(sealed):
    broken = sealed.pdf.replace(b"/ByteRange [ 0 ", b"/ByteRange [ . ").replace(
        b"/ByteRange [0 ", b"/ByteRange [. "
    )
    assert broken != sealed.pdf
    assert not seals_hold(broken, CODE, sealed.seals)


def test_P3_signatures_see_flipped_bytes_too(sealed):
    """Everywhere but in the hole of a signature's own container."""
    first, length, again, rest = PdfFileReader(BytesIO(sealed.pdf)).embedded_signatures[-1].byte_range
    covered = [*range(first, first + length), *range(again, again + rest)]
    for at in random.Random(7).sample(covered, 32):
        assert not seals_hold(flipped(sealed.pdf, at), CODE, sealed.seals), at


def test_P3_signatures_of_another_authority_are_refused(filed, tmp_path, settings):
    ours, settings.SIGNING_DIR = settings.SIGNING_DIR, tmp_path / "other"
    forged = seal(filed)
    settings.SIGNING_DIR = ours
    assert not seals_hold(forged.pdf, CODE, forged.seals)


def test_P3_not_everyone_has_signed(sealed):
    half = Sealed(sealed.revisions[:2], sealed.seals[:1])
    digest = sha256(half.pdf).hexdigest()
    expected = Expected("protocol", "CMD-P-2026-001", 4, CODE, digest, half.seals, places=2)
    verdict = verify(half.pdf, expected)
    assert (verdict.genuine, verdict.reason) == (False, UNSIGNED.format(held=1, all=2))
    assert [s.valid for s in verdict.signatures] == [True]


LISTED = {
    "cut back to one signature": [True],
    "cut back to none": [],
    "not a PDF": [],
    "annotated": [False, False],
    "lengthened": [False, False],
}


@pytest.mark.parametrize("change", LISTED)
def test_only_signatures_that_are_in_the_file_are_listed(sealed, change):
    signatures = verify(CHANGES[change](sealed), sealed.expected()).signatures
    assert [s.valid for s in signatures] == LISTED[change]
    assert [s.name for s in signatures] == [c.name for c in CHAIRS[: len(signatures)]]


def test_P3_an_unknown_file_is_never_parsed(sealed):
    assert verify(sealed.pdf, None).as_json() == {
        "genuine": False,
        "kind": None,
        "reference": None,
        "version": None,
        "signatures": [],
        "reason": UNKNOWN,
    }


def test_P3_genuine_ten_years_on(filed, tmp_path, settings):
    """The people's certificates expired the day after; what was true then is judged as of then."""
    then = datetime.now(UTC) - timedelta(days=3_660)
    settings.SIGNING_DIR = tmp_path / "signing"
    ensure_portal_authority(settings.SIGNING_DIR, settings.SIGNING_PASSPHRASE, then)
    made = seal(filed, at=then)
    assert verify(made.pdf, made.expected()).genuine
