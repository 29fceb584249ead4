"""The verbs of area set-up: how an area works, its organisations, who sits in them."""

from boards.actions.appointments import (
    appoint,
    appoint_by_email,
    change_appointment,
    confirm_in_post,
    end_appointment,
    withdraw_appointment,
)
from boards.actions.organisations import add_organisation, cover, rename, set_grades, set_reach
from boards.actions.settings import change_settings, leaving, set_approving_bodies

__all__ = [
    "add_organisation",
    "appoint",
    "appoint_by_email",
    "change_appointment",
    "change_settings",
    "confirm_in_post",
    "cover",
    "end_appointment",
    "leaving",
    "rename",
    "set_approving_bodies",
    "set_grades",
    "set_reach",
    "withdraw_appointment",
]
