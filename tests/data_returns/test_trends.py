"""Returns over the years: what may be compared, what it says in words, who reads it how."""

import csv
import io
from datetime import UTC, datetime

import openpyxl
import pypdf
import pytest

from data_returns.actions.releasing import release
from data_returns.editions import FIRST, PRESENT, shipped
from data_returns.form import Form
from data_returns.models import Return
from data_returns.trends import ABSENT, Point, Series, Year, finding, trends
from outbox.jobs import run_jobs
from tests.pages import text

OLD, NEW = Form.of(shipped(FIRST)), Form.of(shipped(PRESENT))
AT = datetime(2025, 9, 1, 9, tzinfo=UTC)
BASE = "/returns/camden/trends/"


def years(key: str, said: dict, form=NEW) -> list[Year]:
    return [Year(year, form, {key: value}) for year, value in said.items()]


def series(key: str, found) -> Series:
    return next(s for trend in found for s in trend.series if s.key == key)


@pytest.mark.parametrize(
    ("said", "values", "stretches"),
    [
        ({2022: 4, 2023: 6}, [4, 6], [[4, 6]]),
        ({2021: 4, 2023: 6}, [4, ABSENT, 6], [[4], [6]]),
        ({2021: 4, 2022: "c", 2023: 6}, [4, "c", 6], [[4], [6]]),
        ({2022: 0, 2023: "x"}, [0, "x"], [[0]]),
    ],
)
def test_a_year_without_a_number_is_a_gap_and_nothing_is_drawn_across_it(said, values, stretches):
    found = series("q10", trends(years("q10", said)))
    assert [p.value for p in found.points] == values
    assert [[p.value for p in run] for run in found.stretches()] == stretches


@pytest.mark.parametrize(
    ("key", "broken"),
    [("q1_l2", False), ("q1_l1_csc", True), ("q4_l1", True), ("q10", True)],
)
def test_a_new_name_or_basis_breaks_the_line(key, broken):
    found = series(key, trends(years(key, {2022: 5}, OLD) + years(key, {2023: 7})))
    assert bool(found.points[1].breaks) == broken
    assert len(found.stretches()) == 1 + broken
    assert (found.change is None) == broken


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([6, 9], "Level 2 rose from 6 to 9 between 2020 to 2021 and 2021 to 2022"),
        ([9, 7, 6], "Level 2 fell from 9 to 6 between 2020 to 2021 and 2022 to 2023"),
        ([4, 4], "Nothing differs between 2020 to 2021 and 2021 to 2022"),
        ([4, "c"], "There are no two years that can be compared"),
        ([9, "c", 4, 5], "Level 2 rose from 4 to 5 between 2022 to 2023 and 2023 to 2024"),
    ],
)
def test_the_finding_says_the_largest_change_that_can_be_compared(values, said):
    points = tuple(Point(2020 + n, value) for n, value in enumerate(values))
    flat = Series("q3_l1", "Level 1", 1, (Point(2020, 1), Point(2021, 1)))
    assert finding([Series("q3_l2", "Level 2", 2, points)]) == said
    assert "Level 2 rose" in finding([flat, Series("", "Level 2", 2, (Point(2020, 1), Point(2021, 9)))])


@pytest.fixture
def three(world, accepted_return):
    """Camden's of three years; those of the last are released."""
    for year in (2022, 2023):
        made = accepted_return("camden", q2_l1=4 + year - 2022)
        Return.objects.filter(pk=made.pk).update(year=year, reference=f"CMD-R-{year + 1}-001")
    release(accepted_return("camden"), by=world.camden_administrator, at=AT)
    run_jobs()


@pytest.mark.parametrize(
    ("who", "status", "says"),
    [
        ("camden_administrator", 200, "Figures as they were signed"),
        ("camden_mappa_chair", 200, "Figures as they were signed"),
        ("smb_chair", 200, "Trends start with the second return. Figures as they were released"),
        ("islington_administrator", 404, ""),
        ("leeds_co_ordinator", 404, ""),
    ],
)
def test_S1_the_borough_reads_exact_years_others_released_ones(three, browser_of, who, status, says):
    answer = browser_of(who).get(BASE)
    assert answer.status_code == status and says in text(answer)
    if who == "smb_chair":
        assert "[c]" in text(answer) and "2022 to 2023" not in text(answer)
        assert '<svg class="app-chart"' not in answer.content.decode()  # one year is no line


def test_S3_files_and_charts_of_others_hold_no_hidden_number(world, three, browser_of):
    release(Return.objects.get(year=2023), by=world.camden_administrator, at=AT)
    run_jobs()
    browser = browser_of("smb_chair")
    rows = list(csv.DictReader(io.StringIO(browser.get(f"{BASE}?format=csv").content.decode("utf-8-sig"))))
    hidden = [row for row in rows if row["Symbol"] == "[c]"]
    assert hidden and all(row["Value"] == "" for row in hidden)
    page = browser.get(BASE).content.decode()
    assert page.count('<svg class="app-chart"') == 36
    assert "2024/25: hidden" in page


def test_X1_the_workbook_holds_numbers_as_numbers_and_text_as_text(three, browser_of):
    content = browser_of("camden_administrator").get(f"{BASE}?format=xlsx").content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:4] == ("Borough", "Question", "Key", "Figure")
    assert ("Camden", 2, "q2_l1", "Level 1", "2024/25", 4) in [row[:6] for row in rows]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"n", "s", "inlineStr"}


def test_the_pdf_holds_every_figure(three, browser_of):
    paper = pypdf.PdfReader(io.BytesIO(browser_of("camden_administrator").get(f"{BASE}?format=pdf").content))
    printed = " ".join(page.extract_text() for page in paper.pages)
    assert "231" in printed and "How many of them were under 18?" in printed


def test_the_page_asks_the_same_number_of_queries_for_three_years_as_for_one(
    world, three, browser_of, django_assert_max_num_queries
):
    browser = browser_of("camden_administrator")
    browser.get(BASE)
    with django_assert_max_num_queries(25):
        browser.get(BASE)
