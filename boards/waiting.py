"""What still waits for a body of the area, as far as the rooms below know."""

from collections.abc import Callable

from boards.models import Organisation

Room = Callable[..., str]
_rooms: list[Room] = []


def register(waiting: Room) -> Room:
    """``waiting(user, body)`` says it in a sentence; empty when nothing waits."""
    if waiting not in _rooms:
        _rooms.append(waiting)
    return waiting


def waiting_for(user, body: Organisation) -> str:
    return " ".join(filter(None, (waiting(user, body) for waiting in _rooms)))
