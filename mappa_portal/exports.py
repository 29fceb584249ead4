"""Tables that leave the portal: one writer of cells, safe to open in a spreadsheet, marked (assurance X1)."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.http import HttpResponse
from rest_framework.renderers import BaseRenderer, JSONRenderer

from mappa_portal.words import OFFICIAL_SENSITIVE

FORMULA = set("=+-@＝＋－＠")
BREAKS = set("\t\r\n\0")
GUARD = "'"


def cell(value: object) -> object:
    """Numbers stay numbers, days are ISO dates, and no text reads as a formula."""
    if value is None:
        return ""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return value
    text = value.isoformat() if isinstance(value, date) else str(value)
    return GUARD + text if text[:1] in BREAKS or _first(text) in FORMULA else text


def _first(text: str) -> str:
    """The first character that a spreadsheet would look at."""
    return next((c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf")), "")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence], marking: str) -> str:
    """The marking is the last column: the first line names the columns, as spreadsheets expect, and each row
    keeps its marking when it is sorted, filtered or copied elsewhere."""
    written = io.StringIO()
    writer = csv.writer(written)  # RFC 4180: CRLF, quotes doubled
    writer.writerow([*(cell(name) for name in columns), "Marking"])
    writer.writerows([*(cell(value) for value in row), marking] for row in rows)
    return written.getvalue()


def csv_download(
    name: str, columns: Sequence[str], rows: Iterable[Sequence], *, marking: str
) -> HttpResponse:
    """The caller has recorded the export: what is built here goes out."""
    body = csv_text(columns, rows, marking).encode("utf-8-sig")  # by this mark spreadsheets know UTF-8
    return download(name, body, "text/csv; charset=utf-8")


def xlsx_download(
    name: str, columns: Sequence[str], rows: Iterable[Sequence], *, marking: str
) -> HttpResponse:
    """The same table as a workbook: numbers are numbers, text is text whatever it begins with (X1)."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(marking[:31])
    sheet.freeze_panes = "A2"
    for row in [[*columns, "Marking"], *([*row, marking] for row in rows)]:
        typed = [WriteOnlyCell(sheet, _without_controls(cell(value))) for value in row]
        for each in typed:
            each.data_type = (
                "n" if each.value is None or isinstance(each.value, (int, float, Decimal)) else "s"
            )
        sheet.append(typed)
    written = io.BytesIO()
    book.save(written)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return download(name, written.getvalue(), kind)


def _without_controls(value: object) -> object:
    """The format has no place for them."""
    if not isinstance(value, str):
        return value
    return "".join(c for c in value if c in "\t\n\r" or unicodedata.category(c) not in ("Cc", "Cs"))


def download(name: str, body: bytes, content_type: str) -> HttpResponse:
    """A file that no browser opens as a page."""
    return HttpResponse(
        body,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


class CsvRenderer(BaseRenderer):
    """A list of the API as a table, by ``Accept: text/csv``; the next page stands in the Link header.

    The view records the export, as it knows whose rows they are, and names another ``marking`` if it has one.
    """

    media_type = "text/csv"
    format = "csv"

    def render(self, data, accepted_media_type=None, renderer_context=None) -> bytes:
        response, view = (renderer_context or {})["response"], (renderer_context or {}).get("view")
        if response.exception:
            return JSONRenderer().render(data)
        rows = data["results"]
        if data.get("next"):
            response["Link"] = f'<{data["next"]}>; rel="next"'
        columns = list(rows[0]) if rows else []
        cells = ([row[name] for name in columns] for row in rows)
        return csv_text(columns, cells, getattr(view, "marking", OFFICIAL_SENSITIVE)).encode()
