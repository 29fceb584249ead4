"""A Word file from outside: a ZIP of XML parts, of which none is trusted."""

import posixpath
import re
import struct
import zipfile
import zlib
from io import BytesIO

from django.core.exceptions import ValidationError
from lxml import etree

DAMAGED = "This Word file is damaged. Open it in Word, save it again and choose the new file."


UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    etree.XMLSyntaxError,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


class Package:
    def __init__(self, data: bytes):
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except UNREADABLE as error:
            raise ValidationError(DAMAGED, code="damaged") from error
        self.main = self._target("_rels/.rels", "", "officeDocument") or "word/document.xml"
        self.document = self.xml(self.main) if self.main in self._zip.namelist() else None
        if self.document is None or name_of(self.document) != "document":
            raise ValidationError("This is not a Word document. Choose a .docx file.", code="not_word")

    def part(self, kind: str):
        """The root of the styles, numbering, footnotes, ... of the main document, or None."""
        folder, name = posixpath.split(self.main)
        path = self._target(f"{folder}/_rels/{name}.rels", folder, kind)
        return self.xml(path) if path and path in self._zip.namelist() else None

    def properties(self):
        path = self._target("_rels/.rels", "", "core-properties")
        return self.xml(path) if path and path in self._zip.namelist() else None

    def xml(self, path: str):
        parser = etree.XMLParser(
            resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, remove_pis=True
        )
        try:
            if self._zip.getinfo(path).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ValidationError(DAMAGED, code="damaged")
            root = etree.fromstring(self._zip.read(path), parser)
        except UNREADABLE as error:
            raise ValidationError(DAMAGED, code="damaged") from error
        if root.getroottree().docinfo.doctype:  # Word writes none; entities come with one
            raise ValidationError(DAMAGED, code="damaged")
        return root

    def _target(self, relations: str, folder: str, kind: str) -> str | None:
        if relations not in self._zip.namelist():
            return None
        for relation in self.xml(relations):
            if (relation.get("Type") or "").endswith("/" + kind) and relation.get("TargetMode") != "External":
                target = relation.get("Target") or ""
                return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        return None


def name_of(element) -> str:
    return element.tag.rpartition("}")[2]


def child(element, *path: str):
    """Word writes two namespaces (transitional and strict); only the local names matter."""
    for name in path:
        element = (
            next((sub for sub in element if name_of(sub) == name), None) if element is not None else None
        )
    return element


def attribute(element, name: str = "val") -> str | None:
    if element is None:
        return None
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), None)


def number(element, name: str = "val") -> int | None:
    value = attribute(element, name) or ""
    return int(value) if re.fullmatch("[0-9]{1,9}", value) else None
