"""Figures for programs: as the command prints them."""

import pytest


def test_the_api_answers_as_the_command_does(year, browser_of):
    query = "area=london&borough=camden&from=2024-04-01&to=2025-03-31&level=2"
    answer = browser_of("camden_administrator").get(f"/api/v1/kpis/?{query}").json()
    assert answer["kpi4"]["not_invited"] == 1 and "as_at" not in answer
    assert [line["agency"] for line in answer["kpi6"]["agencies"]] == ["ASC", "CSC", "YOT"]


def test_an_areas_figures_say_as_at(year, browser_of):
    query = "area=london&from=2024-04-01&to=2025-03-31"
    year.stored()
    answer = browser_of("smb_member").get(f"/api/v1/kpis/?{query}").json()
    assert answer["completeness"]["discussions"] == 2 and answer["as_at"]
    assert browser_of("camden_administrator").get(f"/api/v1/kpis/?{query}").status_code == 404


QUESTIONS = [
    ("area=narnia", "/area"),
    ("borough=leeds", "/borough"),
    ("from=2025-04-01", "/from"),
    ("to=soon", "/to"),
    ("level=1", "/level"),
]


@pytest.mark.parametrize("asked, pointer", QUESTIONS)
def test_a_wrong_question_names_its_parameter(world, browser_of, asked, pointer):
    name, _, value = asked.partition("=")
    query = {"area": "london", "from": "2024-04-01", "to": "2025-03-31", name: value}
    answer = browser_of("camden_administrator").get("/api/v1/kpis/", query)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_an_unchanged_answer_is_not_sent_again(year, browser_of):
    browser = browser_of("camden_administrator")
    address = "/api/v1/kpis/?area=london&borough=camden&from=2024-04-01&to=2025-03-31"
    tag = browser.get(address)["ETag"]
    assert browser.get(address, headers={"If-None-Match": tag}).status_code == 304
