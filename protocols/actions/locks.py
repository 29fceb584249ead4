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
    if protocol.replaced_by:
        raise Conflict(f"This protocol was replaced by {protocol.replaced_by.reference}.")
    return protocol.versions.select_related("about").get(pk=version.pk)


def lock_beside(version: Version) -> Version:
    """Also the borough's other protocols with the board: one may end. In one order, so that none waits forever."""
    protocol = version.protocol
    rows = Protocol.objects.filter(pk=protocol.pk) | Protocol.objects.beside(protocol)
    list(rows.order_by("pk").select_for_update(of=["self"]))
    return lock(version)
