"""Telling agencies of the cases of a panel: what each may know, its own check, the worker, and what came of it."""

import json
import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.timezone import localdate, now

from audit.models import Draft, Event
from boards.roles import Seat
from mappa_portal.exceptions import Conflict, StaleEdit
from meetings.actions import checks, meetings, notifications, standing_down
from meetings.actions.checks import Check
from meetings.actions.inviting_again import invite_again
from meetings.actions.notifications import Telling
from meetings.models import Meeting, Notification
from meetings.notifications.home import tasks
from outbox.jobs import run_jobs
from outbox.models import Message
from tests.factories import person
from tests.meetings.notified import SAID, WHY, decide, notify, panel, subject
from tests.pages import text as words

DEFAULT = ("name", "birth_date", "address")
KNOWN = Check("known", "Ada Worker", "Social worker", "ada@camden.example", "020 7946 0000")


@pytest.fixture
def meeting(camden):
    return panel(camden, "CSC", "YOT", "POL")


def events(name: str) -> int:
    return sum(table.objects.filter(name=name).count() for table in (Draft, Event))


def save(notification, check=KNOWN, *, by, revision=None):
    notification.refresh_from_db()
    return checks.save([(notification, check, revision or notification.revision)], by=by, at=now())


def page(browser_of, who: str, notification) -> str:
    return browser_of(who).get(f"/notifications/{notification.key}/").text


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
    preview = browser.post(url, sent).text
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
    assert any(e.reason.endswith("may know name, address, why") for e in sent_events)
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
    ],
)
def test_only_the_mappa_unit_notifies(camden, meeting, browser_of, who, status):
    url = f"/meetings/{meeting.reference}/notifications/camden-childrens-services/"
    assert browser_of(who).get(url).status_code == status


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


# -- What an agency reads --


@pytest.mark.parametrize("given", [(), ("name",), ("birth_date", "address"), ("category",), DEFAULT])
def test_an_agency_reads_what_it_was_given_and_nothing_else(camden, meeting, browser_of, given):
    told = notify(camden, meeting, "CSC", *given)[0]
    text = page(browser_of, "camden_csc_spoc", told)
    for code, canaries in SAID.items():
        assert (canaries[0] in text) == (code in given), code
    assert told.case.reference in text


def test_the_copy_is_frozen(camden, meeting, browser_of):
    told = notify(camden, meeting, "CSC", "name")[0]
    told.case.personal = ""
    told.case.save()
    assert "Jo Canary" in page(browser_of, "camden_csc_spoc", told)


def test_each_look_is_an_event_and_the_list_opens_nothing(camden, meeting, browser_of):
    notify(camden, meeting, "CSC", *DEFAULT)
    browser = browser_of("camden_csc_spoc")
    listed = browser.get("/notifications/").text
    assert "0 of 2 checked" in listed and "Jo Canary" not in listed and events("notification.viewed") == 0
    assert "Jo Canary" in browser.get(f"/meetings/{meeting.reference}/checks/camden-childrens-services/").text
    assert events("notification.viewed") == 2


def test_who_reads(camden, meeting, browser_of):
    told = notify(camden, meeting, "CSC", *DEFAULT)[0]
    person("camden_csc_referrer", camden.agency("CSC"), Seat.REFERRER)
    person("camden_csc_substitute", camden.agency("CSC"), Seat.SUBSTITUTE)
    expected = {
        **dict.fromkeys(("camden_csc_spoc", "camden_csc_substitute"), 200),
        **dict.fromkeys(("camden_csc_referrer", "camden_police_spoc", "camden_administrator"), 404),
        **dict.fromkeys(("camden_board_chair", "hackney_csc_spoc", "co_ordinator", "nobody"), 404),
    }
    for who, status in expected.items():
        assert browser_of(who).get(f"/notifications/{told.key}/").status_code == status, who


# -- Closing --


def test_withdrawn_by_mistake_closes_the_page_at_once_and_opens_again(camden, meeting, browser_of, world):
    told = notify(camden, meeting, "CSC", *DEFAULT)[0]
    spoc, ours = browser_of("camden_csc_spoc"), browser_of("camden_administrator")
    url = f"/notifications/{told.key}/"
    assert spoc.post(f"{url}withdraw/").status_code == 403
    assert ours.post(f"{url}withdraw/").status_code == 302 and spoc.get(url).status_code == 404
    assert ours.post(f"{url}withdraw/").status_code in (302, 409) and events("notification.withdrawn") == 1
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


# -- The agency's own check --


@pytest.fixture
def told(camden, meeting):
    return notify(camden, meeting, "CSC", *DEFAULT)[0]


def test_checks_are_saved_all_on_one_page_and_one_by_one(camden, meeting, told, browser_of):
    browser = browser_of("camden_csc_spoc")
    two = Notification.objects.exclude(pk=told.pk).get()
    url = f"/meetings/{meeting.reference}/checks/camden-childrens-services/"
    sent = {f"{n.key}-revision": n.revision for n in (told, two)}
    assert "Select what your records say of at least one case" in browser.post(url, sent).text
    missing = browser.post(url, sent | {f"{told.key}-answer": "related"}).text
    assert "Enter the name of the worker to invite" in missing and "Error: " in missing
    worker = {f"{told.key}-worker": "Ada Worker", f"{told.key}-worker_email": "ada@camden.example"}
    assert browser.post(url, sent | worker | {f"{told.key}-answer": "related"}).status_code == 302
    assert "1 of 2 checked" in browser.get("/notifications/").text
    one = browser.post(f"/notifications/{two.key}/", {f"{two.key}-revision": two.revision})
    assert "Select what your records say" in one.text
    sent = {f"{two.key}-revision": two.revision, f"{two.key}-answer": "unknown"}
    assert browser.post(f"/notifications/{two.key}/", sent).status_code == 302
    ours = words(browser_of("camden_administrator").get(f"/meetings/{meeting.reference}/"))
    assert "Related to a family we work with" in ours and "Not known to us" in ours


def test_a_stale_save_is_refused_and_what_was_typed_is_kept(camden, told, world, browser_of):
    save(told, by=world.camden_csc_spoc)
    sent = {f"{told.key}-revision": told.revision, f"{told.key}-answer": "unknown"}
    stale = browser_of("camden_csc_spoc").post(f"/notifications/{told.key}/", sent)
    assert stale.status_code == 302 or "Ada Worker" in stale.text
    save(told, KNOWN, by=world.camden_csc_spoc)
    sent[f"{told.key}-revision"] = 1
    stale = browser_of("camden_csc_spoc").post(f"/notifications/{told.key}/", sent)
    assert (
        stale.status_code == 409
        and "Camden Csc Spoc changed this: Known to us, worker Ada Worker" in stale.text
    )
    assert 'value="unknown"' in re.search(r"<input[^>]*checked[^>]*>", stale.text)[0]
    with pytest.raises(StaleEdit):
        checks.save([(told, KNOWN, 1)], by=world.camden_csc_spoc, at=now())


def test_only_the_agency_checks_and_only_until_the_meeting_starts(camden, told, world):
    for who in ("camden_administrator", "camden_police_spoc", "hackney_csc_spoc"):
        with pytest.raises(PermissionDenied):
            save(told, by=getattr(world, who))
    saved = save(told, by=world.camden_csc_spoc)[0]
    assert save(told, by=world.camden_csc_spoc)[0].revision == saved.revision  # the same again is nothing new
    assert events("notification.checked") == 1
    Meeting.objects.filter(pk=told.discussion.meeting_id).update(held_on=localdate() - timedelta(days=1))
    with pytest.raises(Conflict, match="started"):
        save(told, Check("unknown"), by=world.camden_csc_spoc)


def test_overdue_checks_are_chased_once(camden, meeting, told):
    late = localdate() + timedelta(days=15)
    assert checks.promise_chases(localdate()) == 0
    assert checks.promise_chases(late) == checks.promise_chases(late) == 1
    Notification.objects.update(check_by=localdate() - timedelta(days=1))
    run_jobs()
    assert Message.objects.filter(subject__contains="Overdue: cases to check").count() == 1
    assert events("notification.chased") == 2 and checks.promise_chases(localdate()) == 0


def test_home_asks_the_agency_to_check_and_the_unit_to_invite(camden, meeting, told, world):
    today = localdate()
    [task] = tasks(world.camden_csc_spoc, today)
    assert (task.verb, task.due) == ("Check", told.check_by) and task.title.startswith(
        "2 cases of the meeting of"
    )
    assert not list(tasks(world.camden_police_spoc, today)) and not list(tasks(camden.by, today))
    [late] = tasks(camden.by, told.check_by + timedelta(days=1))
    assert (late.verb, late.title, late.waiting[:8]) == ("Follow up", "2 overdue checks", "1 agency")
    save(told, by=world.camden_csc_spoc)
    [task] = tasks(camden.by, today)
    assert (task.verb, task.title[:8]) == ("Invite", "1 worker")


# -- The worker --


def test_the_worker_is_invited_once_and_hears_of_a_change(camden, meeting, told, world):
    with pytest.raises(Conflict):
        checks.invite_worker(told, by=camden.by, at=now())
    save(told, by=world.camden_csc_spoc)
    with pytest.raises(PermissionDenied):
        checks.invite_worker(told, by=world.camden_csc_spoc, at=now())
    checks.invite_worker(told, by=camden.by, at=now())
    with pytest.raises(Conflict):
        checks.invite_worker(told, by=camden.by, at=now())
    letter = Message.objects.get(kind="worker_invited")
    assert letter.to_email == "ada@camden.example" and "METHOD:PUBLISH" in letter.calendar
    assert not re.search(r"Canary|CMD-C|1981", letter.subject + letter.text + letter.html + letter.calendar)
    meeting.refresh_from_db()
    place = {"place": "Another room"}
    meetings.change(meeting, revision=meeting.revision, by=camden.by, at=now(), **place)
    notifications.withdraw(told, by=camden.by)
    subjects = list(
        Message.objects.filter(kind="worker_invited").order_by("pk").values_list("subject", flat=True)
    )
    assert [s.split(":")[0] for s in subjects[1:]] == ["[OFFICIAL] Changed", "[OFFICIAL] Not needed"]


# -- After the meeting --


def test_after_the_meeting_the_agency_copies_note_and_flag(camden, meeting, told, world, browser_of):
    save(told, by=world.camden_csc_spoc)
    url = f"/notifications/{told.key}/"
    browser = browser_of("camden_csc_spoc")
    assert browser.get(f"{url}warning-flag/").status_code == 409
    decide(camden, meeting)
    text = browser.get(url).text
    for said in (
        "Text for your case file",
        "The meeting decided: Level 2",
        "Canary action of CSC",
        "known to us",
    ):
        assert said in text, said
    assert "Canary action of POL" not in text and "Canary risk" not in text
    flag = browser.get(f"{url}warning-flag/")
    assert flag["Content-Disposition"].startswith("attachment") and events("notification.exported") == 1
    data = json.loads(flag.content)
    assert data["person"] == {
        "name": "Jo Canary",
        "aliases": ["Birdie"],
        "birth_date": "1981-05-17",
        "address": "9 Canary Row",
    }
    assert data["level"] == 2 and data["next_review_on"] and "category" not in data
    assert "Decided" in browser.get("/notifications/").text


@pytest.mark.parametrize("given", [(), ("name",), ("address",), ("category", "birth_date")])
def test_note_and_flag_hold_nothing_that_was_not_given(camden, meeting, browser_of, given):
    told = notify(camden, meeting, "CSC", *given)[0]
    decide(camden, meeting)
    browser, url = browser_of("camden_csc_spoc"), f"/notifications/{told.key}/"
    said = browser.get(url).text + browser.get(f"{url}warning-flag/").text
    for code, canaries in SAID.items():
        assert any(canary in said for canary in canaries) == (code in given), code


# -- Costs --


def test_the_pages_cost_the_same_however_many_cases(camden, browser_of, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = {}
    for number in (2, 6):
        meeting = panel(camden, "CSC", cases=number)
        notify(camden, meeting, "CSC", *DEFAULT)
        for who, url in (
            ("camden_administrator", f"/meetings/{meeting.reference}/"),
            ("camden_csc_spoc", "/"),
        ):
            browser = browser_of(who)
            browser.get(url)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                browser.get(url)
            counts.setdefault(url.split("CMD")[0], set()).add(len(asked))
    assert all(len(found) == 1 for found in counts.values()), counts
