"""Files that people bring: size, kind and content are checked before anything parses them (U1)."""

import re
import zlib
from collections.abc import Collection
from io import BytesIO
from struct import error as struct_error
from zipfile import BadZipFile, ZipFile, ZipInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from documents.antivirus import scan
from documents.contents import DAMAGED, PASSWORD, STARTS, TOO_MUCH, check_pdf, check_picture

UNPACKED_MAX = 100 * 2**20
ENTRIES_MAX = 2_000
OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # the container of old Office files, and of encrypted new ones
NAMES = {
    "docx": "Word (.docx)",
    "xlsx": "Excel (.xlsx)",
    "md": "Markdown (.md)",
    "csv": "CSV",
    "json": "JSON",
    "pdf": "PDF",
    "png": "PNG",
    "jpeg": "JPEG",
}
ENDINGS = {"jpg": "jpeg"}  # another ending of the same kind
MAIN_PART = {
    "docx": b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
ACTIVE = re.compile(r"vbaproject|/activex/|/embeddings/|/macrosheets/|/ctrlprops/", re.IGNORECASE)
EXTERNAL = re.compile(rb"<[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>", re.IGNORECASE)
DOCTYPES = [
    f"<!{word}".encode(coding)
    for word in ("DOCTYPE", "ENTITY")
    for coding in ("utf-8", "utf-16-le", "utf-16-be")
]

OLD_OFFICE = "The file is in an old Office format. Save it as {kind} and choose the new file."
MACROS = (
    "The file has macros or other active content. Save it as {kind} without them and choose the new file."
)
OUTSIDE = "The file loads parts from elsewhere. Remove linked pictures and templates, and save it again."
NOT_WHAT_IT_SAYS = "The file is not a {kind} document. Open it, save it as one and choose it again."


def check_upload(file: UploadedFile, *, kinds: Collection[str]) -> bytes:
    """The content, if it is one of ``kinds`` and harmless; a ValidationError that says what to do if not."""
    check_size(file, "Remove pictures or split it.")
    kind = kind_of(file)
    data = file.read()
    if not data:
        raise ValidationError("The file is empty. Choose a file with text in it.")
    if data.startswith(OLE):
        _refuse_old_office(data, kinds)
    if kind in {"docm", "dotm", "xlsm", "xltm"}:
        raise ValidationError(MACROS.format(kind=_names(kinds)))
    if kind not in kinds:
        raise ValidationError(f"The file must be {_names(kinds)}.")
    scan(data)
    if kind in STARTS and not data.startswith(STARTS[kind]):
        raise ValidationError(NOT_WHAT_IT_SAYS.format(kind=NAMES[kind]))
    if kind == "pdf":
        return check_pdf(data)
    if kind in STARTS:
        return check_picture(data, kind)
    if kind in MAIN_PART:
        _check_office(data, kind)
    else:
        _check_text(data)
    return data


def kind_of(file: UploadedFile) -> str:
    """As its name says; the content has to agree."""
    ending = (file.name or "").rpartition(".")[2].lower()
    return ENDINGS.get(ending, ending)


def check_size(file: UploadedFile, advice: str) -> None:
    if file.size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // 2**20
        raise ValidationError(f"The file must be smaller than {limit} MB. {advice}")


def _names(kinds: Collection[str]) -> str:
    *most, last = [NAMES[kind] for kind in kinds]
    return f"{', '.join(most)} or {last}" if most else last


def _refuse_old_office(data: bytes, kinds: Collection[str]) -> None:
    encrypted = "EncryptedPackage".encode("utf-16-le") in data
    raise ValidationError(PASSWORD if encrypted else OLD_OFFICE.format(kind=_names(kinds)))


def _check_text(data: bytes) -> None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(
            "The file must be text in UTF-8. Save it as UTF-8 and choose it again."
        ) from None
    if "\0" in text:
        raise ValidationError(DAMAGED)


def _check_office(data: bytes, kind: str) -> None:
    try:
        with ZipFile(BytesIO(data)) as archive:
            _check_entries(archive.infolist(), kind)
            for entry in archive.infolist():
                if entry.filename.endswith((".xml", ".rels")):
                    _check_part(archive.read(entry), entry.filename)
            types = archive.read("[Content_Types].xml")
    except (
        BadZipFile,
        KeyError,
        ValueError,
        NotImplementedError,
        OSError,
        EOFError,
        RuntimeError,
        zlib.error,
        struct_error,
    ) as error:
        if isinstance(error, ValidationError):
            raise
        raise ValidationError(DAMAGED) from None
    if b"macroEnabled" in types:
        raise ValidationError(MACROS.format(kind=NAMES[kind]))
    if MAIN_PART[kind] not in types:
        raise ValidationError(NOT_WHAT_IT_SAYS.format(kind=NAMES[kind]))


def _check_entries(entries: list[ZipInfo], kind: str) -> None:
    """zipfile unpacks no more than an entry declares, so the declared sizes are a limit that holds."""
    if len(entries) > ENTRIES_MAX or sum(entry.file_size for entry in entries) > UNPACKED_MAX:
        raise ValidationError(TOO_MUCH)
    if any(entry.flag_bits & 1 for entry in entries):
        raise ValidationError(PASSWORD)
    if any(ACTIVE.search(f"/{entry.filename}") for entry in entries):
        raise ValidationError(MACROS.format(kind=NAMES[kind]))


def _check_part(xml: bytes, name: str) -> None:
    if any(word in xml for word in DOCTYPES):
        raise ValidationError(DAMAGED)
    if name.endswith(".rels") and any(b"/hyperlink" not in tag for tag in EXTERNAL.findall(xml)):
        raise ValidationError(OUTSIDE)


# -- While a file arrives --


class OversizedFile(UploadedFile):
    """A name and a size; the content was let go."""


class LimitedUploadHandler(FileUploadHandler):
    """Stands first in FILE_UPLOAD_HANDLERS: what is beyond the limit is read, but kept nowhere."""

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        return raw_data if self.received <= settings.UPLOAD_MAX_BYTES else None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if self.received <= settings.UPLOAD_MAX_BYTES:
            return None
        return OversizedFile(BytesIO(), self.file_name, self.content_type, self.received, self.charset)
