"""The page of a borough lists its protocols, for those who may see them."""

import pytest


@pytest.mark.parametrize("who", ["camden_administrator", "camden_board_chair", "smb_chair", "auditor"])
def test_a_boroughs_protocols_stand_on_its_page_with_their_review(world, client, who):
    protocol, other = world.in_force("camden").protocol, world.protocol("hackney")
    protocol.refresh_from_db()
    client.force_login(getattr(world, who))
    page = client.get("/boroughs/camden/").content.decode()
    assert f"/protocols/{protocol.reference}/" in page and "in force" in page
    assert f"Review due {protocol.review_due.day} {protocol.review_due:%B %Y}" in page
    assert other.reference not in page
