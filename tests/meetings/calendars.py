"""Calendar parts, read by another library than the one that wrote them."""

import vobject
from vobject.base import Component


def read(text: str) -> tuple[str, Component]:
    """The method, and the one event."""
    calendar = vobject.readOne(text)
    calendar.validate(raiseException=True)
    assert len(list(calendar.components())) == 1
    return calendar.method.value, calendar.vevent
