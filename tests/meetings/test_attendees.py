"""Who came for an agency, and at which seniority: what is known is offered, and nothing is invented."""

import re

import pytest

from meetings.models import Attendance, Attendee
from tests.meetings.conftest import ASC, CSC
from tests.meetings.files import EMPTY
from tests.meetings.test_attendance import ADDRESS, SENT


@pytest.fixture
def browser(browser_of):
    return browser_of("camden_administrator")


def shown_on(response) -> dict[str, str]:
    """What the page would send as it stands."""
    page = response.content.decode()
    typed = re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', page)
    lists = re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page)
    chosen = [(name, re.search(r'value="(\w*)" selected', options)) for name, options in lists]
    return dict(typed) | {name: value[1] if value else "" for name, value in chosen}


def test_attendees_are_prefilled_and_claim_nothing(browser, replied):
    page = browser.get(ADDRESS).content.decode()
    assert f'name="{ASC}.substitute.name" value="Sam Reed"' in page
    assert f'name="{CSC}.name" value="Uma Grey"' in page
    assert not re.search(rf'name="{ASC}.1".*?<option value="\w+" selected', page.partition("</tbody>")[0])


def test_the_attendee_of_the_reply_is_kept_once_marked(browser, replied):
    browser.post(ADDRESS, {"revision": "1", f"{ASC}.1": "substitute"})
    came = Attendee.objects.get()
    assert (came.name, came.is_substitute, came.grade, came.mode) == ("Sam Reed", True, 2, "video")
    part = Attendance.objects.get(attended=True)
    assert (part.grade, part.mode, part.substitute) == (2, "video", True)


def test_attendance_without_seniority_is_saved_and_said(browser, meeting):
    page = browser.post(ADDRESS, SENT | {f"{CSC}.grade": ""}, follow=True).content.decode()
    assert "KPI 6 does not count these yet" in page


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
