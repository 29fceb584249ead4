"""Whether a document still holds: the room that filed it knows."""

from collections.abc import Callable

from documents.models import Document

Room = Callable[[Document], str]
_rooms: dict[str, Room] = {}


def register(kind: str) -> Callable[[Room], Room]:
    """``standing(document)`` says it in a few words: "In force since 3 October 2025"."""

    def keep(room: Room) -> Room:
        _rooms[kind] = room
        return room

    return keep


def standing_of(document: Document) -> str:
    room = _rooms.get(document.kind)
    return room(document) if room else ""
