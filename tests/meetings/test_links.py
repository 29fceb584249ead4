"""Tokens of links: only their digest is kept, and whatever else is tried gives one page (L1–L3)."""

import re

import pytest
from django.db import connection

from boards.scope import current_scope
from meetings import links
from meetings.actions import invitations
from meetings.models import Contact, ReplyLink


def test_L1_a_token_names_its_territory_and_holds_256_random_bits(world):
    tokens = {links.new_link(world.territory("camden"))[0] for _ in range(50)}
    assert len(tokens) == 50
    assert all(re.fullmatch(r"CMD-[\w-]{43}", token) for token in tokens)  # 43 × 6 bits


def test_L1_the_row_is_found_by_the_digest_in_the_scope_of_its_territory(world, camden):
    token, digest = links.new_link(world.territory("camden"))
    contact = camden.contact("CSC", token_digest=digest)
    assert token not in str(vars(contact))
    with links.opened(token):
        assert links.find(Contact, token) == contact
        assert current_scope().territories == {world.territory("camden").pk, world.territory("london").pk}
    elsewhere = token.replace("CMD", "HCK")
    with links.opened(elsewhere):
        assert links.find(Contact, elsewhere) is None


@pytest.mark.parametrize(
    "token", ["", "x", "XXX-" + "a" * 43, "CMD-short", "CMD-" + "é" * 43, "CMD-" + "a" * 44]
)
def test_L3_what_is_no_token_opens_nothing(world, token):
    with links.opened(token):
        assert current_scope().territories <= {world.territory("camden").pk, world.territory("london").pk}
        assert links.find(Contact, token) is None


def test_L1_a_token_of_one_purpose_is_none_of_another(camden):
    meeting = camden.meeting("CSC")
    invitations.send(meeting, by=camden.by)
    letter = camden.invitation(meeting, "CSC").letter
    [token] = re.findall(r"/r/(CMD-[\w-]{43})/", letter.text)
    with links.opened(token):
        assert links.find(ReplyLink, token) and links.find(Contact, token) is None


def test_L1_the_database_holds_no_token_but_in_the_letter_itself(camden):
    meeting = camden.meeting("CSC")
    invitations.send(meeting, by=camden.by)
    [token] = re.findall(r"/r/(CMD-[\w-]{43})/", camden.invitation(meeting, "CSC").letter.text)
    with connection.cursor() as cursor:
        for table in ("meetings_invitation", "meetings_replylink", "meetings_contact", "outbox_job"):
            cursor.execute(f"SELECT count(*) FROM {table} AS row WHERE row::text LIKE %s", [f"%{token}%"])
            assert cursor.fetchone() == (0,), table
