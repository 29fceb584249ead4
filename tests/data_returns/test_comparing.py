"""Two years are compared by one rule, wherever they stand beside each other."""

import copy

import pytest

from data_returns.annual_report import AnnualReport
from data_returns.comparing import break_of
from data_returns.editions import PRESENT, shipped
from data_returns.form import Form
from data_returns.models import Return
from tests.data_returns.conftest import AT
from tests.pages import text

NEW = shipped(PRESENT)
OF_QUESTION, OF_CELL = {"text", "basis"}, {"label", "level"}
CHANGES = [  # what was otherwise in the first figure's form, and what is said of it
    ({}, ""),
    ({"label": "Managed"}, "“Level 1, Managed” became “Level 1”"),
    ({"level": 2}, "“Level 2, Level 1” became “Level 1”"),
    ({"text": "How many?"}, "The question was: How many?"),
    ({"basis": "year"}, "It counted the whole reporting year, and now the position on 31 March"),
]


def older(changes: dict) -> dict:
    content = copy.deepcopy(NEW)
    question = content["questions"][0]
    question |= {name: value for name, value in changes.items() if name in OF_QUESTION}
    question["cells"][0] |= {name: value for name, value in changes.items() if name in OF_CELL}
    return content


@pytest.mark.parametrize("changes, said", CHANGES)
def test_why_two_years_cannot_be_compared(changes, said):
    assert break_of("q1_l1", Form.of(NEW), Form.of(older(changes))) == said
    assert break_of("q10", Form.of(NEW), Form.of(older(changes))) == ""


@pytest.fixture
def last_year(accepted_return) -> Return:
    """With a first figure of another name; one that everybody would ask about, were it of the same."""
    made = accepted_return("camden", q1_l1=999, q1_l2=99)
    made.content = older({"label": "Managed"})
    made.save()
    return made


def test_it_is_said_beside_the_input_and_on_the_return(last_year, filled, browser):
    why = "“Level 1, Managed” became “Level 1”"
    page = text(browser.get(f"{AT}q/1/"))
    assert f"Last year: 999. Not comparable: {why}" in page and "Last year: 99 " in page
    assert f"999 Not comparable. {why}" in text(browser.get(f"{AT}view/"))
    assert "999" not in text(browser.get(f"{AT}view/?changed=1"))
    checked = text(browser.get(f"{AT}check/"))
    assert "last year 99" in checked and "last year 999" not in checked


def test_it_is_said_in_the_annual_report_and_in_trends(world, last_year, filled, browser):
    Return.objects.filter(pk=filled.pk).update(
        status="closed", signed_at=last_year.signed_at, content_hash="0" * 64
    )
    report = AnnualReport.of(Return.objects.get(pk=filled.pk), world.camden_administrator)
    said = " ".join(report.summary())
    assert "1 figure cannot be compared with last year’s" in said and "Level 2: 6, 93 fewer" in said
    assert "Question 1, Level 1:" not in said
    assert "“Level 1, Managed” became “Level 1”" in text(browser.get("/returns/camden/trends/"))
