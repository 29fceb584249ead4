"""Words that are written the same on pages, in documents, exports and emails."""

OFFICIAL = "OFFICIAL"
OFFICIAL_SENSITIVE = "OFFICIAL-SENSITIVE"
