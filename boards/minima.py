"""What the rooms below do when the lowest grades that count have changed."""

from collections.abc import Callable

from boards.models import AreaSettings, Organisation

Follow = Callable[[AreaSettings | Organisation], None]
_rooms: list[Follow] = []


def register(follow: Follow) -> Follow:
    """``follow(thing)``: those of a whole area or of one agency, in the transaction of the change."""
    if follow not in _rooms:
        _rooms.append(follow)
    return follow


def changed(thing: AreaSettings | Organisation) -> None:
    for follow in _rooms:
        follow(thing)
