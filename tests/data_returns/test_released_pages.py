"""What was released, as people and programs read it."""

import csv
import io
from datetime import UTC, datetime

import pypdf
import pytest

from boards.models import Organisation
from data_returns.actions.releasing import release, release_sums
from data_returns.models import Rendition
from outbox.jobs import run_jobs
from tests.pages import text

AT = datetime(2025, 9, 1, 9, tzinfo=UTC)
BASE = "/returns/camden/2024-25/"
SUMS = "/returns/sums/london/2024-25/"


@pytest.fixture
def three(world, accepted_return):
    """Camden's, Hackney's and Islington's, released."""
    for slug in ("camden", "hackney", "islington"):
        release(accepted_return(slug), by=getattr(world, f"{slug}_administrator"), at=AT)
    run_jobs()


def rows_of(response) -> list[dict]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_unit_sees_what_will_be_hidden_then_releases_it(world, accepted_return, browser_of):
    accepted_return("camden")
    browser = browser_of("camden_administrator")
    assert f"{BASE}release/" in browser.get(f"{BASE}view/").content.decode()
    page = text(browser.get(f"{BASE}release/"))
    assert "of 36 are hidden: counts from 1 to 4" in page and "Level 3 1 [c]" in page
    assert "Select that you have looked" in text(browser.post(f"{BASE}release/"))
    assert not Rendition.objects.exists()
    assert browser.post(f"{BASE}release/", {"looked": "on", "number": "2"}).status_code == 409
    soon = browser.post(f"{BASE}release/", {"looked": "on", "number": "1"}, follow=True)
    assert "is being worked out" in text(soon)
    run_jobs()
    done = text(browser.get(f"{BASE}released/"))
    assert "Level 3 [c]" in done and "231" in done and "hidden to protect people" in done
    assert browser.get(f"{BASE}release/").url == f"{BASE}released/"


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("smb_chair", 200),
        ("co_ordinator", 200),
        ("camden_business_manager", 200),
        ("camden_csc_spoc", 200),
        ("islington_administrator", 404),
        ("leeds_co_ordinator", 404),
    ],
)
def test_S1_all_others_read_the_shareable_rendition_and_neighbours_none(three, browser_of, who, status):
    browser = browser_of(who)
    for asked in ("", "?format=csv", "?version=1"):
        assert browser.get(f"{BASE}released/{asked}").status_code == status
    assert browser.get(f"{BASE}released/?version=2").status_code == 404


def test_S3_page_file_paper_and_api_say_the_same(three, browser_of):
    browser = browser_of("smb_chair")
    cells = Rendition.objects.get(about__slug="camden").cells
    rows = rows_of(browser.get(f"{BASE}released/?format=csv"))
    said = {row["Key"]: row["Symbol"].strip("[]") or int(row["Value"]) for row in rows}
    assert said == cells and {row["Marking"] for row in rows} == {"OFFICIAL"}
    listed = browser.get("/api/v1/returns/?borough=camden&year=2024/25").json()["results"]
    assert [each["figures"] for each in listed] == [cells]
    paper = pypdf.PdfReader(io.BytesIO(browser.get(f"{BASE}released/?format=pdf").content))
    printed = " ".join(page.extract_text() for page in paper.pages)
    assert printed.count("[c]") == list(cells.values()).count("c") + 1  # and once in the key


def test_the_area_reads_sums_that_its_office_releases(world, three, browser_of):
    office, smb = browser_of("co_ordinator"), browser_of("smb_chair")
    assert "Release the sums of 3 boroughs" in text(office.get(SUMS))
    assert "No sums have been released" in text(smb.get(SUMS))
    assert "being worked out" in text(office.post(f"{SUMS}release/", follow=True))
    run_jobs()
    page = text(smb.get(SUMS))
    assert "693" in page and "over 3 boroughs" in page
    assert "Release the sums" not in text(office.get(SUMS)), "nothing was released since"
    assert rows_of(smb.get(f"{SUMS}?format=csv"))[0]["Borough"] == ""


def test_the_list_leads_to_what_was_released(three, browser_of, django_assert_max_num_queries):
    browser = browser_of("smb_chair")
    browser.get("/returns/")
    with django_assert_max_num_queries(40):
        page = browser.get("/returns/").content.decode()
    assert f"{BASE}released/" in page and SUMS in page


def test_the_api_gives_the_newest_version_and_the_sums(world, three, browser_of):
    release_sums(Organisation.objects.unit_of(world.territory("london")), 2024, by=world.co_ordinator, at=AT)
    run_jobs()
    listed = browser_of("smb_chair").get("/api/v1/returns/").json()["results"]
    assert {each["borough"] for each in listed} == {"camden", "hackney", "islington", None}
    sums = next(each for each in listed if each["borough"] is None)
    assert sums["covers"] == {"camden": 1, "hackney": 1, "islington": 1} and sums["year"] == "2024/25"
