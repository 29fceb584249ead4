"""Telling agencies of the cases of a panel: what each may know, and what closes it again."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.timezone import localdate, now

from audit.models import Draft, Event
from boards.roles import Seat
from mappa_portal.exceptions import Conflict
from mappa_portal.words import long_date
from meetings.actions import meetings, notifications, standing_down
from meetings.actions.inviting_again import invite_again
from meetings.actions.notifications import Telling
from meetings.models import Discussion, Meeting, Notification
from outbox.models import Message
from referrals.actions.endings import end
from referrals.endings import Ending
from tests.factories import person
from tests.meetings.notified import (
    DEFAULT,
    WHY,
    decide,
    events,
    notify,
    page,
    panel,
    save,
    subject,
    told_outside,
)
from tests.pages import text as words


@pytest.fixture
def meeting(camden):
    return panel(camden, "CSC", "YOT", "POL")


# -- Telling --


def test_the_administrator_chooses_previews_and_notifies(camden, meeting, browser_of, world):
    browser = browser_of("camden_administrator")
    url = f"/meetings/{meeting.reference}/notifications/camden-childrens-services/"
    first = browser.get(url).text
    assert (
        "Jo Canary" not in first and first.count("checked") >= 8
    )  # told, and three of five ticked, for two cases
    refs = [d.case.reference for d in meeting.discussions.select_related("case")]
    day = meeting.held_on - timedelta(days=7)
    sent = {"check_by_day": day.day, "check_by_month": day.month, "check_by_year": day.year}
    sent |= {f"tell-{ref}": "on" for ref in refs} | {
        f"may-{refs[0]}": ["name", "address"],
        f"why-{refs[0]}": WHY,
    }
    past = {"check_by_year": day.year - 1}
    assert "must be today or in the future" in browser.post(url, sent | past).text
    preview = browser.post(url, sent).text
    assert f"asked to check by {long_date(day)}" in preview
    assert "Jo Canary" in preview and WHY in preview and "The reference alone" in preview
    assert "17 May 1981" not in preview and not Notification.objects.exists()
    assert "Notify Camden Children&#x27;s Services of 2 cases" in preview
    again = browser.post(url, sent | {"confirmed": "yes", "again": "yes"}).text
    assert WHY in again and not Notification.objects.exists()
    assert browser.post(url, sent | {"confirmed": "yes"}).status_code == 302
    one, two = Notification.objects.order_by("pk")
    assert (one.may_know, two.may_know) == (["name", "address"], [])
    assert (
        "Not notified yet" in browser.get(f"/meetings/{meeting.reference}/notifications/").text
    )  # the others
    assert events("notification.sent") == 2
    sent_events = [e for table in (Draft, Event) for e in table.objects.filter(name="notification.sent")]
    assert {e.recipient for e in sent_events} == {"Camden Children's Services"}
    assert any(e.reason.endswith("may know name and other names, address, why") for e in sent_events)
    letters = Message.objects.filter(kind="cases_to_check")
    assert [m.to_email for m in letters] == ["camden_csc_spoc@example.org"]
    for text in (letters[0].subject, letters[0].text, letters[0].html):
        assert not re.search(r"Canary|CMD-C|1981", text)
    assert "Check 2 cases in your own records by" in letters[0].text


@pytest.mark.parametrize(
    "who, status",
    [
        ("camden_mappa_chair", 200),
        ("camden_csc_spoc", 403),
        ("camden_board_chair", 404),
        ("hackney_administrator", 404),
        ("camden_auditor", 403),  # of the MAPPA unit
    ],
)
def test_only_the_mappa_unit_notifies(camden, meeting, browser_of, who, status):
    person("camden_auditor", meeting.organisation, Seat.AUDITOR)
    for address in ("camden-childrens-services/", ""):
        url = f"/meetings/{meeting.reference}/notifications/{address}"
        assert browser_of(who).get(url).status_code == status, url


def test_wrong_person_wrong_moment_second_try(camden, meeting, world):
    with pytest.raises(PermissionDenied):
        notify(camden, meeting, "CSC", by=world.camden_csc_spoc)
    notify(camden, meeting, "CSC", *DEFAULT)
    with pytest.raises(ValidationError, match="Select at least one case"):
        notify(camden, meeting, "CSC", *DEFAULT)
    with pytest.raises(ValidationError, match="Select at least one case"):
        notify(camden, meeting, "ASC")  # not asked to this meeting
    Meeting.objects.filter(pk=meeting.pk).update(held_on=localdate() - timedelta(days=1))
    with pytest.raises(Conflict):
        notify(camden, meeting, "YOT")
    assert Message.objects.filter(kind="cases_to_check").count() == 1


@pytest.mark.parametrize(
    "days, text", [(-1, "today or in the future"), (22, "same as or before the meeting")]
)
def test_the_day_to_check_by_lies_between_today_and_the_meeting(camden, meeting, days, text):
    with pytest.raises(ValidationError, match=text):
        notify(camden, meeting, "CSC", check_by=localdate() + timedelta(days=days))


def test_an_agency_without_anybody_who_answers_is_not_told(camden):
    meeting = panel(camden, "CSC", "ASC")
    world_spoc = camden.world.camden_asc_spoc
    world_spoc.is_active = False
    world_spoc.save()
    with pytest.raises(ValidationError, match="Nobody of Camden Adult Social Care can sign in"):
        notify(camden, meeting, "ASC")


def test_level_1_is_told_by_the_lead_agencys_word_alone(camden, meeting, world):
    [first, _] = meeting.discussions.select_related("case__territory")
    first.case.levels.all().delete()
    subject(first.case, level=1)
    with pytest.raises(ValidationError, match="at Level 1"):
        notify(camden, meeting, "CSC")
    values = {"telling": Telling(("name",)), "word_by": "Lee Brandt, police", "check_by": localdate()}
    tell = lambda **more: notifications.notify_by_word(  # noqa: E731
        first.case,
        camden.agency("CSC"),
        **values | {"word_on": localdate(), "by": camden.by, "at": now()} | more,
    )
    with pytest.raises(PermissionDenied):
        tell(by=world.camden_csc_spoc)
    with pytest.raises(ValidationError, match="today or in the past"):
        tell(word_on=localdate() + timedelta(days=1))
    told = tell()
    assert told.discussion == first and told.word_by == "Lee Brandt, police"  # beside the agenda
    with pytest.raises(ValidationError, match="was told of this case already"):
        tell()


def test_outside_a_meeting_the_page_asks_who_said_so(camden, meeting, browser_of):
    case = meeting.discussions.first().case
    browser, url = browser_of("camden_administrator"), f"/cases/{case.reference}/notify/"
    assert (
        "Enter who of the lead agency said so"
        in browser.post(url, {"agency": "camden-adult-social-care"}).text
    )
    person("camden_asc_spoc", camden.agency("ASC"), Seat.SPOC)
    today = localdate()
    day = {
        f"{n}_{part}": getattr(today, part)
        for n in ("word_on", "check_by")
        for part in ("day", "month", "year")
    }
    sent = {"agency": "camden-adult-social-care", "word_by": "Lee Brandt", **day, "confirmed": "yes"}
    assert browser.post(url, sent).status_code == 302
    told = Notification.objects.get()
    assert told.discussion is None and told.word_on == today
    assert "Lee Brandt" not in page(browser_of, "camden_asc_spoc", told)


# -- Closing --


def test_withdrawn_by_mistake_closes_the_page_at_once_and_opens_again(camden, meeting, browser_of, world):
    told = notify(camden, meeting, "CSC", *DEFAULT)[0]
    spoc, ours = browser_of("camden_csc_spoc"), browser_of("camden_administrator")
    url = f"/notifications/{told.key}/"
    assert spoc.post(f"{url}withdraw/").status_code == 403
    assert ours.post(f"{url}withdraw/").status_code == 302 and spoc.get(url).status_code == 404
    assert ours.post(f"{url}withdraw/").status_code == 409 and events("notification.withdrawn") == 1
    assert ours.post(f"{url}open-again/").status_code == 302 and spoc.get(url).status_code == 200
    with pytest.raises(Conflict):
        notifications.open_again(told, by=camden.by)


def test_standing_an_agency_down_closes_its_pages(camden, meeting, browser_of):
    one, two = notify(camden, meeting, "CSC", *DEFAULT)
    other = notify(camden, meeting, "YOT", "name")[0]
    down = {"reason": "Not needed", "by": camden.by, "at": now()}
    standing_down.stand_down(camden.invitation(meeting, "CSC"), discussion=one.discussion, **down)
    assert [n.is_open for n in Notification.objects.order_by("pk")] == [False, True, True, True]
    standing_down.stand_down(camden.invitation(meeting, "CSC"), **down)
    assert browser_of("camden_csc_spoc").get(f"/notifications/{two.key}/").status_code == 404
    assert browser_of("camden_yot_spoc").get(f"/notifications/{other.key}/").status_code == 200
    with pytest.raises(Conflict, match="Invite the agency again"):
        notifications.open_again(two, by=camden.by)
    invite_again(camden.invitation(meeting, "CSC"), by=camden.by, at=now())
    assert notifications.open_again(two, by=camden.by).is_open


def test_cancelling_closes_and_postponing_takes_along(camden, meeting, world):
    told = notify(camden, meeting, "CSC", *DEFAULT)[0]
    save(told, by=world.camden_csc_spoc)
    day = {"held_on": meeting.held_on + timedelta(days=7)}
    following = meetings.postpone(meeting, reason="Snow", by=camden.by, at=now(), **day)
    told.refresh_from_db()
    assert told.is_open and told.discussion.meeting == following and told.answer == "known"
    meetings.cancel(following, reason="No cases", by=camden.by, at=now())
    assert not Notification.objects.open().exists()


def test_told_outside_a_meeting_is_withdrawn_and_opened_again_beside_the_case(camden, meeting, browser_of):
    told = told_outside(camden, meeting.discussions.first().case)
    ours, theirs = browser_of("camden_administrator"), browser_of("camden_asc_spoc")
    beside, url = f"/cases/{told.case.reference}/agencies-told/", f"/notifications/{told.key}/"
    assert beside in ours.get(f"/cases/{told.case.reference}/").text
    assert (
        "by the word of Lee Brandt, police" in words(ours.get(beside)) and theirs.get(url).status_code == 200
    )
    assert ours.post(f"{url}withdraw/")["Location"] == beside
    assert "Open again" in words(ours.get(beside)) and theirs.get(url).status_code == 404
    told_outside(camden, told.case)
    assert "Open again" not in words(ours.get(beside)), "the newer one stands"
    with pytest.raises(Conflict):
        notifications.open_again(told, by=camden.by)


def test_the_end_of_a_case_closes_what_no_panel_will_hear(camden, meeting, world):
    [first, second] = notify(camden, meeting, "CSC", *DEFAULT)
    outside = told_outside(camden, first.case)
    held = panel(camden, "CSC", cases=1)
    Discussion.objects.filter(meeting=held).update(case=first.case)
    heard = notify(camden, held, "CSC", "name")[0]
    decide(camden, held)
    over = {"ending": Ending.ORDER, "on": localdate(), "reason": "The order ended"}
    end(first.case, **over, today=localdate(), by=camden.by)
    still = {n.pk: n.is_open for n in Notification.objects.all()}
    assert still == {first.pk: False, outside.pk: False, heard.pk: True, second.pk: True}
    for closed in (first, outside):
        with pytest.raises(Conflict):
            notifications.open_again(closed, by=camden.by)
