"""What the case register can say of a figure, in plain words."""

from data_returns.building.words import POSITION, YEAR
from data_returns.register import SOURCES

WORDS = {
    "managed": "Everybody managed at the level",
    "category_4": "People of category 4, terrorism",
    "under_18": "People under 18",
    "case_reviews": "Case reviews completed in the year",
}


def in_words(name: str) -> str:
    said = getattr(SOURCES.get(name), "label", "") or WORDS.get(name)
    return said or name.replace("_", " ").capitalize()


OF_YEAR = {"case_reviews"}  # the others count cases on 31 March


def basis_of(name: str) -> str:
    """What the figures count that it can stand for."""
    return YEAR if name in OF_YEAR else POSITION


def choices(present: str = "") -> list[tuple[str, str]]:
    """``present`` stays, even if this portal does not count it yet."""
    names = dict.fromkeys([*SOURCES, *([present] if present else [])])
    return [("", "Nothing: people enter it"), *((name, in_words(name)) for name in names)]
