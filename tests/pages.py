"""Pages as people read them."""

import re


def text(response) -> str:
    """Without tags, each run of white space one space, apostrophes as they are typed."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("&#x27;", "'")
