"""The web door of the room, by noun. Each view fetches through ``for_user`` and leaves every decision to an action."""
