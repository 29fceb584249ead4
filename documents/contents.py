"""What a PDF or a picture holds: harmless, within limits, and a picture without what its camera adds (U1)."""

import re
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from itertools import islice

from django.core.exceptions import ValidationError

PAGES_MAX, OBJECTS_MAX, DEPTH_MAX = 500, 200_000, 50
PIXELS_MAX = 50_000_000
STREAM_MAX, STREAMS_MAX = 100 * 2**20, 400 * 2**20  # unpacked: of one stream, and of all
STREAM = re.compile(rb"stream\r?\n")
STARTS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff"}
ACTIVE_KEYS = {"/JS", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent"}
ACTIVE_ACTIONS = {
    *("/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/GoToR", "/Rendition", "/Movie"),
}

DAMAGED = "The file is damaged. Open it, save it again and choose the new file."
PASSWORD = "The file is protected with a password. Save it without a password and choose the new file."
ACTIVE = "The file has scripts, forms that send or files inside. Print it to a new PDF and choose that."
TOO_MUCH = "The file is too large once unpacked. Remove pictures or split it."
LONG = f"The file must have {PAGES_MAX} pages or fewer. Split it."
LARGE = f"The picture must have {PIXELS_MAX // 10**6} million dots or fewer. Make it smaller."


def check_pdf(data: bytes) -> bytes:
    import pikepdf

    _refuse_bombs(data)
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            if pdf.is_encrypted:
                raise ValidationError(PASSWORD)
            if len(pdf.pages) > PAGES_MAX or len(pdf.objects) > OBJECTS_MAX:
                raise ValidationError(LONG)
            if any(_is_active(found) for found in _dictionaries(pdf)):
                raise ValidationError(ACTIVE)
    except pikepdf.PasswordError:
        raise ValidationError(PASSWORD) from None
    except (pikepdf.PdfError, RecursionError):
        raise ValidationError(DAMAGED) from None
    return data


def _refuse_bombs(data: bytes) -> None:
    """Before anything that unpacks streams whole: what a stream says of its length is not asked."""
    view, total = memoryview(data), 0
    for start in STREAM.finditer(data):
        try:
            unpacked = len(zlib.decompressobj().decompress(view[start.end() :], STREAM_MAX + 1))
        except zlib.error:  # packed in another way, or not at all
            continue
        total += unpacked
        if unpacked > STREAM_MAX or total > STREAMS_MAX:
            raise ValidationError(TOO_MUCH)


def _is_active(found) -> bool:
    return bool(ACTIVE_KEYS & set(found.keys())) or str(found.get("/S", "")) in ACTIVE_ACTIONS


def _dictionaries(pdf) -> Iterator:
    """All of the file, those inside others too; an object with a number of its own is met as such."""
    import pikepdf

    left = [(each, 0) for each in islice(pdf.objects, OBJECTS_MAX)]
    while left:
        found, depth = left.pop()
        if depth > DEPTH_MAX:
            raise ValidationError(DAMAGED)
        if isinstance(found, pikepdf.Stream):
            found = found.stream_dict
        if isinstance(found, pikepdf.Dictionary):
            yield found
            inside = [found[key] for key in found.keys()]
        else:
            inside = list(found) if isinstance(found, pikepdf.Array) else []
        left += [(each, depth + 1) for each in inside if _is_inside(each)]


def _is_inside(each) -> bool:
    import pikepdf

    return isinstance(each, pikepdf.Dictionary | pikepdf.Array) and not each.is_indirect


def check_picture(data: bytes, kind: str) -> bytes:
    """Drawn anew: place, camera, comments and whatever else hangs on a picture stay behind."""
    from PIL import Image, ImageOps

    try:
        with Image.open(BytesIO(data), formats=[kind]) as picture:
            if picture.width * picture.height > PIXELS_MAX:
                raise ValidationError(LARGE)
            upright = ImageOps.exif_transpose(picture)
            upright.info = {k: v for k, v in upright.info.items() if k == "transparency"}
            written = BytesIO()
            upright.save(written, kind, **({"quality": 90} if kind == "jpeg" else {}))
    except (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError) as error:
        if isinstance(error, ValidationError):
            raise
        raise ValidationError(DAMAGED) from None
    return written.getvalue()
