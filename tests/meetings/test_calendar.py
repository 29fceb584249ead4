"""The calendar and the page of a meeting: what a unit sees, and what an invited agency sees of it."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate, now

from meetings.actions.agenda import choose_agencies, choose_cases
from meetings.actions.invitations import send
from meetings.actions.meetings import send_invitations
from meetings.models import Invitation, Meeting, Reply
from tests.meetings import plans
from tests.meetings.test_planning_pages import open_as, text


@pytest.fixture
def cases(world):
    plans.contact(world, *plans.AGENCIES)
    return [plans.case(world, f"CMD-C-2026-00{n}") for n in (1, 2)]


def invited(world, cases, days=30, agencies=plans.AGENCIES) -> Meeting:
    meeting = plans.plan(world, in_days=days, cases=cases, agencies=agencies)
    send_invitations(meeting, by=world.camden_administrator, at=now(), reason="Now." if days < 14 else "")
    meeting.refresh_from_db()
    return meeting


def reply(meeting: Meeting, slug: str, number=1, name="Robin Reply") -> None:
    invitation = Invitation.objects.get(meeting=meeting, agency__slug=slug)
    Reply.objects.create(
        territory=meeting.territory,
        invitation=invitation,
        number=number,
        answer="attending",
        name=name,
        channel="phone",
        answered_at=now(),
    )


def test_the_unit_reads_what_is_coming_and_how_ready_it_is(world, cases):
    browser = open_as(world, "camden_administrator")
    assert "No meetings are planned." in text(browser.get("/meetings/"))
    meeting = invited(world, cases)
    reply(meeting, plans.AGENCIES[0])
    reply(meeting, plans.AGENCIES[0], number=2)
    plans.plan(world, in_days=20)
    page = text(browser.get("/meetings/"))
    assert "Week of" in page and "30 days" in page and "1 of 3 replied" in page
    assert "Send by" in page and "Not invited yet" in page
    detail = text(browser.get(f"/meetings/{meeting.reference}/"))
    assert "1 of 3 replied" in detail and "Representative will attend by telephone: Robin Reply" in detail
    assert "Set up a meeting" in detail and "Stand down Camden Adult Social Care" in detail


def test_filters_stand_in_the_address(world, cases):
    browser = open_as(world, "camden_administrator")
    meeting = plans.plan(world, in_days=30, level=3)
    day = meeting.held_on
    month = browser.get(f"/meetings/?month={day:%Y-%m}")
    assert meeting.reference in text(month) and f"Meetings in {day:%B %Y}" in text(month)
    assert "No meetings in May 2020." in text(browser.get("/meetings/?month=2020-05"))
    assert "No meeting matches these filters." in text(browser.get("/meetings/?when=past"))
    assert meeting.reference not in text(browser.get("/meetings/?level=2"))
    for odd in ("month=2020-13", "month=x", "when=x", "level=7", "borough=hackney"):
        assert browser.get(f"/meetings/?{odd}").status_code == 200


@pytest.mark.parametrize("status", ["cancelled", "postponed", "abandoned"])
@pytest.mark.parametrize("who", ["camden_administrator", "camden_csc_spoc"])
def test_a_month_shows_what_was_called_off_as_such(world, cases, status, who):
    meeting = invited(world, cases)
    address = f"/meetings/?month={meeting.held_on:%Y-%m}"
    assert status not in text(open_as(world, who).get(address)).partition("Apply filters")[2].lower()
    Meeting.objects.update(status=status)
    page = text(open_as(world, who).get(address)).partition("Apply filters")[2]
    assert f"level 2, {status}" in page and status.capitalize() in page
    assert "Send by" not in page and "Short notice" not in page and "30 days" not in page


def test_a_calendar_costs_the_same_with_more_meetings(world, cases, django_assert_max_num_queries):
    browser = open_as(world, "camden_administrator")

    def queries(address: str) -> int:
        with django_assert_max_num_queries(30) as seen:
            assert browser.get(address).status_code == 200
        return len(seen)

    for address in ("/meetings/", "/meetings/?when=past", f"/meetings/?month={localdate():%Y-%m}"):
        plans.plan(world, in_days=1)
        queries(address)
        few = queries(address)
        for n in range(3):
            plans.plan(world, in_days=n + 1, cases=cases, agencies=plans.AGENCIES)
        assert queries(address) == few


def test_the_page_of_a_meeting_costs_the_same_with_more_agencies(world, cases, django_assert_max_num_queries):
    browser = open_as(world, "camden_administrator")

    def queries(meeting) -> int:
        with django_assert_max_num_queries(45) as seen:
            assert browser.get(f"/meetings/{meeting.reference}/").status_code == 200
        return len(seen)

    small, large = invited(world, cases[:1], agencies=plans.AGENCIES[:1]), invited(world, cases)
    queries(small)
    assert queries(small) == queries(large)


def test_an_agency_sees_its_own_cases_and_its_own_reply(world, cases):
    meeting = invited(world, cases[:1])
    for slug, name in zip(plans.AGENCIES, ("Robin Csc", "Robin Yot", "Robin Asc"), strict=True):
        reply(meeting, slug, name=name)
    by = world.camden_administrator
    ids = {world.organisation(s).pk: [cases[0].pk] for s in plans.AGENCIES}
    meeting = choose_agencies(meeting, parts=ids, revision=meeting.revision, by=by)
    other = plans.plan(world, cases=cases, agencies=plans.AGENCIES[1:2])
    browser = open_as(world, "camden_csc_spoc")
    listed = text(browser.get("/meetings/"))
    assert meeting.reference in listed and other.reference not in listed and "replied" not in listed
    page = text(browser.get(f"/meetings/{meeting.reference}/"))
    assert "Town hall" in page and "CMD-C-2026-001" in page and "Robin Csc" in page
    assert "Robin Yot" not in page and "Adult Social Care" not in page and "CMD-C-2026-002" not in page
    assert "Stand down" not in page and "Postpone" not in page and "Change the reply" in page
    assert browser.get(f"/meetings/{other.reference}/").status_code == 404
    choose_cases(meeting, cases={cases[0].pk: None, cases[1].pk: None}, revision=meeting.revision, by=by)
    assert "CMD-C-2026-002" in text(browser.get(f"/meetings/{meeting.reference}/"))  # told already: at once


AGENCY_MAY_NOT = ["change", "cases", "agencies", "agencies/by-case", "check", "cancel", "postpone", "abandon"]


def test_an_agency_changes_nothing(world, cases):
    meeting = invited(world, cases)
    browser = open_as(world, "camden_csc_spoc")
    for page in [*AGENCY_MAY_NOT, "stand-down/camden-adult-social-care", "call/camden-adult-social-care"]:
        for method in (browser.get, browser.post):
            assert method(f"/meetings/{meeting.reference}/{page}/").status_code == 403, page
    assert browser.post(f"/meetings/{meeting.reference}/hold/").status_code == 403


def test_who_is_not_invited_yet_sees_nothing(world, cases):
    meeting = plans.plan(world, cases=cases, agencies=plans.AGENCIES)
    for who in ("camden_csc_spoc", "camden_board_chair", "hackney_administrator", "co_ordinator"):
        assert open_as(world, who).get(f"/meetings/{meeting.reference}/").status_code == 404
    send(meeting, by=world.camden_administrator)
    assert open_as(world, "camden_csc_spoc").get(f"/meetings/{meeting.reference}/").status_code == 200


def test_home_says_until_when_to_send(world, cases):
    browser = open_as(world, "camden_administrator")
    plans.plan(world, in_days=27)  # the last day is in 13 days
    later = plans.plan(world, in_days=60)
    page = text(browser.get("/"))
    assert "Send the invitations to" in page and later.reference not in page
    day = localdate() + timedelta(days=27)
    assert f"the level 2 meeting of {day.day} {day:%B %Y}" in page


def test_across_the_area_meetings_are_figures_and_escalations(world):
    page = open_as(world, "co_ordinator").get("/meetings/")
    assert "Each borough’s MAPPA unit keeps its own." in text(page)
    assert 'href="/region/"' in page.content.decode() and 'href="/escalations/"' in page.content.decode()
