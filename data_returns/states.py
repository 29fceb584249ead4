"""A return's state in a tag's colour, and with whom it is."""

COLOURS = {
    "planned": "grey",
    "draft": "grey",
    "checked": "blue",
    "signed": "blue",
    "sent": "blue",
    "tabled": "blue",
    "closed": "green",
}
WITH = {
    "planned": "Being opened",
    "draft": "MAPPA unit",
    "checked": "MAPPA chair",
    "signed": "Being sent",
    "sent": "Board",
    "tabled": "Board",
    "closed": "Nobody: accepted",
}
