"""The web door of the room, by noun: each view fetches through ``for_user``, actions decide."""
