"""Referrals in figures through REST, and what is released of them: who gets which rendition, frozen once it is out."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, transaction

from audit.models import Event
from boards.roles import Seat
from referrals.actions.figures import due_on, release, told
from referrals.models import Referral, ReferralRelease
from tests.factories import appoint
from tests.pages import text
from tests.referrals.referring import sent_referral, submitted
from tests.referrals.test_referral_pages import browser

AT = datetime(2026, 7, 1, 5, tzinfo=UTC)
ADDRESS = "/api/v1/referral-figures/?borough=camden&year=2025/26"


def sent(world, number: int = 1, on=datetime(2025, 6, 2, 9, tzinfo=UTC)) -> None:
    for _ in range(number):
        submitted(world)
    Referral.objects.update(first_submitted_at=on)


def released(world, number: int = 1) -> ReferralRelease:
    sent(world, number)
    return release(world.territory("camden"), at=AT)


YEARS = [((2026, 6, 30), 2024), ((2026, 7, 1), 2025), ((2027, 3, 31), 2025), ((2027, 7, 1), 2026)]


@pytest.mark.parametrize("day, year", YEARS)
def test_a_year_is_released_three_months_after_its_end(day, year):
    assert due_on(date(*day)).start.year == year


def test_S3_it_is_released_once_and_stays_and_holds_no_small_number(world):
    made = released(world)
    assert {line.value for line in told(made) if line.of != "median_days"} == {"c"}
    assert release(world.territory("camden"), at=AT) is None
    assert Event.objects.filter(name="referrals.released").count() <= 1
    with pytest.raises(DatabaseError), transaction.atomic():
        ReferralRelease.objects.update(lines=[])


def test_a_borough_that_sent_none_yet_releases_nothing(world):
    assert release(world.territory("camden"), at=AT) is None


WHO = [  # person, status, rendition, what is counted
    ("camden_administrator", 200, "restricted", "all"),
    ("camden_csc_referrer", 200, "restricted", "own"),
    ("camden_csc_spoc", 200, "restricted", "own"),
    ("camden_mappa_chair", 200, "shareable", "all"),
    ("camden_board_chair", 200, "shareable", "all"),
    ("smb_chair", 200, "shareable", "all"),
    ("co_ordinator", 200, "shareable", "all"),
    ("hackney_administrator", 404, None, None),
    ("leeds_co_ordinator", 404, None, None),
    ("nobody", 404, None, None),
]


@pytest.mark.parametrize("who, status, rendition, counted", WHO)
def test_S1_who_gets_exact_figures_and_who_those_for_all(world, who, status, rendition, counted):
    released(world)
    answer = browser(getattr(world, who)).get(ADDRESS)
    assert answer.status_code == status
    if status == 200:
        said = answer.json()
        assert (said["rendition"], said["counted"]) == (rendition, counted)
        total = next(row for row in said["results"] if row["of"] == "sent")
        hidden = {"value": None, "symbol": "c", "suppressed": True}
        exact = {"value": 1, "symbol": "", "suppressed": False}
        assert total == {"by": "all", "of": "sent", "label": "Sent"} | (
            exact if rendition == "restricted" else hidden
        )


def test_another_agency_counts_its_own_alone(world):
    released(world)
    answer = browser(world.camden_police_spoc).get(ADDRESS).json()
    assert answer["counted"] == "own" and not any(row["value"] for row in answer["results"])


def test_a_seat_that_does_not_refer_adds_nothing_to_an_agencys_own(world):
    sent(world)
    by = world.camden_police_spoc
    appoint(by, world.organisation("camden-childrens-services"), Seat.SUBSTITUTE)
    answer = browser(by).get(ADDRESS).json()
    assert answer["counted"] == "own" and not any(row["value"] for row in answer["results"])


ASKED = [
    ("borough=atlantis&year=2025/26", 400, "borough"),
    ("year=2025/26", 400, "borough"),
    ("borough=camden&year=2025/27", 400, "year"),
    ("borough=camden&year=x", 400, "year"),
    ("borough=camden&year=2025/26&rendition=all", 400, "rendition"),
    ("borough=camden&year=2024/25&rendition=shareable", 404, None),
]


@pytest.mark.parametrize("query, status, named", ASKED)
def test_what_cannot_be_asked_is_named(world, query, status, named):
    answer = browser(world.camden_administrator).get(f"/api/v1/referral-figures/?{query}")
    assert answer.status_code == status
    assert named is None or named in answer.content.decode()


def test_X1_as_a_table_it_is_recorded_and_marked_by_its_rendition(world):
    released(world)
    for who, marking in (("camden_administrator", "OFFICIAL-SENSITIVE"), ("smb_chair", "OFFICIAL")):
        answer = browser(getattr(world, who)).get(ADDRESS, headers={"accept": "text/csv"})
        first, *lines = answer.content.decode().splitlines()
        assert len(lines) == 1 + 4 + 5 + 6 + 2  # all; by agency, category and outcome; heard and its days
        assert first == "by,of,label,value,symbol,suppressed,Marking"
        assert all(line.endswith(f",{marking}") for line in lines)
    assert Event.objects.filter(name="referrals.exported").count() == 2


def test_H1_an_agency_of_several_boroughs_exports_on_record_in_the_borough(world):
    browser(world.camden_police_spoc).get(ADDRESS, headers={"accept": "text/csv"})
    assert Event.objects.get(name="referrals.exported").territory.slug == "camden"


def test_unchanged_figures_cost_nothing(world):
    released(world)
    client = browser(world.camden_administrator)
    tag = client.get(ADDRESS)["ETag"]
    assert client.get(ADDRESS, headers={"if-none-match": tag}).status_code == 304


def test_figures_cost_no_more_queries_for_more_referrals(world, django_assert_max_num_queries):
    sent(world)
    sent_referral(world, "camden")
    client = browser(world.camden_administrator)
    client.get(ADDRESS)
    counts = []
    for more in (1, 3):
        sent(world, more)
        with django_assert_max_num_queries(20) as counted:
            client.get(ADDRESS)
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_the_page_of_released_figures_is_for_everybody_in_the_area(world):
    made = released(world)
    address = f"/referrals/figures/shared/?borough=camden&year={made.year}"
    for who in ("camden_board_chair", "smb_chair", "camden_csc_spoc"):
        page = text(browser(getattr(world, who)).get(address))
        assert "Referrals in Camden, 2025 to 2026" in page and "[c]" in page and "hidden to protect" in page
    assert browser(world.hackney_administrator).get(address).status_code == 404
    assert "Nothing is released yet" in text(
        browser(world.hackney_administrator).get("/referrals/figures/shared/")
    )
    table = browser(world.smb_chair).get(f"/referrals/figures/shared/export/?borough=camden&year={made.year}")
    assert "Camden,2025 to 2026,All,Sent,[c],OFFICIAL" in table.content.decode("utf-8-sig")
    assert f"/referrals/figures/shared/?borough=camden&amp;year={made.year}" in (
        browser(world.smb_chair).get("/boroughs/camden/").content.decode()
    )
