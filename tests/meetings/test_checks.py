"""An agency's own check of a case that it was told of, and the worker whom it names."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.timezone import localdate, now

from mappa_portal.exceptions import Conflict, StaleEdit
from meetings.actions import checks, meetings, notifications
from meetings.actions.checks import Check
from meetings.actions.notifications import Telling
from meetings.models import Meeting, Notification
from meetings.notifications.home import tasks
from outbox.jobs import run_jobs
from outbox.models import Message
from tests.meetings.notified import DEFAULT, KNOWN, events, notify, panel, save, told_outside
from tests.pages import text as words


@pytest.fixture
def meeting(camden):
    return panel(camden, "CSC", "YOT", "POL")


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
    assert stale.status_code == 409 and "Ada Worker" in stale.text
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


def test_told_again_an_agency_has_not_answered_yet(camden, meeting, told, world):
    save(told, by=world.camden_csc_spoc)
    notifications.withdraw(told, by=camden.by)
    chosen = {told.discussion_id: Telling(("name",))}
    when = {"check_by": localdate(), "by": camden.by, "at": now()}
    [again] = notifications.notify(meeting, camden.agency("CSC"), chosen=chosen, **when)
    assert again.pk == told.pk and (again.answer, again.worker, again.worker_email) == ("", "", "")
    assert not Notification.objects.exclude(answer="").exists()
    [task] = tasks(world.camden_csc_spoc, localdate())
    assert task.title.startswith("2 cases")


def test_an_overdue_check_outside_a_meeting_is_the_units_to_follow_up(camden, meeting):
    told = told_outside(camden, meeting.discussions.first().case)
    [late] = tasks(camden.by, localdate() + timedelta(days=1))
    assert (late.title, late.url) == ("1 overdue check", f"/cases/{told.case.reference}/agencies-told/")
