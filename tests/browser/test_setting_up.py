"""A panel set up and its agencies invited in five clicks, each page looked at on the way."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import localdate

pytestmark = pytest.mark.xdist_group("browser")
CLICKS = ["Set up a meeting", "Continue", "Continue", "Continue", "Send"]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_five_clicks_from_the_calendar_to_the_invitations(visitor, scripts):
    person = visitor(scripts=scripts).sign_in("administrator", "Camden MAPPA")
    person.go("/meetings/")
    for clicks, name in enumerate(CLICKS, 1):
        person.page.get_by_role("button", name=re.compile(f"^{name}")).first.click()
        if clicks == 1:
            type_the_day(person)
        assert not scripts or person.violations() == []
    assert re.search(r"\d+ invitations are on the way", person.page.locator("main").inner_text())
    assert re.search(r"0 of \d+ replied", person.page.locator(".app-identity-bar").inner_text())
    take_it_back(person)


def type_the_day(person) -> None:
    """Place, time, length and chair are those of the last meeting."""
    day = localdate() + timedelta(days=45)
    for field, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        person.page.get_by_label(field, exact=True).fill(str(value))


def take_it_back(person) -> None:
    """The cases are free again for the next one who sets a meeting up."""
    person.page.get_by_role("link", name="Cancel", exact=True).click()
    person.page.get_by_label("Why is it cancelled?").fill("Set up by a test.")
    person.press("Cancel the meeting")
    assert "Cancelled" in person.page.locator(".app-identity-bar").inner_text()
