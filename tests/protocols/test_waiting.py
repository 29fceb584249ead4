"""For whom each agreement waits, as the list of protocols says it."""

import pytest
from django.utils import timezone

from protocols import listing
from protocols.actions import signing


@pytest.mark.parametrize(
    "stage, expected",
    [
        ("draft", "Camden MAPPA Unit"),
        ("submitted", "London SCB"),
        ("approved", "MAPPA Chair and LSCB Chair"),
        ("in_force", ""),
    ],
)
def test_whom_a_protocol_waits_for(world, stage, expected):
    world.at(stage, "camden")
    assert waiting(world) == expected


def test_after_one_signature_it_waits_for_the_other(world):
    version = world.approved()
    signing.sign(version.signatures.get(role="MAPPA Chair"), by=world.camden_mappa_chair, at=timezone.now())
    assert waiting(world) == "LSCB Chair"


def waiting(world) -> str:
    found = listing.protocols_for(world.co_ordinator)
    [row] = listing.rows(found, timezone.localdate())
    return row.waits_for
