"""What the rooms below show on the page of a borough."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from boards.models import Territory
from mappa_portal.templatetags.govuk import Row


@dataclass(frozen=True)
class Section:
    title: str
    rows: list[Row]


Room = Callable[..., Section]
_rooms: list[Room] = []


def register(section: Room) -> Room:
    """``section(user, borough, today)`` gives only what this person may see."""
    if section not in _rooms:
        _rooms.append(section)
    return section


def sections_of(user, borough: Territory, today: date) -> list[Section]:
    found = [section(user, borough, today) for section in _rooms]
    return [section for section in found if section.rows]
