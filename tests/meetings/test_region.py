"""All boroughs of an area side by side, from stored figures."""

import re
from datetime import UTC, datetime

import pytest

from audit.models import Event
from boards.models import Territory
from meetings.models import DayFigures
from meetings.performance import figures
from tests.meetings.conftest import PERIOD
from tests.meetings.files import ABSENT, CHILD, REPORT
from tests.pages import text

AT = r"20\d\d-\d\d-\d\dT\d\d:\d\d[+]0[01]:00"  # in London
ADDRESS = f"/region/?{PERIOD}"


@pytest.fixture
def boroughs(register):
    """Camden misses both KPIs and has something open, Hackney meets KPI 6, Islington held nothing."""
    register.put(
        {"agency": "CSC"} | CHILD | REPORT,
        {"meeting": "M2", "case": "C2", "attended": "", "mode": "", "grade": ""},
        {"borough": "hackney", "meeting": "H1"},
    )
    for number, slug in enumerate(("camden", "hackney", "islington"), 1):
        borough = register.world.territory(slug)
        Territory.objects.filter(pk=borough.pk).update(grid_row=number, grid_col=4)
        figures.count_all(borough)
    return register


def tiles(page) -> list[tuple[str, str]]:
    found = re.findall(
        r'<li class="app-tile app-tile--(\w+) [^"]*"><a [^>]*>(.*?)</a></li>', page.content.decode()
    )
    return [(state, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", name))) for state, name in found]


TILES = [
    ("", ["below Camden: KPI 6 ▼ 0.0%, below target", "met Hackney: KPI 6 100.0%, target met"]),
    ("4", ["below Camden: KPI 4 ▼ 0.0%, below target", "none Hackney: KPI 4 , no figure"]),
    ("recorded", ["below Camden: Attendance recorded ▼ 50.0%, below target"]),
    ("x", ["met Hackney: KPI 6 100.0%, target met"]),
]


@pytest.mark.parametrize("measure, expected", TILES)
def test_a_tile_is_a_link_that_says_its_figure(boroughs, browser_of, measure, expected):
    page = browser_of("smb_member").get(f"{ADDRESS}&measure={measure}")
    said = [f"{state} {name}" for state, name in tiles(page)]
    assert set(expected) <= set(said) and len(said) == 3
    assert (
        "app-tile--row-2 app-tile--col-4" in page.content.decode() and "style=" not in page.content.decode()
    )


def test_what_needs_attention_names_its_boroughs(boroughs, browser_of):
    page = text(browser_of("smb_member").get(ADDRESS))
    assert "KPI 4 below 100% Camden 0.0% (0 of 1)" in page
    assert "Attendance not recorded Camden 1 of 2" in page
    assert "No meetings held Islington" in page
    assert "No protocol in force Camden ; Hackney ; Islington" in page
    assert "As at" in page


def test_the_table_has_every_borough_and_sorts_by_link(boroughs, browser_of):
    browser = browser_of("smb_member")
    names = r'<th scope="row"[^>]*><a class="govuk-link" href="[^"]*">(\w+)</a>'
    for sort, expected in (("", "Camden Hackney Islington"), ("-borough", "Islington Hackney Camden")):
        page = browser.get(f"{ADDRESS}&sort={sort}").content.decode()
        assert re.findall(names, page) == expected.split()
    assert re.findall(names, browser.get(f"{ADDRESS}&sort=-six").content.decode())[0] == "Hackney"


def test_a_tile_opens_the_boroughs_figures(boroughs, browser_of):
    browser = browser_of("smb_member")
    [link] = re.findall(r'row-1 [^>]*><a href="([^"]*)"', browser.get(ADDRESS).content.decode())
    assert "Camden, 1 April 2024 to 31 March 2025" in text(browser.get(link.replace("&amp;", "&")))


def test_the_areas_own_page_has_the_map_too(boroughs, browser_of):
    page = browser_of("smb_member").get(f"/performance/?place=london&{PERIOD}")
    assert ("met", "Hackney: KPI 6 100.0%, target met") in tiles(page)


def test_without_places_on_a_map_the_table_stands_alone(register, browser_of):
    page = browser_of("smb_member").get(ADDRESS)
    assert (
        tiles(page) == [] and "No meetings held in this period." in text(page) and "Islington" in text(page)
    )


def test_all_boroughs_leave_marked_and_recorded(boroughs, browser_of):
    answer = browser_of("smb_member").get(f"/region/export/?{PERIOD}")
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert re.fullmatch(rf"Camden,0,1,0,1,0 of 1,1,2,no,{AT},OFFICIAL-SENSITIVE", rows[1]) and len(rows) == 4
    assert rows[3] == "Islington,0,0,0,0,0 of 0,0,0,no,,OFFICIAL-SENSITIVE", "nothing was counted"
    assert Event.objects.get(name="figures.exported").territory.slug == "london"


def test_the_region_costs_the_same_however_much_was_counted(
    boroughs, browser_of, django_assert_max_num_queries
):
    browser = browser_of("smb_member")

    def queries() -> int:
        with django_assert_max_num_queries(40) as seen:
            assert browser.get(ADDRESS).status_code == 200
        return len(seen)

    queries()  # the first request writes the session
    few = queries()
    boroughs.put(*({"borough": "islington", "meeting": f"N{n}", "case": f"C{n}"} | ABSENT for n in range(20)))
    figures.count_all(boroughs.world.territory("islington"))
    assert queries() == few


STORED = [  # where an area's stored figures stand, and how often the time at which they were counted is said
    (f"/region/?{PERIOD}", 2),
    (f"/performance/?place=london&{PERIOD}", 3),
    (f"/performance/?place=camden&{PERIOD}", 2),
    (f"/performance/6/missed/?place=london&{PERIOD}", 1),
    (f"/performance/4/missed/?place=camden&{PERIOD}", 1),
    (f"/performance/left-out/?place=london&{PERIOD}", 1),
]
FILES = [
    "/region/export/",
    "/performance/export/",
    "/performance/chart/export/",
    "/performance/6/missed/export/",
]


@pytest.mark.parametrize("address, times", STORED)
def test_stored_figures_say_when_they_were_counted(boroughs, browser_of, address, times):
    DayFigures.objects.update(counted_at=datetime(2025, 7, 2, 22, 30, tzinfo=UTC))
    assert text(browser_of("smb_member").get(address)).count("As at 2 July 2025 at 11:30pm") == times


@pytest.mark.parametrize("address", FILES)
def test_so_do_the_files(boroughs, browser_of, address):
    DayFigures.objects.update(counted_at=datetime(2025, 7, 2, 22, 30, tzinfo=UTC))
    file = browser_of("smb_member").get(f"{address}?place=london&{PERIOD}").content.decode("utf-8-sig")
    head, first, *_ = file.splitlines()
    assert head.endswith(",As at,Marking") and first.endswith(",2025-07-02T23:30+01:00,OFFICIAL-SENSITIVE")
