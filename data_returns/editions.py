"""The forms that ship with the portal; an area's own stand in its register."""

import json
from datetime import date
from functools import cache
from pathlib import Path

from boards.models import Territory
from data_returns.form import Form
from data_returns.models import Edition

SHIPPED = Path(__file__).parent / "editions"
FIRST, PRESENT = "london-2013", "present-2025"
SINCE = 2024  # the first reporting year that is asked in present-day words


@cache
def shipped(slug: str) -> dict:
    """The data of a form, checked."""
    data = json.loads((SHIPPED / f"{slug}.json").read_text(encoding="utf-8"))
    Form.of(data)
    return data


def edition_of(area: Territory, year: int, *, today: date) -> Edition:
    """What a return of the year is opened on: the area's own form that was asked last by then, else the shipped one.

    Held to the end of the transaction: a form that is being used cannot be withdrawn meanwhile.
    """
    own = (
        Edition.objects.published().filter(territory=area, from_year__lte=year).select_for_update(no_key=True)
    )
    if found := list(own.order_by("-from_year", "-published_on", "-pk")):
        return found[0]
    slug = shipped_for(year)
    edition, _ = Edition.objects.get_or_create(
        territory=area, slug=slug, defaults={"content": shipped(slug), "published_on": today}
    )
    return edition


def shipped_for(year: int) -> str:
    return PRESENT if year >= SINCE else FIRST
