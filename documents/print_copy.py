"""What goes on paper: the pages of the signed file, each with a band that names the copy. The file itself stays."""

from io import BytesIO

import pikepdf
from django.utils import timezone

from documents.actions import verify_url
from documents.apart import render_apart
from documents.models import PaperCopy

# The signature holds in the signed file alone; on paper its picture is left, and the code to check it by.
OF_THE_FILE = ("/AcroForm", "/Perms", "/DSS", "/Names", "/AF", "/Metadata", "/StructTreeRoot", "/MarkInfo")


def stamped(copy: PaperCopy, keeper: str) -> bytes:
    """``keeper``: to whom it goes back."""
    document, result = copy.document, BytesIO()
    band = render_apart(
        "pdf/print_copy.html",
        {"copy": copy, "keeper": keeper, "verify": {"url": verify_url(document.code), "code": document.code}},
        title=f"{document}, copy {copy.number}",
        marking=document.marking,
        identifier=f"{document.code}-{copy.number}",
        created=timezone.now(),
    )
    with pikepdf.open(BytesIO(document.latest.read())) as pdf, pikepdf.open(BytesIO(band)) as bands:
        pdf.flatten_annotations("all")
        for page in pdf.pages:
            page.add_overlay(bands.pages[0])
        for name in OF_THE_FILE:
            if name in pdf.Root:
                del pdf.Root[name]
        pdf.docinfo["/Title"] = f"{document.title}, copy {copy.number}"
        pdf.save(result, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return result.getvalue()
