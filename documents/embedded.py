"""The data that a filed document carries."""

import json
from io import BytesIO


def data_in(pdf: bytes, reference: str) -> dict | None:
    """What was signed, as data; None where the file carries none under this name. Only for files of our own."""
    import pikepdf  # late: few need it

    with pikepdf.open(BytesIO(pdf)) as file:
        attached = file.attachments.get(f"{reference}.json")
        return json.loads(attached.get_file().read_bytes()) if attached else None
