"""Twelve agencies and six cases, six exceptions, from the open page to saved: counted in keys and in clicks."""

import re

import pytest

from tests.browser.conftest import WIDTHS
from tests.meetings.files import file, line

pytestmark = pytest.mark.xdist_group("browser")

AGENCIES = "ASC CSC EDU EMP HCM HPR HSG IMM JCP POL PRB YOT".split()
NOTHING = {"attended": "", "mode": "", "grade": ""}
SEAT = ("administrator", "Camden MAPPA")
REPLIES = """
from boards.scope import everywhere, scope
from django.utils.timezone import now
from meetings.models import Invitation, Meeting, Reply
named = everywhere()
with scope(named.territories, named.areas):
    for meeting in Meeting.objects.filter(file_reference__in={meetings}):
        parts = meeting.discussions.first().attendances.all()
        for part in parts:
            of = dict(territory_id=meeting.territory_id)
            asked = Invitation.objects.create(**of, meeting=meeting, agency_id=part.organisation_id, sent_at=now())
            Reply.objects.create(**of, invitation=asked, number=1, answer="attending", name="Robin Vale", grade=3,
                mode="video", channel="phone", answered_at=now())
"""
EXCEPTIONS = [
    (1, 2, "r"),
    (3, 5, "e"),
    (5, 1, "n"),
    (8, 3, "s"),
    (10, 4, "r"),
    (12, 6, "e"),
]  # agency, case, letter
LETTERS = {"r": "report", "e": "explained", "n": "unexplained", "s": "substitute"}
LABELS = {"r": "Report only", "e": "Explained absence", "n": "No explanation", "s": "Substitute attended"}


@pytest.fixture(scope="module")
def panels(portal, tmp_path_factory):
    """Addresses of panels that were held and of which nothing is recorded yet."""
    names = ["Keys", "Clicks", "Bare"]
    rows = [
        line(meeting=name, case=f"{name}-{n}", agency=agency, held_on="2025-03-03", **NOTHING)
        for name in names
        for n in range(1, 7)
        for agency in AGENCIES
    ]
    path = tmp_path_factory.mktemp("panels") / "panels.csv"
    path.write_bytes(file(*rows))
    assert portal.manage("import_attendance", str(path)).returncode == 0
    made = portal.manage("shell", "-v0", "-c", REPLIES.format(meetings=names))
    assert made.returncode == 0, made.stderr
    asked = "from boards.scope import *; s = everywhere(); c = scope(s.territories, s.areas); c.__enter__();"
    asked += (
        f"from meetings.models import Meeting; print(dict(Meeting.objects.filter(file_reference__in={names})"
    )
    asked += ".values_list('file_reference', 'reference')))"
    found = portal.manage("shell", "-v0", "-c", asked).stdout
    return dict(re.findall(r"'(\w+)': '(CMD-M-\d+-\d+)'", found))


def outcomes(person) -> list[list[str]]:
    """What is chosen, row by row, as the server sends it."""
    rows = person.page.locator(".app-grid tbody tr:not(.app-grid__fill)")
    return rows.evaluate_all(
        "rs => rs.map(r => [...r.querySelectorAll('td select')].slice(1).map(s => s.value))"
    )


def expected() -> list[list[str]]:
    rows = [["attended"] * 6 for _ in AGENCIES]
    for agency, case, letter in EXCEPTIONS:
        rows[agency - 1][case - 1] = LETTERS[letter]
    return rows


class Counted:
    """A keyboard that counts what is pressed; Shift with a letter is two keys."""

    def __init__(self, page):
        self.page, self.pressed = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def until(self, key: str, test: str) -> None:
        for _ in range(12):
            self.press(key)
            if self.page.evaluate(f"document.activeElement.matches({test!r})"):
                return
        raise AssertionError(f"{test} was never reached")


def test_six_exceptions_take_at_most_45_keys(visitor, panels):
    person = visitor().sign_in(*SEAT).go(f"/meetings/{panels['Keys']}/attendance/")
    keys, page = Counted(person.page), person.page
    keys.press("Tab", "Enter")  # skip to the content
    keys.until("Tab", "[data-confirmed-button]")
    keys.press("Enter")
    keys.until("Tab", "[role=gridcell]")
    row, column = 1, 1
    for agency, case, letter in EXCEPTIONS:
        across = "ArrowRight" if case > column else "ArrowLeft"
        keys.press(*["ArrowDown"] * (agency - row), *[across] * abs(case - column), letter)
        row, column = agency, case
    page.get_by_text(re.compile(r"^Saved at \d+(:\d\d)?[ap]m$")).wait_for()
    page.wait_for_function("!document.querySelector('[data-saved]').textContent.includes('Not')")
    page.wait_for_timeout(1500)
    assert keys.pressed <= 45, keys.pressed
    page.reload()
    assert outcomes(person) == expected()


def test_six_exceptions_take_at_most_15_clicks(visitor, panels):
    """Choosing from a native list is two clicks: open it, and the choice."""
    person = visitor().sign_in(*SEAT).go(f"/meetings/{panels['Clicks']}/attendance/")
    clicks = 1
    person.press("Mark confirmed agencies as attended")
    for agency, case, letter in EXCEPTIONS:
        row = person.page.locator(".app-grid tbody tr:not(.app-grid__fill)").nth(agency - 1)
        row.locator("td select").nth(case).select_option(LABELS[letter])
        clicks += 2
    person.press("Save and finish")
    clicks += 1
    person.page.get_by_text("Attendance is saved").wait_for()
    assert clicks <= 15
    assert outcomes(person.go(f"/meetings/{panels['Clicks']}/attendance/")) == expected()


def test_the_same_without_scripts(visitor, panels):
    address = f"/meetings/{panels['Bare']}/attendance/"
    person = visitor(scripts=False).sign_in(*SEAT).go(address)
    person.press("Mark confirmed agencies as attended")
    row = person.page.locator(".app-grid tbody tr:not(.app-grid__fill)").first
    row.locator("td select").first.select_option("Report only")
    person.press("Fill rows and columns as chosen")
    assert outcomes(person) == [["report"] * 6, *[["attended"] * 6] * 11]
    person.press("Save and finish")
    assert outcomes(person.go(address)) == [["report"] * 6, *[["attended"] * 6] * 11]


def test_keys_of_the_grid(visitor, panels):
    """Shift fills the row, Delete clears, Home and End go to the edges, Enter opens the list and leaves it."""
    person = visitor().sign_in(*SEAT).go(f"/meetings/{panels['Clicks']}/attendance/")
    page = person.page
    page.locator("td[tabindex='0']").focus()
    for key in ("Shift+N", "End", "Delete", "Home", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.tagName") == "SELECT"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "gridcell"
    assert outcomes(person)[0] == [*["unexplained"] * 5, ""]
    page.locator("summary").first.click()
    field = page.locator(".app-attendee[open] input").first
    field.fill("")
    field.press_sequentially("ares")
    assert field.input_value() == "ares" and outcomes(person)[0] == [*["unexplained"] * 5, ""]


def test_what_takes_the_focus_is_not_covered_by_headers(visitor, panels):
    person = visitor(width=900).sign_in(*SEAT).go(f"/meetings/{panels['Keys']}/attendance/")
    page = person.page
    page.locator("td[tabindex='0']").focus()
    covered = []
    for key in [*["ArrowDown"] * 12, *["ArrowRight"] * 6, *["ArrowUp"] * 12, *["ArrowLeft"] * 6]:
        page.keyboard.press(key)
        hit = page.evaluate(
            "() => { const b = document.activeElement.getBoundingClientRect();"
            " const e = document.elementFromPoint(b.left + 4, b.top + 4);"
            " return document.activeElement.contains(e) || (e ? e.outerHTML.slice(0, 80) : 'nothing'); }"
        )
        if hit is not True:
            covered.append(f"{key}: {hit}")
    assert covered == []


MEETING_PAGES = [
    "attendance/",
    "attendance/1/",
    "decisions/",
    "decisions/1/",
    "decisions/1/actions/new/",
    "minutes/",
]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_of_a_held_meeting(visitor, panels, width):
    person = visitor(width=WIDTHS[width]).sign_in(*SEAT)
    base = f"/meetings/{panels['Keys']}/"
    person.go("/actions/?status=all")
    link = person.page.locator("tbody th a").first.get_attribute("href")
    addresses = [base + page for page in MEETING_PAGES]
    addresses += ["/actions/", "/actions/?status=all", "/actions/?status=closed", link, f"{link}change/"]
    addresses += [f"{link.partition('decisions')[0]}minutes/"]
    found = []
    for address in addresses:
        found += [f"{address}: {problem}" for problem in person.go(address).violations()]
    person.go(f"{base}decisions/1/").press("Save and")
    found += [f"error: {problem}" for problem in person.violations()]
    assert found == []
