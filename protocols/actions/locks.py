"""Who changes a protocol holds its row first: its versions, decisions and reviews change one at a time."""

from mappa_portal.exceptions import Conflict
from protocols.models import Protocol, Version


def lock_protocol(pk: int) -> Protocol:
    """Its fresh row, held to the end of the transaction."""
    found = Protocol.objects.select_related("about", "organisation", "template__organisation")
    return found.select_for_update(of=["self"]).get(pk=pk)


def lock(version: Version) -> Version:
    """The version's fresh row, under the lock of its protocol: every action on it starts here."""
    protocol = lock_protocol(version.protocol_id)
    if protocol.withdrawn_on:
        raise Conflict("This protocol was withdrawn.")
    return protocol.versions.select_related("about").get(pk=version.pk)
