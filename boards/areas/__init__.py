"""The areas that ship with the portal."""

from boards.areas.load import AREAS, Loaded, load, portal_territory

__all__ = ["AREAS", "Loaded", "load", "portal_territory"]
