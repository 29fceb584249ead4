"""Pages as people read them."""

import re


def text(response) -> str:
    """Without tags, each run of white space one space."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))
