"""Pages of absences, of an import and its faults: nothing found by axe, nothing scrolls sideways."""

import re

import pytest

from tests.browser.conftest import WIDTHS
from tests.meetings.files import file, line

pytestmark = pytest.mark.xdist_group("browser")
ESCALATE = "from tests.browser.escalated import escalate; print('made', escalate())"
UNIT, SMB = ("administrator", "Camden MAPPA"), ("chair", "Strategic Management Board")
FAULTY = file(line(level="7"), line(case="C2", grade="9"), line(case="C3", agency="XYZ"))


@pytest.fixture(scope="module")
def reference(portal) -> str:
    done = portal.manage("shell", "--no-imports", "-c", ESCALATE)
    assert done.returncode == 0, done.stderr
    return re.search(r"made (\S+)", done.stdout)[1]


def wrong_with(person, *addresses: str) -> list[str]:
    return [f"{a}: {problem}" for a in addresses for problem in person.go(a).violations()]


@pytest.mark.parametrize("width", WIDTHS)
def test_follow_ups_and_escalations(visitor, reference, width):
    unit = visitor(width=WIDTHS[width]).sign_in(*UNIT)
    page, list_page = f"/follow-ups/{reference}/", "/follow-ups/"
    found = wrong_with(unit, list_page, f"{list_page}?status=closed", page)
    drafted = unit.go(list_page).page.locator("tbody a").last.get_attribute("href")
    found += wrong_with(unit, drafted)
    unit.page.get_by_label("Email", exact=False).first.fill("")
    found += [f"error: {problem}" for problem in unit.press("Send").violations()]
    assert unit.page.locator(".govuk-error-summary").count() == 1
    smb = visitor(width=WIDTHS[width]).sign_in(*SMB)
    found += wrong_with(smb, "/escalations/", f"/escalations/{reference}/")
    assert found == []


@pytest.mark.parametrize("width", WIDTHS)
def test_an_import_is_checked_refused_and_imported(visitor, width):
    person = visitor(width=WIDTHS[width]).sign_in(*UNIT)
    found = wrong_with(person, "/meetings/import/")
    for name, data in {
        "none": None,
        "faulty": FAULTY,
        "good": file(line(meeting=f"Imported {width}")),
    }.items():
        person.go("/meetings/import/")
        if data is not None:
            upload = {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": data}
            person.page.locator("input[type=file]").set_input_files(upload)
        found += [f"{name}: {problem}" for problem in person.press("Check the file").violations()]
        assert person.page.locator(".govuk-error-summary, tbody, form[action$='/start/']").count() >= 1
    person.press("Import this row")
    person.page.get_by_text("The file was imported").wait_for()
    assert found == []
