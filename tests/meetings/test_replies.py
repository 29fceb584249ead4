"""Replies: by link without an account, in the portal, by telephone; one history, changed until the start (L1–L3)."""

import re
from datetime import timedelta
from random import randrange
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.utils.timezone import localtime, now

from boards.models import Organisation
from mappa_portal.exceptions import Conflict
from mappa_portal.words import weekday_date
from meetings.actions import invitations
from meetings.actions.meetings import postpone
from meetings.actions.replies import reply
from meetings.links import new_link
from meetings.models import Contact, Invitation, Meeting, Reply
from tests.meetings.calendars import read
from tests.meetings.invited import Invited

Answer, Channel = Reply.Answer, Reply.Channel
TOKEN = re.compile(r"/r/([A-Z]{3}-[\w-]{43})/")
SHOWN = re.compile(r'(?<=name="starts" value=")[^"]+')
WARNING = "This may not count towards the 90% attendance measure"


def browser(**more) -> Client:
    """At an address of its own: who tries ended links too often has to wait."""
    return Client(REMOTE_ADDR=f"10.{'.'.join(str(randrange(256)) for _ in range(3))}", **more)


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("&#x27;", "'")


def token_of(invitation: Invitation) -> str:
    return TOKEN.search(invitation.letter.text)[1]


@pytest.fixture
def meeting(camden):
    made = camden.meeting("CSC", "YOT")
    invitations.send(made, by=camden.by)
    return made


@pytest.fixture
def asked(camden, meeting):
    return camden.invitation(meeting, "CSC")


@pytest.fixture
def slip(asked):
    """A browser that came by the link; ``place`` is where it stands."""
    visitor = browser()
    visitor.place = visitor.get(f"/r/{token_of(asked)}/").url
    return visitor


def answers(invitation: Invitation) -> list[tuple]:
    return list(invitation.replies.values_list("number", "answer", "channel", "name").order_by("number"))


# -- The slip --


def test_two_clicks_from_the_letter_confirm_the_usual_representative(asked, slip):
    page = slip.get(slip.place)
    said = words(page)
    assert "Can Camden Children's Services attend?" in said and "Confirm Rep of CSC will attend" in said
    assert "Level 2 MAPPA meeting, Camden MAPPA Unit" in said and "10am to midday" in said
    assert "Team manager or above" in said and "CMD-C-" not in said and "CMD-M-" not in said
    assert answers(asked) == []

    done = slip.post(slip.place, follow=True)
    said = words(done)
    assert "Attendance confirmed" in said and "Rep of CSC will attend for Camden Children's Services" in said
    assert "Add to calendar" in said and "Change reply" in said and WARNING not in said
    assert answers(asked) == [(1, "attending", "link", "Rep of CSC")]


def test_L2_the_token_leaves_the_address_at_once(asked):
    token = token_of(asked)
    answer = browser().get(f"/r/{token}/someone-else/")
    assert answer.status_code == 303 and token not in answer.url and answer.url.endswith("/someone-else/")
    [cookie] = answer.cookies.values()
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["max-age"] == 3600
    assert answer.url.startswith(cookie["path"]) and len(cookie["path"]) > len("/r/")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex, nofollow" and answer["Cache-Control"] == "no-store"


def test_L2_fifty_fetches_change_nothing(asked, slip):
    before = _state()
    for _ in range(25):
        slip.get(slip.place)
        slip.head(slip.place)
    for page in ("", "someone-else/", "cannot-attend/", "meeting.ics"):
        for address in (slip.place, f"/r/{token_of(asked)}/"):
            assert browser().get(f"{address}{page}").status_code in (303, 410)
            assert slip.get(f"{address}{page}", follow=True).status_code == 200
    assert _state() == before


def _state() -> list:
    tables = ("meetings_reply", "meetings_invitation", "meetings_replylink", "outbox_message", "audit_draft")
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT row::text FROM {t} AS row" for t in tables))
        return sorted(cursor.fetchall())


def test_L2_an_answer_needs_the_token_of_its_form(asked):
    strict = browser(enforce_csrf_checks=True)
    place = strict.get(f"/r/{token_of(asked)}/").url
    assert strict.post(place).status_code == 403 and answers(asked) == []
    page = strict.get(place)
    form = {"csrfmiddlewaretoken": re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]}
    assert strict.post(place, form).status_code == 302 and len(answers(asked)) == 1


def test_somebody_else_attends_and_may_be_too_junior(asked, slip):
    page = slip.post(f"{slip.place}someone-else/", {})
    assert "Enter the representative's full name" in words(page)
    assert "Select the representative's seniority" in words(page)
    assert page.text.count("<title>Error: ") == 1

    given = {"name": "Pat Low", "job_title": "Social worker", "grade": "1"}
    page = slip.post(f"{slip.place}someone-else/", given, follow=True)
    assert "Attendance confirmed" in words(page) and WARNING in words(page)
    assert answers(asked) == [(1, "substitute", "link", "Pat Low")]
    assert asked.replies.get().grade == 1


def test_the_usual_representative_who_is_too_junior_is_warned_of_before(camden, asked, slip):
    Contact.objects.filter(pk=asked.contact_id).update(representative_grade=1)
    assert WARNING in words(slip.get(slip.place))


@pytest.mark.parametrize("report, answer", [("yes", "apologies_report"), ("no", "apologies")])
def test_nobody_can_attend(asked, slip, report, answer):
    page = slip.post(f"{slip.place}cannot-attend/", {})
    assert "Enter the reason" in words(page) and "Select yes if you will send a report" in words(page)
    page = slip.post(f"{slip.place}cannot-attend/", {"reason": "Inspection", "report": report}, follow=True)
    assert "Apologies recorded" in words(page)
    last = asked.replies.get()
    assert (last.answer, last.reason, last.name) == (answer, "Inspection", "")


def test_L3_a_changed_answer_is_the_next_row_and_the_same_one_changes_nothing(asked, slip):
    for _ in range(2):
        slip.post(slip.place)
    slip.post(f"{slip.place}cannot-attend/", {"reason": "Ill", "report": "no"})
    assert "Can Camden Children's Services attend?" in words(slip.get(f"{slip.place}?change=1"))
    slip.post(slip.place)
    assert [a for _, a, _, _ in answers(asked)] == ["attending", "apologies", "attending"]


def test_the_slip_names_the_unit_and_how_to_reach_it(camden, asked, slip):
    assert "Questions: Camden MAPPA Unit" in words(slip.get(slip.place))
    Organisation.objects.filter(pk=camden.unit.pk).update(phone="020 7946 0123", email="m@camden.example")
    for page in ("", "someone-else/", "cannot-attend/"):
        said = words(slip.get(f"{slip.place}{page}"))
        assert "Questions: Camden MAPPA Unit, 020 7946 0123, m@camden.example" in said


def test_the_calendar_file_invites_nobody_and_names_nobody(asked, slip):
    file = slip.get(f"{slip.place}meeting.ics")
    assert file["Content-Type"].startswith("text/calendar") and "meeting.ics" in file["Content-Disposition"]
    method, event = read(file.content.decode())
    assert method == "PUBLISH" and "attendee" not in event.contents
    assert event.uid.value == read(asked.letter.calendar)[1].uid.value
    assert "csc@" not in file.text and "Rep of" not in file.text and "CMD-" not in file.text


def test_two_links_are_open_side_by_side(camden, meeting):
    visitor = browser()
    places = {c: visitor.get(f"/r/{token_of(camden.invitation(meeting, c))}/").url for c in ("CSC", "YOT")}
    visitor.post(places["CSC"])
    assert answers(camden.invitation(meeting, "CSC")) and not answers(camden.invitation(meeting, "YOT"))
    assert "Confirm Rep of YOT will attend" in words(visitor.get(places["YOT"]))


# -- Links that have ended --


def ended(visitor, address: str) -> str:
    """What a link that is no more shows; everything that differs between two answers is left out."""
    answer = visitor.get(address, follow=True)
    assert answer.status_code == 410, address
    return re.sub(r"[0-9a-f]{24}", "", words(answer))


def _start(meeting):
    at = localtime() - timedelta(minutes=1)
    Meeting.objects.filter(pk=meeting.pk).update(held_on=at.date(), starts_at=at.time())
    meeting.invitations.get(agency__agency_type="CSC").links.update(
        starts=Meeting.objects.get(pk=meeting.pk).starts
    )


def _cancel(meeting):
    Meeting.objects.filter(pk=meeting.pk).update(status="cancelled")


def _move(meeting):
    Meeting.objects.filter(pk=meeting.pk).update(held_on=meeting.held_on + timedelta(days=1))


def _replace(meeting):
    Contact.objects.filter(agency__agency_type="CSC").update(ended_on=meeting.held_on)


def _correct(meeting):
    Contact.objects.filter(agency__agency_type="CSC").update(email="new@camden.example")


def _stand_down(meeting):
    meeting.invitations.filter(agency__agency_type="CSC").update(stood_down_at=now())


ENDS = [_start, _cancel, _replace, _correct, _stand_down]


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
    _move(meeting)
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
    said = words(slip.get(slip.place))
    assert f"The meeting was moved to {weekday_date(new.held_on)}, 10am to midday." in said
    assert (
        "The newest letter about it holds the link to reply." in said
        and "Questions: Camden MAPPA Unit" in said
    )
    assert "Rep of CSC" not in said and "Jo Marsh" not in said and "CMD-" not in said
    again = browser().get(f"/r/{old}/cannot-attend/", follow=True)
    assert again.status_code == 410 and "The meeting was moved to" in words(again)
    assert slip.post(slip.place).status_code == 410 and not Reply.objects.exists()
    newest = camden.invitation(new, "CSC")
    assert browser().get(f"/r/{token_of(newest)}/", follow=True).status_code == 200


@pytest.mark.parametrize("end", ENDS, ids=[e.__name__ for e in ENDS])
def test_L3_who_is_not_asked_to_the_new_day_is_told_nothing_of_it(world, camden, meeting, slip, end):
    _postpone(camden, meeting)
    end(Meeting.objects.latest("pk"))
    assert ended(slip, slip.place) == ended(browser(), f"/r/{new_link(world.territory('camden'))[0]}/")


def test_who_had_the_slip_open_when_the_meeting_started_is_told(meeting, slip):
    _start(meeting)
    assert "This link ended when the meeting started" in words(slip.post(slip.place))


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


# -- In the portal and by telephone --

WHO = [
    ("camden_csc_spoc", 200, "portal"),
    ("camden_administrator", 200, "phone"),
    ("camden_mappa_chair", 200, "phone"),
    ("camden_police_spoc", 404, None),
    ("camden_board_chair", 404, None),
    ("hackney_csc_spoc", 404, None),
    ("hackney_administrator", 404, None),
    ("smb_chair", 404, None),
]


@pytest.mark.parametrize("who, status, channel", WHO)
def test_the_agency_answers_in_the_portal_and_the_unit_for_who_telephones(
    world, asked, client, who, status, channel
):
    client.force_login(getattr(world, who))
    address = f"/meetings/{asked.meeting.reference}/invitations/{asked.agency.slug}/answer/"
    assert client.get(address).status_code == status
    assert client.post(address).status_code == (302 if status == 200 else status)
    assert [c for _, _, c, _ in answers(asked)] == [channel] * (status == 200)
    if channel:
        assert asked.replies.get().answered_by == getattr(world, who)


def test_one_history_whatever_the_way(world, asked, slip, client):
    slip.post(slip.place)
    client.force_login(world.camden_administrator)
    page = f"/meetings/{asked.meeting.reference}/invitations/{asked.agency.slug}/"
    done = client.post(f"{page}answer/cannot-attend/", {"reason": "Rang: ill", "report": "yes"}, follow=True)
    said = words(done)
    assert "The reply of Camden Children's Services is recorded." in said
    assert [(a, c) for _, a, c, _ in answers(asked)] == [("attending", "link"), ("apologies_report", "phone")]
    assert said.index("Apologies, with a report Telephone, Camden Administrator") < said.index(
        "Representative will attend Reply link"
    )


WAYS = [
    ("", {}, ""),
    ("someone-else/", {"name": "Pat Low", "job_title": "", "grade": "3"}, 'value="Pat Low"'),
    ("cannot-attend/", {"reason": "Inspection", "report": "no"}, "Inspection</textarea>"),
]


@pytest.mark.parametrize("who", ["camden_csc_spoc", "camden_administrator"])
@pytest.mark.parametrize("way, typed, kept", WAYS)
def test_a_reply_to_the_date_before_is_refused_with_the_new_one(
    world, camden, meeting, asked, client, who, way, typed, kept
):
    client.force_login(getattr(world, who))
    address = f"/meetings/{meeting.reference}/invitations/{asked.agency.slug}/answer/{way}"
    before = SHOWN.search(client.get(address).text)[0]
    invitations.withdraw(camden.invitation(meeting, "YOT"), by=camden.by)  # is no other date
    _move(meeting)
    invitations.announce_change(meeting, by=camden.by)
    refused = client.post(address, typed | {"starts": before})
    new = Meeting.objects.get(pk=meeting.pk)
    assert f"It is now on {weekday_date(new.held_on)}" in words(refused) and kept in refused.text
    assert answers(asked) == []
    client.post(address, typed | {"starts": SHOWN.search(refused.text)[0]})
    assert len(answers(asked)) == 1


def test_who_may_not_answer(world, asked):
    def by(user, channel):
        reply(asked, answer=Answer.ATTENDING, channel=channel, by=user)

    for user, channel in (
        (world.camden_csc_spoc, Channel.PHONE),
        (world.camden_administrator, Channel.PORTAL),
        (world.camden_police_spoc, Channel.PORTAL),
    ):
        with pytest.raises(PermissionDenied):
            by(user, channel)


def test_answers_end_when_the_meeting_starts(meeting, asked):
    _start(meeting)
    with pytest.raises(Conflict, match="Replies end when the meeting starts"):
        reply(asked, answer=Answer.ATTENDING, channel=Channel.LINK)


def test_a_substitute_has_a_name_and_a_grade(asked):
    with pytest.raises(ValidationError) as refused:
        reply(asked, answer=Answer.SUBSTITUTE, channel=Channel.LINK)
    assert set(refused.value.message_dict) == {"name", "grade"}


def test_an_answer_to_the_old_date_holds_no_longer(camden, meeting, asked):
    reply(asked, answer=Answer.ATTENDING, channel=Channel.LINK)
    assert camden.invitation(meeting, "CSC").answer
    _move(meeting)
    invitations.announce_change(meeting, by=camden.by)
    assert camden.invitation(meeting, "CSC").answer is None
    assert Invitation.objects.unanswered().count() == 2
    again = reply(asked, answer=Answer.ATTENDING, channel=Channel.LINK)
    assert again.number == 2 and Invitation.objects.unanswered().count() == 1
