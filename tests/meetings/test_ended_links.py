"""Links that have ended tell nothing but that (L1, L3); of a moved meeting they say so (decision 13)."""

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils.timezone import now

from mappa_portal.words import weekday_date
from meetings.actions import invitations
from meetings.actions.meetings import postpone
from meetings.links import new_link
from meetings.models import Contact, Meeting, Reply
from tests.meetings import slips
from tests.meetings.invited import Invited
from tests.meetings.slips import answers, browser, token_of
from tests.pages import text

Answer, Channel = Reply.Answer, Reply.Channel


@pytest.fixture
def meeting(called):
    return called


def ended(visitor, address: str) -> str:
    """What a link that is no more shows; everything that differs between two answers is left out."""
    answer = visitor.get(address, follow=True)
    assert answer.status_code == 410, address
    return re.sub(r"[0-9a-f]{24}", "", text(answer))


ENDS = [slips.start, slips.cancel, slips.replace, slips.correct, slips.stand_down]


@pytest.mark.parametrize("end", ENDS, ids=[e.__name__ for e in ENDS])
def test_L1_a_link_that_has_ended_shows_what_an_unknown_one_shows(world, meeting, asked, slip, end):
    unknown = ended(browser(), f"/r/{new_link(world.territory('camden'))[0]}/")
    assert "This link has ended" in unknown
    end(meeting)
    for page in ("", "someone-else/", "cannot-attend/", "meeting.ics"):
        assert ended(browser(), f"/r/{token_of(asked)}/{page}") == unknown
        assert ended(slip, f"{slip.place}{page}") == unknown
    assert slip.post(slip.place).status_code == 410 and answers(asked) == []


def _postpone(camden, meeting):
    Meeting.objects.filter(pk=meeting.pk).update(reference="CMD-M-2025-001")  # the counter starts at one
    later = {"held_on": meeting.held_on + timedelta(days=1)}
    postpone(meeting, reason="The chair is ill.", by=camden.by, at=now(), **later)


def _change(camden, meeting):
    slips.move(meeting)
    invitations.announce_change(meeting, by=camden.by)


def _postpone_twice(camden, meeting):
    _postpone(camden, meeting)
    _change(camden, Meeting.objects.latest("pk"))


@pytest.mark.parametrize("move", [_change, _postpone, _postpone_twice])
def test_the_link_of_a_moved_meeting_says_to_which_day_and_where_the_link_is(
    camden, meeting, asked, slip, move
):
    old = token_of(asked)
    move(camden, meeting)
    new = Meeting.objects.latest("pk")
    said = text(slip.get(slip.place))
    assert f"The meeting was moved to {weekday_date(new.held_on)}, 10am to midday." in said
    assert (
        "The newest letter about it holds the link to reply." in said
        and "Questions: Camden MAPPA Unit" in said
    )
    assert "Rep of CSC" not in said and "Jo Marsh" not in said and "CMD-" not in said
    again = browser().get(f"/r/{old}/cannot-attend/", follow=True)
    assert again.status_code == 410 and "The meeting was moved to" in text(again)
    assert slip.post(slip.place).status_code == 410 and not Reply.objects.exists()
    newest = camden.invitation(new, "CSC")
    assert browser().get(f"/r/{token_of(newest)}/", follow=True).status_code == 200


@pytest.mark.parametrize("end", ENDS, ids=[e.__name__ for e in ENDS])
def test_L3_who_is_not_asked_to_the_new_day_is_told_nothing_of_it(world, camden, meeting, slip, end):
    _postpone(camden, meeting)
    end(Meeting.objects.latest("pk"))
    assert ended(slip, slip.place) == ended(browser(), f"/r/{new_link(world.territory('camden'))[0]}/")


def test_who_had_the_slip_open_when_the_meeting_started_is_told(meeting, slip):
    slips.start(meeting)
    assert "This link ended when the meeting started" in text(slip.post(slip.place))


@pytest.mark.parametrize("token", ["x", "CMD-" + "a" * 43, "XXX-" + "a" * 43, "0" * 24, "CMD-" + "a" * 90])
def test_L3_whatever_else_is_tried_shows_one_page(world, token):
    assert ended(browser(), f"/r/{token}/") == ended(
        browser(), f"/r/{new_link(world.territory('camden'))[0]}/"
    )


def test_E4_links_are_not_tried_for_long(world):
    visitor = browser()
    statuses = {visitor.get("/r/x/").status_code for _ in range(61)}
    assert statuses == {410, 429}


def test_L3_a_cookie_opens_its_own_address_only(camden, meeting, slip):
    other = browser().get(f"/r/{token_of(camden.invitation(meeting, 'YOT'))}/").url
    assert slip.get(other).status_code == 410


def test_L1_the_token_of_a_contact_is_none_of_the_slip(world, camden, asked):
    token, digest = new_link(world.territory("camden"))
    Contact.objects.filter(pk=asked.contact_id).update(token_digest=digest)
    assert browser().get(f"/r/{token}/", follow=True).status_code == 410


def test_L3_twenty_answers_at_once_are_one(committed):
    with committed.scope():
        camden = Invited(committed)
        meeting = camden.meeting("CSC")
        invitations.send(meeting, by=camden.by)
        asked = camden.invitation(meeting, "CSC")
    token, statuses, together = token_of(asked), [], Barrier(20)

    def send() -> None:
        visitor = browser()
        place = visitor.get(f"/r/{token}/").url
        connection.close()
        together.wait(30)
        statuses.append(visitor.post(place).status_code)
        connection.close()

    threads = [Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with committed.scope():
        assert statuses == [302] * 20 and len(answers(asked)) == 1
