"""The pages of referrals: the form, a page a topic; the list; screening; figures. And what they never show."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from audit.models import Event
from boards.roles import Seat
from meetings.models import Discussion, Meeting
from referrals.actions import referrals as actions
from referrals.actions import screening
from referrals.models import Case, Referral
from referrals.referring.figures import working_days
from referrals.referring.form_a import SECTIONS
from tests.factories import appoint
from tests.pages import text
from tests.referrals.referring import (
    CANARY,
    answers,
    endorsed,
    filled,
    referrer,
    sent_referral,
    started,
    submitted,
)

DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(page: str, referral: Referral, *more) -> str:
    return reverse(f"referral:{page}", args=[referral.reference, *more])


def typed(section: int, revision: int, **changed) -> dict:
    """The answers as a browser sends them: days in three fields."""
    sent = {"revision": revision, "then": "next"}
    for key, value in {**answers(section), **changed}.items():
        if isinstance(value, str) and (day := DAY.fullmatch(value)):
            sent |= {
                f"{key}_{part}": n for part, n in zip(("year", "month", "day"), day.groups(), strict=True)
            }
        else:
            sent[key] = value
    return sent


def test_a_referral_goes_from_the_form_to_the_decision_by_its_pages(world):
    writer, spoc, unit = (
        browser(referrer(world)),
        browser(world.camden_csc_spoc),
        browser(world.camden_administrator),
    )
    assert "No referrals waiting" in text(writer.get("/referrals/"))
    sent = {"agency": "camden-childrens-services", "borough": "camden", "level_asked": "2"}
    page = writer.post("/referrals/new/", sent, follow=True)
    assert "1 of 14 complete" in text(page) and "Cannot start yet" in text(page)
    referral = Referral.objects.get()
    for number in range(1, len(SECTIONS)):
        data = typed(number, 1)
        if number == 9:
            data = {"revision": 1, "then": "next", "0-name": "Canary Child"}
        assert writer.post(url("section", referral, number), data).status_code == 302, number
    assert "A manager of Camden Children's Services" in text(writer.get(url("check", referral)))
    spoc.post(url("endorse", referral), {"agreed": "on"})
    assert "Send referral" in text(writer.get(url("check", referral)))
    writer.post(url("submit", referral))
    page = unit.get(url("screen", referral))
    assert CANARY in text(page) and "Take the lowest level that does" in text(page)
    data = {"outcome": "level_3", "reason": "High", "revision": page.context["form"].initial["revision"]}
    assert "The referral is accepted. Put case CMD-C" in text(
        unit.post(url("screen", referral), data, follow=True)
    )
    page = text(writer.get(url("detail", referral)))
    assert "Accepted at Level 3" in page and "Filled in a section of a referral: Victims" in page


def typed_day(name: str, *day: int) -> str:
    return "&".join(f"{name}_{part}={n}" for part, n in zip(("day", "month", "year"), day, strict=True))


def test_C2_two_who_save_one_section_see_both_wordings_and_lose_none(world):
    referral = started(world)
    page, at = browser(referrer(world)), url("section", referral, 8)
    page.post(at, {"revision": 1, "victims": "Theirs", "then": "later"})
    refused = page.post(at, {"revision": 1, "victims": "Mine", "then": "next"})
    assert refused.status_code == 409 and "Theirs" in text(refused) and "Mine" in text(refused)
    section = referral.sections.get(number=8)
    assert section.answers == {"victims": "Theirs"} and not section.is_done


def test_children_are_added_one_after_another_and_an_emptied_one_goes(world):
    referral = started(world)
    page, at = browser(referrer(world)), url("section", referral, 9)
    page.post(at, {"revision": 1, "0-name": "First", "then": "another"})
    assert "Child 2: Name" in text(page.get(at))
    page.post(at, {"revision": 2, "0-name": "", "1-name": "Second", "then": "next"})
    assert [one["name"] for one in referral.sections.get(number=9).answers["each"]] == ["Second"]


def test_a_childs_birth_date_in_the_future_is_refused_and_what_was_typed_stays(world):
    referral = started(world)
    born = {f"0-birth_date_{part}": n for part, n in (("day", "1"), ("month", "1"), ("year", "2996"))}
    data = {"revision": 1, "0-name": "First", **born, "then": "next"}
    page = browser(referrer(world)).post(url("section", referral, 9), data)
    assert "Date of birth must be in the past" in text(page) and "2996" in page.content.decode()
    assert referral.sections.get(number=9).answers == {}


FAULTS = [  # section, what is typed otherwise, what the page says
    (1, {"category": ""}, "Select the MAPPA category"),
    (10, {"added_value": ""}, "Enter why Level 1 cannot manage the risk"),
    (2, {"birth_date_year": "2996"}, "Date of birth must be in the past"),
    (2, {"birth_date_month": "13"}, "Date of birth must be a real date"),
    (7, {"harm_staff": ""}, "Select the risk of serious harm to staff"),
    (12, {"agencies": []}, "Select at least one agency"),
    (1, {"category": "1"}, "Category 1 is referred by prison or probation"),
]


@pytest.mark.parametrize("number, otherwise, said", FAULTS)
def test_what_is_missing_or_wrong_is_said_beside_it(world, number, otherwise, said):
    referral = started(world)
    page = browser(referrer(world)).post(url("section", referral, number), typed(number, 1) | otherwise)
    assert said in text(page) and not referral.sections.get(number=number).is_done


def test_what_is_missing_may_wait(world):
    referral = started(world)
    browser(referrer(world)).post(
        url("section", referral, 10), {"revision": 1, "plan": "Half", "then": "later"}
    )
    assert "In progress" in text(browser(referrer(world)).get(url("form", referral)))


SCREENED = [({"reason": "x"}, "Select a decision"), ({"outcome": "more"}, "Enter the reason")]


@pytest.mark.parametrize("data, said", SCREENED)
def test_a_decision_and_its_reason_are_needed(world, data, said):
    referral = submitted(world)
    page = browser(world.camden_administrator).post(
        url("screen", referral), data | {"revision": referral.revision}
    )
    assert said in text(page)


def test_the_unit_chooses_the_case_of_the_same_person_or_a_new_one(world):
    first, by = submitted(world), world.camden_administrator
    usual = {"outcome": "level_2", "reason": "x", "case": None, "by": by, "at": now()}
    case = screening.accept(first, **usual, revision=first.revision).case
    second = submitted(world)
    data = {"outcome": "level_2", "reason": "Again", "revision": second.revision}
    page = browser(by).post(url("screen", second), data)
    assert "Select which case it is, or a new case" in text(page) and case.reference in text(page)
    browser(by).post(url("screen", second), data | {"case": case.reference})
    second.refresh_from_db()
    assert second.case == case and Case.objects.count() == 1


def test_another_persons_decision_is_told_and_nothing_is_done_twice(world):
    referral, by = submitted(world), world.camden_administrator
    data = {"outcome": "declined", "reason": "x", "revision": referral.revision}
    assert browser(by).post(url("screen", referral), data).status_code == 302
    again = browser(by).post(url("screen", referral), data | {"reason": "y"})
    assert again.status_code == 409 and "Camden Administrator decided on this referral" in text(again)


WHO_READS = [
    ("camden_administrator", 200),
    ("camden_csc_spoc", 200),
    ("camden_mappa_chair", 403),
    ("camden_business_manager", 404),
    ("hackney_administrator", 404),
    ("smb_chair", 404),
]


@pytest.mark.parametrize("who, status", WHO_READS)
def test_H1_who_reads_it_and_each_look_is_on_record(world, who, status):
    referral = submitted(world)
    page = browser(getattr(world, who)).get(url("detail", referral))
    assert page.status_code == status
    assert Event.objects.filter(name="referral.viewed").count() == (status == 200)
    title = re.search(r"<title>(.*?)</title>", page.content.decode(), re.DOTALL)[1]
    assert "Canary" not in title and (CANARY in text(page)) == (status == 200)


LISTED = [("", {1, 2}), ("status=accepted", {3}), ("status=all", {1, 2, 3}), ("status=overdue", set())]


@pytest.mark.parametrize("query, shown", LISTED)
def test_the_list_shows_what_waits_the_oldest_first(world, query, shown):
    by = world.camden_administrator
    for _ in range(3):
        last = submitted(world)
    usual = {"outcome": "level_2", "reason": "x", "case": None, "by": by, "at": now()}
    screening.accept(last, **usual, revision=last.revision)
    page = text(browser(by).get(f"/referrals/?{query}"))
    found = [int(n) for n in re.findall(r"CMD-A-\d+-00(\d) ", page)]
    assert set(found) == shown and found == sorted(found)
    assert "Canary" not in page


def test_the_list_costs_no_more_queries_for_more_referrals(world, django_assert_max_num_queries):
    client = browser(world.camden_administrator)
    submitted(world)
    client.get("/referrals/")
    submitted(world), submitted(world)
    with django_assert_max_num_queries(14):
        client.get("/referrals/")


def test_home_says_whose_turn_it_is(world):
    referral = filled(world)
    assert f"Endorse referral {referral}" in text(browser(world.camden_csc_spoc).get("/"))
    actions.endorse(referral, by=world.camden_csc_spoc, at=now())
    assert f"Send referral {referral}" in text(browser(referrer(world)).get("/"))
    actions.submit(referral, by=referrer(world), at=now())
    page = text(browser(world.camden_administrator).get("/"))
    assert f"Decide on referral {referral}" in page and "Canary" not in page


def test_figures_count_by_agency_category_and_outcome(world):
    by = world.camden_administrator
    usual = {"outcome": "level_2", "reason": "x", "case": None, "by": by, "at": now() - timedelta(days=7)}
    first, _ = submitted(world), submitted(world)
    Referral.objects.filter(pk=first.pk).update(first_submitted_at=now() - timedelta(days=14))
    accepted = screening.accept(first, **usual, revision=first.revision)
    common = {"territory": first.territory}
    meeting = Meeting.objects.create(
        **common, organisation=first.unit, reference="M1", level=2, held_on=localdate(), status="held"
    )
    Discussion.objects.create(**common, meeting=meeting, case=accepted.case)
    page = text(browser(by).get("/referrals/figures/"))
    days = working_days(localdate() - timedelta(days=14), localdate())
    assert "2 referrals sent" in page and f"{days} working days in the middle, of 1 referral heard" in page
    lines = browser(by).get("/referrals/figures.csv").content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("Camden Children's Services,3,2,1,0,0,0,0,1")
    assert "0 referrals sent" in text(browser(world.hackney_administrator).get("/referrals/figures/"))


def test_H1_an_export_is_on_record_in_each_borough_of_which_something_leaves(world):
    sent_referral(world, "camden"), sent_referral(world, "hackney")
    appoint(world.camden_administrator, world.organisation("hackney-mappa-unit"), Seat.ADMINISTRATOR)
    appoint(world.camden_administrator, world.organisation("islington-mappa-unit"), Seat.ADMINISTRATOR)
    browser(world.camden_administrator).get("/referrals/figures.csv")
    exported = Event.objects.filter(name="referrals.exported")
    assert sorted(exported.values_list("territory__slug", flat=True)) == ["camden", "hackney"]


def test_what_is_returned_and_sent_again_stays_in_the_year_of_its_first_sending(world):
    referral, by = submitted(world), world.camden_administrator
    Referral.objects.update(first_submitted_at=datetime(2026, 3, 30, 9, tzinfo=UTC))
    common = {"revision": referral.revision, "by": by, "at": now()}
    referral = screening.ask_for_more(referral, reason="x", **common)
    actions.submit(
        actions.endorse(referral, by=world.camden_csc_spoc, at=now()), by=referrer(world), at=now()
    )
    assert "1 referral sent" in text(browser(by).get("/referrals/figures/?year=2025"))
    assert "0 referrals sent" in text(browser(by).get("/referrals/figures/?year=2026"))


PERIODS = [  # what is asked, what the heading says, how many were sent then
    ("", "2026 to 2027", 2),
    ("year=2025", "2025 to 2026", 0),
    ("year=2026&quarter=1", "1 April 2026 to 30 June 2026", 1),
    ("year=2026&quarter=3", "1 October 2026 to 31 December 2026", 1),
    ("year=x&quarter=9", "2026 to 2027", 2),
    (f"{typed_day('start', 1, 5, 2026)}&{typed_day('end', 1, 5, 2026)}", "1 May 2026 to 1 May 2026", 1),
]


@pytest.mark.parametrize("query, label, sent", PERIODS)
def test_figures_of_a_year_a_quarter_or_any_days(world, query, label, sent):
    submitted(world)
    other = submitted(world)
    Referral.objects.update(first_submitted_at=datetime(2026, 11, 3, 9, tzinfo=UTC))
    Referral.objects.filter(pk=other.pk).update(first_submitted_at=datetime(2026, 4, 30, 23, 30, tzinfo=UTC))
    page = text(browser(world.camden_administrator).get(f"/referrals/figures/?{query}"))
    assert f"in figures, {label}" in page and f"{sent} referral{'s' * (sent != 1)} sent" in page


WRONG_DAYS = [
    (typed_day("start", 1, 5, 2026), "Enter the last day too"),
    (f"{typed_day('start', 2, 5, 2026)}&{typed_day('end', 1, 5, 2026)}", "same as or after the first day"),
    (f"{typed_day('start', 31, 2, 2026)}&{typed_day('end', 1, 5, 2026)}", "must be a real date"),
]


@pytest.mark.parametrize("query, said", WRONG_DAYS)
def test_days_that_are_no_period_are_told_beside_them(world, query, said):
    assert said in text(browser(world.camden_administrator).get(f"/referrals/figures/?{query}"))


def test_a_boards_people_find_no_referrals(world):
    for who in ("camden_board_chair", "camden_business_manager", "smb_chair", "camden_mappa_chair"):
        assert browser(getattr(world, who)).get("/referrals/").status_code == 403


SUBSTITUTES = ["camden_police_spoc", "hackney_csc_spoc"]  # they refer, for their own agencies


@pytest.mark.parametrize("who", SUBSTITUTES)
def test_a_seat_that_does_not_refer_lets_nothing_of_that_agency_be_listed_found_or_counted(world, who):
    referral, by = submitted(world), getattr(world, who)
    appoint(by, referral.organisation, Seat.SUBSTITUTE)
    client = browser(by)
    assert client.get(url("detail", referral)).status_code == 403
    assert str(referral) not in text(client.get("/referrals/?status=all"))
    assert url("detail", referral) not in client.get(f"/search/?q={referral}").content.decode()
    assert "0 referrals sent" in text(client.get("/referrals/figures/"))
    assert "Camden Children" not in client.get("/referrals/figures.csv").content.decode()


READERS = [
    *("camden_csc_spoc", "camden_csc_referrer", "camden_administrator", "camden_mappa_chair"),
    *("camden_police_spoc", "hackney_administrator", "co_ordinator", "camden_board_chair"),
]


@pytest.mark.parametrize("made", [filled, endorsed, submitted])
def test_what_is_listed_is_what_its_page_shows(world, made):
    referral = made(world)
    for by in (getattr(world, who) for who in READERS):
        opens = browser(by).get(url("detail", referral)).status_code == 200
        assert Referral.objects.read_by(by).exists() == opens, by


def test_it_is_found_by_its_reference(world):
    referral = endorsed(world)
    assert url("detail", referral) in browser(referrer(world)).get(f"/search/?q={referral}").content.decode()
    assert (
        url("detail", referral)
        not in browser(world.camden_administrator).get(f"/search/?q={referral}").content.decode()
    )
