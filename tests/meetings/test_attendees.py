"""Who came for an agency, and at which seniority: what is known is offered, and nothing is invented."""

import re

import pytest

from meetings.models import Attendance, Attendee
from tests.meetings.conftest import ASC, CSC
from tests.meetings.files import EMPTY
from tests.meetings.test_attendance import ADDRESS, JSON, SENT


@pytest.fixture
def browser(browser_of):
    return browser_of("camden_administrator")


def shown_on(response) -> dict[str, str]:
    """What the page would send as it stands, but for its token: with that it takes effect once anyhow."""
    page = response.content.decode()
    typed = re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', page)
    lists = re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.S)
    chosen = [(name, re.search(r'value="(\w*)" selected', options)) for name, options in lists]
    sent = dict(typed) | {name: value[1] if value else "" for name, value in chosen}
    return {name: value for name, value in sent.items() if "." in name or name == "revision"}


def test_only_whom_an_agency_announced_stands_there_already(browser, replied):
    """Its usual representative proves nothing, and no cell is chosen for anybody."""
    page = browser.get(ADDRESS).content.decode()
    assert f'name="{ASC}.substitute.name" value="Sam Reed"' in page
    assert "Uma Grey" not in page
    assert not re.search(rf'name="{ASC}.1".*?<option value="\w+" selected', page.partition("</tbody>")[0])


def test_the_attendee_of_the_reply_is_kept_once_marked(browser, replied):
    browser.post(ADDRESS, {"revision": "1", f"{ASC}.1": "substitute"})
    came = Attendee.objects.get()
    assert (came.name, came.is_substitute, came.grade, came.mode) == ("Sam Reed", True, 2, "video")
    part = Attendance.objects.get(attended=True)
    assert (part.grade, part.mode, part.substitute) == (2, "video", True)


def test_attendance_without_seniority_is_saved_and_said(browser, meeting):
    page = browser.post(ADDRESS, SENT | {f"{CSC}.grade": ""}, follow=True).content.decode()
    place = f"{ADDRESS}#{CSC}.people"
    assert f'for <a href="{place}">Camden Children&#x27;s Services</a>. Until it is, KPI 6' in page
    assert f'id="{CSC}.people" open' in browser.get(ADDRESS).content.decode()


@pytest.mark.parametrize("grade, marked", [("1", True), ("2", False)])
def test_C4_who_came_and_is_too_junior_is_marked(browser, meeting, grade, marked):
    browser.post(ADDRESS, SENT | {f"{CSC}.grade": grade})
    assert ("(seniority too low for Level 2)" in browser.get(ADDRESS).content.decode()) == marked


CAME = [("", None, ""), ("3", 3, ""), ("", None, "video")]


@pytest.mark.parametrize("grade, stored, mode", CAME)
def test_C4_saving_another_cell_invents_no_seniority(browser, register, replied, grade, stored, mode):
    came = {"attended": "yes", "mode": mode, "grade": grade}
    register.put({"case": "C1"} | EMPTY, {"case": "C1", "agency": "CSC"} | came)
    before = browser.get(ADDRESS)
    assert "Uma Grey" not in before.content.decode(), "today's usual representative need not be who came"
    browser.post(ADDRESS, shown_on(before) | {f"{ASC}.1": "report", f"{ASC}.2": "report"})
    part = Attendance.objects.get(attended=True)
    assert (part.grade, part.mode) == (stored, mode) and not Attendee.objects.exists()
    rates = {agency.code: agency.rate.attended for agency in register.live().agencies}
    assert rates == {"ASC": 0, "CSC": 1 if stored else 0}


# -- Two people at once --

OTHER_PERSON = [
    (
        {f"{CSC}.grade": "3"},
        "seniority of the representative: now Team manager, yours Service manager",
    ),
    ({f"{CSC}.mode": "video"}, "how of the representative: now Not recorded, yours By video"),
    ({f"{CSC}.name": "Ann Hall"}, "name of the representative: now Dana Blake, yours Ann Hall"),
    ({f"{CSC}.job_title": "Head"}, "job title of the representative: now Not recorded, yours Head"),
]


@pytest.mark.parametrize("other, text", OTHER_PERSON)
def test_C2_a_stale_save_that_differs_in_who_came_is_not_called_saved(browser, meeting, other, text):
    browser.post(ADDRESS, SENT, follow=True)
    stale = browser.post(ADDRESS, SENT | other)
    page = stale.content.decode()
    assert f"Services, {text}" in page and "Attendance is saved" not in page
    [(name, typed)] = other.items()
    assert shown_on(stale)[name] == typed, "what was chosen is kept"
    assert browser.post(ADDRESS, SENT | other, **JSON).status_code == 409
    assert (
        "Attendance is saved"
        in browser.post(ADDRESS, SENT | other | {"revision": "2"}, follow=True).content.decode()
    )
    kept = Attendee.objects.get()
    assert str(getattr(kept, name.rpartition(".")[2])) == typed


def test_a_stale_save_of_what_stands_already_is_saved(browser, replied):
    """Also where people are only expected: they were not sent to be written."""
    sent = shown_on(browser.get(ADDRESS)) | SENT
    for _ in range(2):
        page = browser.post(ADDRESS, sent, follow=True).content.decode()
        assert "Attendance is saved" in page
    assert browser.post(ADDRESS, sent, **JSON).json()["revision"] == 2


# -- One case a page --

CASE = f"{ADDRESS}1/"
PERSON = {f"{ASC}.grade": "3", f"{ASC}.mode": "phone", f"{CSC}.substitute.grade": "2"}


def test_C4_the_page_of_one_case_asks_for_the_seniority_of_who_came(browser, replied):
    shown = shown_on(browser.get(CASE))
    assert (shown[f"{CSC}.grade"], shown[f"{ASC}.substitute.grade"]) == ("", "2"), "as announced"
    sent = shown | PERSON | {ASC: "attended", CSC: "substitute"}
    page = browser.post(CASE, sent, follow=True).content.decode()
    assert "Attendance of case 1 is saved." in page and "KPI 6 does not count" not in page
    parts = Attendance.objects.filter(attended=True).order_by("organisation__slug")
    assert [(a.substitute, a.grade, a.mode) for a in parts] == [(False, 3, "phone"), (True, 2, "")]
    assert set(Attendee.objects.values_list("name", "grade")) == {("", 3), ("", 2)}


def test_the_page_of_one_case_says_that_seniority_is_missing(browser, meeting):
    page = browser.post(CASE, {"revision": "1", ASC: "attended", CSC: "report"}, follow=True).content.decode()
    assert "Seniority is not recorded for" in page and f"#{ASC}.people" in page


def test_C2_a_stale_page_of_one_case_keeps_the_seniority(browser, meeting):
    sent = {"revision": "1", ASC: "attended", f"{ASC}.grade": "2"}
    browser.post(CASE, sent)
    stale = browser.post(CASE, sent | {f"{ASC}.grade": "3"})
    assert "now Team manager, yours Service manager" in stale.content.decode()
    assert shown_on(stale)[f"{ASC}.grade"] == "3"
