"""The annual performance report: one PDF for the board with the return, the KPIs, the follow-ups and the trend."""

import io

import pypdf
import pytest

from data_returns.annual_report import FollowUps
from data_returns.models import Return

AT = "/returns/camden/2024-25/report/"


@pytest.fixture
def two_years(accepted_return):
    made = accepted_return("camden", q2_l1=9)
    Return.objects.filter(pk=made.pk).update(year=2023, reference="CMD-R-2024-001")
    return accepted_return("camden")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("camden_administrator", 200),
        ("camden_mappa_chair", 200),
        ("smb_chair", 404),
        ("hackney_administrator", 404),
    ],
)
def test_for_those_to_whom_the_return_is_open(world, two_years, browser_of, who, status):
    two_years.signed_by = world.camden_mappa_chair
    two_years.save()
    assert browser_of(who).get(AT).status_code == status


def test_not_before_it_is_signed(world, accepted_return, browser_of):
    accepted_return("camden")
    Return.objects.update(status="draft", signed_at=None)
    assert browser_of("camden_administrator").get(AT).status_code == 404


def test_it_says_what_changed_and_how_the_agencies_attended(world, two_years, browser_of):
    two_years.signed_by = world.camden_mappa_chair
    two_years.save()
    paper = pypdf.PdfReader(io.BytesIO(browser_of("camden_administrator").get(AT).content))
    printed = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    assert "Question 2, Level 1: 4, 5 fewer than last year." in printed
    assert "No meetings were held in the year." in printed
    assert "No unexplained absence was followed up." in printed
    assert "The youth risk panel meets monthly." in printed
    assert "Level 1 fell from 9 to 4" in printed


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((0, 0, 0, 0), "No unexplained absence was followed up."),
        (
            (1, 1, 0, 0),
            "1 unexplained absence was followed up: 1 explained, 0 closed, 0 still open."
            " None reached the Strategic Management Board.",
        ),
        (
            (5, 2, 1, 2),
            "5 unexplained absences were followed up: 2 explained, 1 closed, 2 still open."
            " 2 reached the Strategic Management Board.",
        ),
    ],
)
def test_follow_ups_in_words(counts, said):
    assert FollowUps(*counts).in_words == said
