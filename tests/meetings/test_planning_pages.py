"""Setting a meeting up in the browser: every step, every text, nothing lost."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils.timezone import localdate

from meetings.forms.planning import TimeField
from meetings.models import Attendance, Discussion, Invitation, Meeting, PhoneCall, StandingInvitee
from tests.meetings import plans
from tests.pages import text as raw


@pytest.fixture
def browser(world) -> Client:
    return open_as(world, "camden_administrator")


def text(response) -> str:
    return unescape(raw(response))


def open_as(world, who: str) -> Client:
    client = Client()
    client.force_login(getattr(world, who))
    return client


def day_in(days: int, name="held_on") -> dict:
    day = localdate() + timedelta(days=days)
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def when(days=30, **more) -> dict:
    return {"level": 2, "starts_at": "10am", "minutes_long": 120, "place": "Town hall"} | day_in(days) | more


def standing(world, *slugs, level=2) -> None:
    unit = world.organisation("camden-mappa-unit")
    for slug in slugs:
        agency = world.organisation(slug)
        StandingInvitee.objects.create(
            territory=unit.territory, organisation=unit, level=level, agency=agency
        )


def fields_of(response) -> dict:
    """What the form would send as it stands: ticked boxes, chosen options, typed text, hidden values."""
    html = response.content.decode()
    data: dict[str, list] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name = re.search(r'name="([^"]*)"', tag)
        kind = (re.search(r'type="([^"]*)"', tag) or [None, "text"])[1]
        if name and not (kind in ("checkbox", "radio") and " checked" not in tag):
            data.setdefault(name[1], []).append((re.search(r'value="([^"]*)"', tag) or [None, ""])[1])
    return data


def test_from_the_list_to_the_invitations(world, browser):
    """Each page is sent as it stands: the date is all that has to be typed."""
    plans.contact(world, *plans.AGENCIES)
    standing(world, plans.AGENCIES[2])
    plans.case(world, "CMD-C-2026-001", born=plans.CHILD, since=date(2026, 1, 1))
    plans.case(world, "CMD-C-2026-002", level=3, since=date(2026, 1, 1))

    cases = browser.post("/meetings/new/", when(), follow=True)
    assert "30 days' notice, 14 needed. Send by" in text(cases) and "CMD-C-2026-001, never heard" in text(
        cases
    )
    agencies = browser.post(cases.redirect_chain[-1][0], fields_of(cases), follow=True)
    assert "Who must be there?" in text(agencies)
    check = browser.post(agencies.redirect_chain[-1][0], fields_of(agencies), follow=True)
    assert "Send 3 invitations" in text(check) and "CMD-C-2026-001 (under 18)" in text(check)
    done = browser.post(check.redirect_chain[-1][0], fields_of(check), follow=True)
    assert "3 invitations are on the way." in text(done) and "0 of 3 replied" in text(done)
    meeting = Meeting.objects.get()
    assert list(meeting.discussions.values_list("case__reference", flat=True)) == ["CMD-C-2026-001"]
    again = browser.get("/meetings/new/").content.decode()  # the next one begins like this one
    assert (
        "selected>Camden Mappa Chair" in again and 'value="Town hall"' in again and 'value="10:00"' in again
    )


WRONG = [  # what is typed, the words
    (when(-1), "Meeting date must be in the future"),
    (when(9), "Notice is 9 days, 5 short. Enter why this meeting cannot wait"),
    (when() | {"held_on_day": ""}, "Meeting date must include a day"),
    (when(place=""), "Enter a place or a video link"),
    (when(starts_at="10"), "Start time must be a time, like 10am or 2:30pm"),
    (when(starts_at=""), "Enter start time"),
    (when(minutes_long="5"), "Length in minutes must be 15 or more"),
    (when(level=""), "Select level"),
]


@pytest.mark.parametrize("typed, said", WRONG)
def test_what_is_wrong_is_said_and_what_was_typed_stays(world, browser, typed, said):
    page = browser.post("/meetings/new/", typed)
    assert said in text(page) and not Meeting.objects.exists()
    if typed.get("place"):
        assert 'value="Town hall"' in page.content.decode()


def test_short_notice_is_taken_with_its_reason(world, browser):
    plans.contact(world, plans.AGENCIES[0])
    browser.post("/meetings/new/", when(9, short_notice_reason="A release was brought forward."))
    meeting = Meeting.objects.get()
    case = plans.case(world, "CMD-C-2026-001")
    for step, data in [
        ("cases", {"cases": [case.reference], "revision": 1}),
        ("agencies", {"agencies": [plans.AGENCIES[0]], "revision": 2}),
        ("check", {}),
    ]:
        browser.post(f"/meetings/{meeting.reference}/{step}/", data)
    call = PhoneCall.objects.get()
    url = f"/meetings/{meeting.reference}/call/{plans.AGENCIES[0]}/"
    assert "Enter who you spoke to" in text(browser.post(url, {"outcome": "x"}))
    assert "Phone Camden Children's Services" in text(browser.get("/"))
    assert "Select what the agency replies" in text(browser.post(url, {"spoke_to": "Robin"}))
    typed = {"spoke_to": "Robin", "answer": "none"}
    assert "Enter what came of the call" in text(browser.post(url, typed))
    browser.post(url, typed | {"outcome": "Will ring back"})
    call.refresh_from_db()
    assert "This call was made. Enter a reply by telephone" in text(browser.get(url))
    assert (call.spoke_to, call.made_by) == ("Robin", world.camden_administrator)
    assert open_as(world, "camden_business_manager").get(url).status_code == 404


TIMES = [
    ("10am", "10:00"),
    ("2:30pm", "14:30"),
    ("2.30 PM", "14:30"),
    ("12am", "00:00"),
    ("12pm", "12:00"),
    ("14:30", "14:30"),
]


@pytest.mark.parametrize("typed, meant", TIMES)
def test_times_are_read_as_people_write_them(typed, meant):
    assert f"{TimeField(label='Start time').clean(typed):%H:%M}" == meant


def test_cases_are_found_by_reference(world, browser):
    meeting = plans.plan(world)
    plans.case(world, "CMD-C-2026-007", level=None)
    plans.case(world, "HCK-C-2026-001", level=None, borough="hackney")
    url = f"/meetings/{meeting.reference}/cases/"
    assert "No review falls due by" in text(browser.get(url))
    page = browser.post(url, {"more": "cmd-c-2026-007", "find": "1", "revision": meeting.revision})
    assert fields_of(page)["cases"] == ["CMD-C-2026-007"]
    wrong = browser.post(url, {"more": "HCK-C-2026-001", "revision": meeting.revision})
    assert "Camden MAPPA Unit has no case HCK-C-2026-001" in text(wrong)
    browser.post(url, {"more": "CMD-C-2026-007", "revision": meeting.revision})
    assert Discussion.objects.get().case.reference == "CMD-C-2026-007"


def test_an_unknown_age_is_asked(world, browser):
    meeting = plans.plan(world)
    plans.case(world, "CMD-C-2026-001", born=None)
    url = f"/meetings/{meeting.reference}/cases/"
    assert "CMD-C-2026-001: age on the day of the meeting" in text(browser.get(url))
    answer = {"cases": ["CMD-C-2026-001"], "age-CMD-C-2026-001": "yes", "revision": meeting.revision}
    page = browser.post(url, answer, follow=True)
    assert {"camden-childrens-services", "camden-youth-justice-service"} == set(fields_of(page)["agencies"])
    assert Discussion.objects.get().under_18_stated
    assert 'value="yes" selected' in browser.get(url).content.decode()  # going back keeps it


def test_the_responsible_childrens_services_are_asked_about_their_child_alone(world, browser):
    meeting = plans.plan(world)
    child, adult = plans.case(world, "CMD-C-2026-001", born=plans.CHILD), plans.case(world, "CMD-C-2026-002")
    child.responsible_csc = world.organisation("hackney-childrens-services")
    child.save()
    standing(world, "camden-adult-social-care")
    browser.post(
        f"/meetings/{meeting.reference}/cases/", {"cases": [child.reference, adult.reference], "revision": 1}
    )
    url = f"/meetings/{meeting.reference}/agencies/"
    page = browser.get(url)
    assert "Hackney Children's Services (for CMD-C-2026-001 only, has no contact)" in text(page)
    check = browser.post(url, fields_of(page), follow=True)
    assert "Hackney Children's Services has no contact. Add one" in text(check).replace("  ", " ")
    asked = Attendance.objects.filter(organisation__slug="hackney-childrens-services")
    assert [a.discussion.case for a in asked] == [child]


def test_agencies_differ_by_case(world, browser):
    cases = [plans.case(world, f"CMD-C-2026-00{n}") for n in (1, 2)]
    meeting = plans.plan(world, cases=cases)
    url = f"/meetings/{meeting.reference}/agencies/"
    assert "Select at least one agency" in text(browser.post(url, {"revision": meeting.revision}))
    found = browser.post(
        url, {"other": "hackney-adult-social-care", "find": "1", "revision": meeting.revision}
    )
    assert fields_of(found)["agencies"] == ["hackney-adult-social-care"]
    chosen = {"agencies": [plans.AGENCIES[0], "hackney-adult-social-care"], "by_case": "1"}
    matrix = browser.post(url, chosen | {"revision": meeting.revision}, follow=True)
    boxes = fields_of(matrix)
    assert len([name for name in boxes if "." in name]) == 4
    del boxes["hackney-adult-social-care.1"]
    check = browser.post(f"{url}by-case/", boxes, follow=True)
    assert "Hackney Adult Social Care (for CMD-C-2026-002)" in text(check)
    again = browser.post(url, fields_of(browser.get(url)), follow=True)  # the plain list keeps the difference
    assert "Hackney Adult Social Care (for CMD-C-2026-002)" in text(again)


def test_C2_a_stale_page_by_case_keeps_its_ticks(world, browser):
    cases = [plans.case(world, f"CMD-C-2026-00{n}") for n in (1, 2)]
    meeting = plans.plan(world, cases=cases, agencies=plans.AGENCIES[:2])
    url = f"/meetings/{meeting.reference}/agencies/by-case/"
    boxes = fields_of(browser.get(url))
    del boxes[f"{plans.AGENCIES[0]}.1"], boxes["csrfmiddlewaretoken"]
    Meeting.objects.filter(pk=meeting.pk).update(revision=meeting.revision + 1)
    stale = browser.post(url, boxes)
    again = fields_of(stale)
    assert stale.status_code == 409 and "Somebody else changed this meeting" in text(stale)
    assert {n for n in again if "." in n} == {n for n in boxes if "." in n}
    assert "(for CMD-C-2026-002)" in text(browser.post(url, again, follow=True))


def test_C2_somebody_elses_change_is_not_lost(world, browser):
    meeting = plans.plan(world, cases=[plans.case(world, "CMD-C-2026-001")])
    page = browser.post(
        f"/meetings/{meeting.reference}/agencies/", {"agencies": [plans.AGENCIES[0]], "revision": 1}
    )
    assert "Somebody else changed this meeting" in text(page) and not Invitation.objects.exists()
    assert fields_of(page)["agencies"] == [plans.AGENCIES[0]]


def test_who_is_missing_for_an_under_18_is_said(world, browser):
    case = plans.case(world, "CMD-C-2026-001", born=plans.CHILD)
    meeting = plans.plan(world, cases=[case], agencies=[plans.AGENCIES[0]])
    page = text(browser.get(f"/meetings/{meeting.reference}/check/"))
    assert "Youth Justice Service is not invited for CMD-C-2026-001" in page


@pytest.mark.parametrize("others", [plans.AGENCIES[2:], ()])
def test_C3_a_service_that_was_stood_down_is_not_ticked_again_for_an_under_18(world, browser, others):
    yot, child = plans.AGENCIES[1], plans.case(world, "CMD-C-2026-001", born=plans.CHILD)
    cases = [child, plans.case(world, "CMD-C-2026-002")]
    meeting = plans.plan(world, cases=cases, agencies=[yot, *others])
    browser.post(f"/meetings/{meeting.reference}/stand-down/{yot}/", {"which": "all", "reason": "R"})
    url = f"/meetings/{meeting.reference}/agencies/"
    page = browser.get(url)
    assert fields_of(page)["agencies"] == [plans.AGENCIES[0], *others][::-1]  # by name
    assert "(for CMD-C-2026-001 only, stood down: tick to invite again" in text(page)
    browser.post(url, fields_of(page) | {"agencies": [yot]})
    asked = Attendance.objects.required().filter(organisation__slug=yot)
    assert [a.discussion.case for a in asked] == [child]


ENDINGS = [
    ("cancel", {}, "Enter why the meeting is cancelled"),
    ("postpone", day_in(40), "Enter why the meeting is postponed"),
    ("postpone", {"reason": "R"} | day_in(-1), "Meeting date must be in the future"),
    (
        "postpone",
        {"reason": "R"} | day_in(3),
        "Notice is 3 days, 11 short. Enter why this meeting cannot wait",
    ),
    (f"stand-down/{plans.AGENCIES[0]}", {"which": "all"}, "Enter why the agency is not needed"),
]


@pytest.mark.parametrize("page, typed, said", ENDINGS)
def test_an_ending_says_why(world, browser, page, typed, said):
    case = plans.case(world, "CMD-C-2026-001")
    meeting = plans.plan(world, cases=[case], agencies=plans.AGENCIES[:1])
    usual = {"starts_at": "10am", "minutes_long": 120, "place": "Town hall"}
    assert said in text(browser.post(f"/meetings/{meeting.reference}/{page}/", usual | typed))
    meeting.refresh_from_db()
    assert meeting.is_planned


def test_each_way_it_can_end(world, browser):
    case = plans.case(world, "CMD-C-2026-001")
    usual = {"starts_at": "10am", "minutes_long": 120, "place": "Town hall", "reason": "R", "which": "all"}
    for page, typed, said in [
        ("cancel", {}, "Cancelled: R"),
        ("postpone", day_in(40), "It takes the place of the meeting of"),
        (f"stand-down/{plans.AGENCIES[0]}", {}, "was stood down on"),
    ]:
        meeting = plans.plan(world, cases=[case], agencies=plans.AGENCIES[:1])
        done = browser.post(f"/meetings/{meeting.reference}/{page}/", usual | typed, follow=True)
        assert said in text(done)
    for page, said in [("hold", "marked as held"), ("abandon", "marked as abandoned")]:
        meeting = plans.plan(world, cases=[case], agencies=plans.AGENCIES[:1])
        Meeting.objects.filter(pk=meeting.pk).update(held_on=localdate() - timedelta(days=1))
        assert "Was the meeting of" in text(browser.get("/"))
        assert "Was this meeting held?" in text(browser.get(f"/meetings/{meeting.reference}/"))
        assert said in text(browser.post(f"/meetings/{meeting.reference}/{page}/", usual, follow=True))


def test_standing_invitees_are_kept_by_level(world, browser):
    url = "/meetings/standing/"
    browser.post(url, {"level_2": [plans.AGENCIES[0], plans.AGENCIES[2]], "level_3": [plans.AGENCIES[1]]})
    page = browser.get(url)
    assert fields_of(page)["level_2"] == [plans.AGENCIES[2], plans.AGENCIES[0]]  # by name
    browser.post(url, {"level_2": [plans.AGENCIES[0]], "level_3": []})
    assert list(StandingInvitee.objects.values_list("level", "agency__slug")) == [(2, plans.AGENCIES[0])]
    assert open_as(world, "hackney_administrator").get(f"{url}?borough=camden").status_code == 404
    assert open_as(world, "camden_business_manager").get(url).status_code == 403
