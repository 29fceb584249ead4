"""Replies: by link without an account, in the portal, by telephone; one history, changed until the start (L1–L3)."""

import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from boards.models import Organisation
from mappa_portal.exceptions import Conflict
from mappa_portal.words import weekday_date
from meetings.actions import invitations
from meetings.actions.replies import reply
from meetings.models import Contact, Invitation, Meeting, Reply
from tests.meetings import slips
from tests.meetings.calendars import read
from tests.meetings.slips import SHOWN, answers, browser, token_of
from tests.pages import text

Answer, Channel = Reply.Answer, Reply.Channel
WARNING = "This may not count towards the 90% attendance measure"


@pytest.fixture
def meeting(called):
    return called


# -- The slip --


def test_two_clicks_from_the_letter_confirm_the_usual_representative(asked, slip):
    page = slip.get(slip.place)
    said = text(page)
    assert "Can Camden Children's Services attend?" in said and "Confirm Rep of CSC will attend" in said
    assert "Level 2 MAPPA meeting, Camden MAPPA Unit" in said and "10am to midday" in said
    assert "Team manager or above" in said and "CMD-C-" not in said and "CMD-M-" not in said
    assert answers(asked) == []

    done = slip.post(slip.place, follow=True)
    said = text(done)
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
    assert "Enter the representative's full name" in text(page)
    assert "Select the representative's seniority" in text(page)
    assert page.text.count("<title>Error: ") == 1

    given = {"name": "Pat Low", "job_title": "Social worker", "grade": "1"}
    page = slip.post(f"{slip.place}someone-else/", given, follow=True)
    assert "Attendance confirmed" in text(page) and WARNING in text(page)
    assert answers(asked) == [(1, "substitute", "link", "Pat Low")]
    assert asked.replies.get().grade == 1


def test_the_usual_representative_who_is_too_junior_is_warned_of_before(camden, asked, slip):
    Contact.objects.filter(pk=asked.contact_id).update(representative_grade=1)
    assert WARNING in text(slip.get(slip.place))


@pytest.mark.parametrize("report, answer", [("yes", "apologies_report"), ("no", "apologies")])
def test_nobody_can_attend(asked, slip, report, answer):
    page = slip.post(f"{slip.place}cannot-attend/", {})
    assert "Enter the reason" in text(page) and "Select yes if you will send a report" in text(page)
    page = slip.post(f"{slip.place}cannot-attend/", {"reason": "Inspection", "report": report}, follow=True)
    assert "Apologies recorded" in text(page)
    last = asked.replies.get()
    assert (last.answer, last.reason, last.name) == (answer, "Inspection", "")


def test_L3_a_changed_answer_is_the_next_row_and_the_same_one_changes_nothing(asked, slip):
    for _ in range(2):
        slip.post(slip.place)
    slip.post(f"{slip.place}cannot-attend/", {"reason": "Ill", "report": "no"})
    assert "Can Camden Children's Services attend?" in text(slip.get(f"{slip.place}?change=1"))
    slip.post(slip.place)
    assert [a for _, a, _, _ in answers(asked)] == ["attending", "apologies", "attending"]


def test_the_slip_names_the_unit_and_how_to_reach_it(camden, asked, slip):
    assert "Questions: Camden MAPPA Unit" in text(slip.get(slip.place))
    Organisation.objects.filter(pk=camden.unit.pk).update(phone="020 7946 0123", email="m@camden.example")
    for page in ("", "someone-else/", "cannot-attend/"):
        said = text(slip.get(f"{slip.place}{page}"))
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
    assert "Confirm Rep of YOT will attend" in text(visitor.get(places["YOT"]))


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
    said = text(done)
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
    slips.move(meeting)
    invitations.announce_change(meeting, by=camden.by)
    refused = client.post(address, typed | {"starts": before})
    new = Meeting.objects.get(pk=meeting.pk)
    assert f"It is now on {weekday_date(new.held_on)}" in text(refused) and kept in refused.text
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
    slips.start(meeting)
    with pytest.raises(Conflict, match="Replies end when the meeting starts"):
        reply(asked, answer=Answer.ATTENDING, channel=Channel.LINK)


def test_a_substitute_has_a_name_and_a_grade(asked):
    with pytest.raises(ValidationError) as refused:
        reply(asked, answer=Answer.SUBSTITUTE, channel=Channel.LINK)
    assert set(refused.value.message_dict) == {"name", "grade"}


def test_an_answer_to_the_old_date_holds_no_longer(camden, meeting, asked):
    reply(asked, answer=Answer.ATTENDING, channel=Channel.LINK)
    assert camden.invitation(meeting, "CSC").answer
    slips.move(meeting)
    invitations.announce_change(meeting, by=camden.by)
    assert camden.invitation(meeting, "CSC").answer is None
    assert Invitation.objects.unanswered().count() == 2
    again = reply(asked, answer=Answer.ATTENDING, channel=Channel.LINK)
    assert again.number == 2 and Invitation.objects.unanswered().count() == 1
