"""An emergency decision until a panel has answered: which panel, and what is to be done so that it does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mappa_portal.words import long_date
from referrals import rooms
from referrals.models import Disclosure


@dataclass(frozen=True)
class Ratifying:
    verb: str
    todo: str
    decided_on: date
    panel: rooms.Panel | None

    @property
    def is_heard(self) -> bool:
        return self.panel is not None and self.panel.is_held

    @property
    def why(self) -> str:
        return f"decided in an emergency on {long_date(self.decided_on)}"


def ratifying(decided: Sequence[tuple[Disclosure, date]], today: date) -> list[Ratifying]:
    """For each unratified disclosure and the day of its decision."""
    panels = rooms.panels_for([(disclosure.case, day) for disclosure, day in decided], today)
    return [
        Ratifying(*_words(disclosure, panel, today), day, panel)
        for (disclosure, day), panel in zip(decided, panels, strict=True)
    ]


def _words(disclosure: Disclosure, panel: rooms.Panel | None, today: date) -> tuple[str, str]:
    add = "Put on the next panel’s agenda:"
    if panel is None:
        return add, f"Plan a meeting and put case {disclosure.case} on its agenda"
    meeting = f"meeting {panel.reference}, {long_date(panel.held_on)}"
    if panel.is_held:
        return "Record what the panel answered on", f"The panel heard the case: {meeting}"
    if panel.lists_it and panel.held_on < today:
        return "Have the panel ratify", f"It was on the agenda of {meeting}. Record whether that was held"
    if panel.lists_it:
        return "Have the panel ratify", f"It is on the agenda of {meeting}"
    return add, f"Put case {disclosure.case} on the agenda of {meeting}"
