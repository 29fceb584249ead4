"""From the letter in the mailbox to the confirmed reply, with scripts off; and every page of it, wide and narrow."""

import re
from email.message import EmailMessage

import pytest

from tests.browser.conftest import WIDTHS
from tests.meetings.calendars import read
from tests.outbox.post_office import PostOffice

pytestmark = pytest.mark.xdist_group("browser")
INVITE = "from tests.browser.invite import invite; print('made', invite())"
CONFIRM = "Confirm Rosa Quint will attend"


@pytest.fixture(scope="module")
def office():
    """A mail server of our own: what it takes has gone over the wire."""
    with PostOffice() as opened:
        yield opened


@pytest.fixture(scope="module")
def reference(portal, office) -> str:
    own = {"EMAIL_URL": f"smtp://127.0.0.1:{office.port}", "PUBLIC_URL": portal.url}
    portal.environment |= own
    done = portal.manage("shell", "--no-imports", "-c", INVITE)
    for name in own:
        del portal.environment[name]
    assert done.returncode == 0, done.stderr
    return re.search(r"made (\S+)", done.stdout)[1]


@pytest.fixture(scope="module")
def letters(office, reference) -> dict[str, EmailMessage]:
    """By the address that each was sent to."""
    found = {mail["To"].addresses[0].addr_spec: mail for mail in office.taken}
    assert set(found) == {"csc@camden.example", "yot@camden.example"}
    return found


def link_in(letter: EmailMessage) -> str:
    return re.search(r"http\S+/r/\S+", letter.get_body(("plain",)).get_content())[0]


def test_the_letter_that_arrives_has_three_forms(letters, reference):
    letter = letters["csc@camden.example"]
    assert [part.get_content_type() for part in letter.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    calendar = letter.get_body(("calendar",)) or list(letter.walk())[-1]
    assert calendar["Content-Type"].params["method"] == "REQUEST"
    text = calendar.get_content().replace("\r\n", "\n").replace("\n", "\r\n")
    method, event = read(text)
    assert method == "REQUEST" and event.attendee.value == "mailto:csc@camden.example"
    assert event.organizer.value.removeprefix("mailto:") == letter["Reply-To"].addresses[0].addr_spec
    html = letter.get_body(("html",)).get_content()
    assert html.count('href="http') == 1 and reference not in html + text + letter["Subject"]


def test_two_clicks_confirm_and_the_rest_works_without_scripts(letters, visitor):
    link = link_in(letters["csc@camden.example"])
    person = visitor(scripts=False).go(link)  # the first click
    assert "Can " in person.heading() and link not in person.page.url
    person.press(CONFIRM)  # the second
    assert person.heading() == "Attendance confirmed"

    page = person.page
    page.get_by_role("link", name="Change reply").click()
    page.get_by_role("link", name="Someone else will attend").click()
    person.press("Confirm attendance")
    assert page.get_by_role("link", name="Enter the representative's full name").is_visible()
    page.get_by_label("Full name").fill("Pat Low")
    page.get_by_label("Practitioner").check()
    person.press("Confirm attendance")
    assert person.heading() == "Attendance confirmed"
    assert "This may not count towards the 90% attendance measure" in page.locator("main").inner_text()

    with page.expect_download() as download:
        page.get_by_role("link", name="Add to calendar").click()
    assert download.value.suggested_filename == "meeting.ics"

    page.get_by_role("link", name="Change reply").click()
    page.get_by_role("link", name="We cannot attend").click()
    page.get_by_label("Why can your agency not attend?").fill("Inspection on that day")
    page.get_by_label("Yes").check()
    person.press("Send apologies")
    assert person.heading() == "Apologies recorded"


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_every_state_of_the_slip_and_of_the_invitations_is_accessible(letters, reference, visitor, width):
    found, titles = [], set()

    def look(person, name: str) -> None:
        found.extend(f"{name}: {what}" for what in person.violations())
        if person.page.locator("h1").count() != 1:
            found.append(f"{name}: {person.page.locator('h1').count()} headings")
        titles.add(person.page.title())

    person = visitor(width=width).go(link_in(letters["yot@camden.example"]))
    place = re.sub(r"\?.*", "", person.page.url)
    person.go(f"{place}?change=1")
    look(person, "question")
    person.press(CONFIRM)
    look(person, "answered")
    for page, button in (("someone-else/", "Confirm attendance"), ("cannot-attend/", "Send apologies")):
        look(person.go(f"{place}{page}"), page)
        look(person.press(button), f"{page} with errors")
    person.page.context.clear_cookies()
    person.page.goto(place)
    person.errors.clear()  # the browser notes the status 410
    look(person, "ended")
    assert len(titles) == 7

    administrator = visitor(width=width).sign_in("administrator", "Camden MAPPA")
    look(administrator.go(f"/meetings/{reference}/invitations/"), "invitations")
    administrator.page.get_by_role("link", name=re.compile("^Open")).first.click()
    look(administrator, "history")
    administrator.page.get_by_role("button", name="Enter a reply by telephone").click()
    look(administrator, "telephone")
    assert found == []
