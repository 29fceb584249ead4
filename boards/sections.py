"""What the rooms below show on the page of a borough; a room with pages of its own keeps such a list too."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from mappa_portal.templatetags.govuk import Row


@dataclass(frozen=True)
class Section:
    title: str
    rows: list[Row]


Room = Callable[..., Section]


class Sections:
    def __init__(self):
        self._rooms: list[Room] = []

    def register(self, section: Room) -> Room:
        """``section(user, thing, today)`` gives only what this person may see."""
        if section not in self._rooms:
            self._rooms.append(section)
        return section

    def of(self, user, thing, today: date) -> list[Section]:
        found = [section(user, thing, today) for section in self._rooms]
        return [section for section in found if section.rows]


_of_borough = Sections()
register, sections_of = _of_borough.register, _of_borough.of
