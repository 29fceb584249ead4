"""A QR code as one SVG path, so that it stands in the page: no image address, no inline style (E3)."""

from dataclasses import dataclass

import qrcode


@dataclass(frozen=True)
class Drawing:
    size: int
    path: str


def path_of(text: str) -> Drawing:
    code = qrcode.QRCode(border=4)
    code.add_data(text)
    rows = code.get_matrix()
    return Drawing(
        len(rows),
        "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark),
    )
