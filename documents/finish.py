"""Completes the tags that WeasyPrint leaves open, and prepares signature fields."""

from collections.abc import Iterator, Mapping

import pydyf


class FieldsMisplaced(Exception):
    """The template does not place the signature fields that were asked for."""


def finish(pdf: pydyf.PDF, fields: Mapping[str, str]) -> None:
    elements = [o for o in pdf.objects if isinstance(o, pydyf.Dictionary)]
    _scope_table_headers(pdf, elements)
    _make_running_lines_artifacts(pdf, elements)
    _make_signature_fields(pdf, elements, fields)
    if "AF" in pdf.catalog:  # each attachment once
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))


def _resolve(pdf: pydyf.PDF, reference: bytes):
    return pdf.objects[int(reference.split()[0])]


def _scope_table_headers(pdf: pydyf.PDF, elements: list[pydyf.Dictionary]) -> None:
    for header in elements:
        if header.get("S") == "/TH":
            row = _resolve(pdf, header["P"])
            in_head = _resolve(pdf, row["P"]).get("S") == "/THead"
            header["A"]["Scope"] = "/Column" if in_head else "/Row"


def _make_running_lines_artifacts(pdf: pydyf.PDF, elements: list[pydyf.Dictionary]) -> None:
    """Marking, reference and page number are tagged like text, in elements that hang on nothing."""
    root = _resolve(pdf, pdf.catalog["StructTreeRoot"])
    reached = {root["ParentTree"], *_references(pdf, root)}
    loose = [e for e in elements if e.get("Type") == "/StructElem" and e.reference not in reached]
    for element in loose:
        for number in (kid for kid in element["K"] if isinstance(kid, int)):
            page = _resolve(pdf, element["Pg"])
            _make_artifact(_resolve(pdf, page["Contents"]).stream, number)
    gone = {element.reference for element in loose}
    for owners in _resolve(pdf, root["ParentTree"])["Nums"][1::2]:
        if isinstance(owners, pydyf.Array):
            owners[:] = ["null" if owner in gone else owner for owner in owners]
    for element in loose:
        element.clear()


def _references(pdf: pydyf.PDF, element: pydyf.Dictionary) -> Iterator[bytes]:
    for kid in element.get("K", ()):
        if isinstance(kid, bytes):
            yield kid
            yield from _references(pdf, _resolve(pdf, kid))


def _make_artifact(stream: list, number: int) -> None:
    for position, token in enumerate(stream):
        if isinstance(token, dict) and token.get("MCID") == number:
            stream[position - 1] = "/Artifact"
            stream[position] = pydyf.Dictionary({"Type": "/Pagination"})


def _make_signature_fields(
    pdf: pydyf.PDF, elements: list[pydyf.Dictionary], fields: Mapping[str, str]
) -> None:
    """Turn the placed, tagged checkboxes into empty signature fields: signing then adds none."""
    widgets = {e["T"].string: e for e in elements if e.get("Subtype") == "/Widget"}
    if set(widgets) != set(fields):
        raise FieldsMisplaced(
            f"The template places the signature fields {sorted(widgets)}, not {sorted(fields)}."
        )
    for name, widget in widgets.items():
        blank = _resolve(pdf, widget["AP"]["N"]["on"])
        blank.stream.clear()
        for key in ("V", "AS", "MK", "Border"):
            del widget[key]
        widget["FT"], widget["F"] = "/Sig", 132  # print, locked
        widget["TU"] = pydyf.String(fields[name])
        widget["AP"] = pydyf.Dictionary({"N": blank.reference})
    if widgets:
        for key in ("NeedAppearances", "DR"):
            del pdf.catalog["AcroForm"][key]
    for form in elements:
        if form.get("S") == "/Form":
            form["K"] = form["K"][0]  # an array makes pyHanko refuse the second signature
