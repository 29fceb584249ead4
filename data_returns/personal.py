"""Words of a comment that could identify a person (H8): numbers, dates of birth, addresses, names."""

import re

PATTERNS = (
    re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b"),
    re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.IGNORECASE),  # postcode
    re.compile(r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?(?:\d{2}\s?){3}[A-D]\b", re.IGNORECASE),  # NI number
)


def suspects(text: str) -> list[str]:
    found = (match[0] for pattern in PATTERNS for match in pattern.finditer(text))
    return list(dict.fromkeys(found))
