"""HTML to tagged PDF (PDF/A-3a, PDF/UA-1). Equal input gives equal bytes; nothing comes from outside."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import pikepdf
from django.conf import settings
from weasyprint import HTML, Attachment, Document
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from documents.finish import FieldsMisplaced, finish
from documents.markup import markup

ASSETS = Path(__file__).parent / "assets"
MAX_HTML = 4 * 2**20
MAX_PAGES = 400
LINKS = {"https", "mailto"}

PDFUA = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


class RenderingRefused(Exception):
    """The document asks for something from outside, or is beyond its limits."""


@dataclass(frozen=True)
class Embedded:
    """A file inside the PDF: the data that the pages show, for machines."""

    name: str
    data: bytes
    description: str = ""


class AssetFetcher(URLFetcher):
    """Serves the stylesheet and fonts that ship with the portal. Anything else stops the rendering (P1)."""

    def __init__(self):
        super().__init__()
        self.refused: list[str] = []  # SVG drawing swallows even fatal errors

    def fetch(self, url, headers=None):
        parts = urlsplit(url or "")
        path = self._find(parts.path) if parts.scheme == "asset" else None
        if path is None:
            self.refused.append(f"A document may not load {str(url)[:80]}")
            raise FatalURLFetchingError(self.refused[-1])
        return URLFetcherResponse(
            url, path.read_bytes(), {"Content-Type": guess_type(path)[0] or "font/woff2"}
        )

    @staticmethod
    def _find(name: str) -> Path | None:
        for root in (ASSETS, settings.BASE_DIR / "static"):
            path = (root / name).resolve()
            if path.is_relative_to(root.resolve()) and path.is_file():
                return path
        return None


def render_pdf(
    template: str,
    context: Mapping,
    *,
    identifier: str,
    created: datetime,
    attachments: Sequence[Embedded] = (),
    signature_fields: Mapping[str, str] | None = None,
    **named: str,
) -> bytes:
    """``named``: title, marking, reference. ``signature_fields`` maps names to spoken labels."""
    html = markup(template, context, created=created, **named)
    return pdf_of(
        html,
        identifier=identifier,
        created=created,
        attachments=attachments,
        signature_fields=signature_fields,
    )


def pdf_of(
    html: str,
    *,
    identifier: str,
    created: datetime,
    attachments: Sequence[Embedded] = (),
    signature_fields: Mapping[str, str] | None = None,
) -> bytes:
    """``identifier`` is the file's permanent one."""
    fields = signature_fields or {}
    if len(html) > MAX_HTML:
        raise RenderingRefused("The document is too long to be made into a PDF.")
    fetcher = AssetFetcher()
    try:
        pdf = _lay_out(html, fetcher).write_pdf(
            pdf_variant="pdf/a-3a",
            pdf_identifier=identifier.encode("ascii"),
            attachments=[_attachment(a, created) for a in attachments],
            pdf_forms=bool(fields),
            finisher=lambda _, pdf: finish(pdf, fields),
        )
    except (FatalURLFetchingError, FieldsMisplaced) as error:  # the first is a BaseException
        raise RenderingRefused(str(error)) from None
    if fetcher.refused:
        raise RenderingRefused(fetcher.refused[0])
    return _in_short_object_streams(pdf)


def _in_short_object_streams(pdf: bytes) -> bytes:
    """WeasyPrint packs all objects into one stream, which pyHanko reads anew for each."""
    result = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as file:
        file.save(result, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return result.getvalue()


def _lay_out(html: str, fetcher: AssetFetcher) -> Document:
    source = HTML(string=html, base_url="asset:", url_fetcher=fetcher)
    _keep_safe_links(source.etree_element.iter())
    document = source.render(pdf_forms=True, presentational_hints=True)
    if len(document.pages) > MAX_PAGES:
        raise RenderingRefused(f"The document has more than {MAX_PAGES} pages.")
    rdf = document.metadata.generate_rdf_metadata
    document.metadata.generate_rdf_metadata = lambda *args: rdf(*args).replace(
        b"</rdf:RDF>", PDFUA + b"</rdf:RDF>"
    )
    return document


def _keep_safe_links(elements: Iterable[Element]) -> None:
    """Only https, mailto and places in the document stay links; the words remain."""
    for element in elements:
        href = element.get("href", "").strip()
        if element.tag != "link" and not href.startswith("#") and urlsplit(href).scheme not in LINKS:
            element.attrib.pop("href", None)
        if element.tag != "link":
            element.attrib.pop("rel", None)  # rel=attachment would embed what it points to


def _attachment(embedded: Embedded, created: datetime) -> Attachment:
    return Attachment(
        string=embedded.data,
        name=embedded.name,
        description=embedded.description,
        created=created.astimezone(UTC),
        modified=created.astimezone(UTC),
        relationship="Data",
    )
