"""What became of the letters that open an account: their state alone leaves the portal's own mail."""

from dataclasses import dataclass

from django.utils.timezone import localdate

from accounts.events import portal_scope
from mappa_portal.words import long_date
from outbox import mail

TITLES = {"account_invitation": "Invitation", "account_recovery": "Link to a new password"}


@dataclass(frozen=True)
class Letter:
    title: str
    state: str
    failed: bool


def letters_to(user) -> list[Letter]:
    """The newest of each kind that was written."""
    with portal_scope() as portal:
        found = {title: mail.latest(kind, user, portal) for kind, title in TITLES.items()}
    return [_letter(title, message) for title, message in found.items() if message]


def _letter(title: str, message) -> Letter:
    if message.state == message.State.SENT:
        return Letter(title, f"Sent on {long_date(localdate(message.sent_at))}", False)
    failed = message.state == message.State.FAILED or message.is_given_up
    return Letter(title, "Could not be delivered" if failed else "Waiting to be sent", failed)
