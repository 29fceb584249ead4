"""Every kind of page, wide and narrow: no axe findings, nothing scrolls sideways, one heading, its own title."""

import pytest
from django.utils.timezone import localdate

from tests.browser.conftest import WIDTHS

pytestmark = pytest.mark.xdist_group("browser")

PUBLIC = [
    "/sign-in/",
    "/recover/",
    "/verify/",
    "/verify/LON-2222-2222-2222-2222/",
    "/privacy/",
    "/accessibility/",
    "/cookies/",
]
LONG_AGO = f"year={localdate().year - 5}"  # before the demonstration's records
EMPTY = f"place=camden&{LONG_AGO}"
BY_SEAT = {
    ("co-ordinator", "London MAPPA"): [
        *("/", "/account/", "/search/", "/search/?q=CMD", "/search/?q=nothing-like-it"),
        *(
            "/protocols/",
            "/protocols/?status=withdrawn",
            "/protocols/templates/",
            "/protocols/templates/import/",
        ),
        *("/protocols/templates/LON-T-2026-001/1/", "/protocols/templates/LON-T-2026-001/1/copies/"),
        *(
            "/protocols/CMD-P-2025-001/",
            "/protocols/CMD-P-2025-001/history/",
            "/protocols/CMD-P-2025-001/compare/",
        ),
        *(
            "/protocols/reviews/",
            "/mail/",
            "/mail/jobs/",
            "/boards/camden-board/",
            "/boroughs/camden/",
        ),
        *("/returns/round/", "/returns/round/?show=late&sort=-late", "/returns/round/2025-26/extend/"),
        *("/returns/forms/", "/returns/forms/london/start/", "/returns/forms/london/present-2025/preview/"),
        *(
            f"/returns/forms/london/form-1/{page}"
            for page in ("", "about/", "questions/7/", "checks/", "publish/")
        ),
        *("/protocols/CMD-P-2025-999/", "/audit/"),  # not found, refused
    ],
    ("administrator", "Camden MAPPA Unit"): [
        *("/cases/", "/cases/?level=3&category=3", "/cases/new/", "/cases/CMD-C-2026-006/"),
        *("/disclosures/", "/disclosures/?status=rejected", "/disclosures/find/", "/disclosures/who-knew/"),
        *("/disclosures/CMD-D-2026-002/", "/disclosures/CMD-D-2026-001/add/outcome/"),
        *("/cases/CMD-C-2026-006/disclosures/new/", "/cases/CMD-C-2026-006/disclosures/new/request/"),
        *("/cases/CMD-C-2026-006/edit/", "/cases/CMD-C-2026-006/level/"),
        *("/referrals/", "/referrals/?category=4", "/referrals/new/", "/referrals/figures/"),
        *("/referrals/CMD-A-2026-004/", "/referrals/CMD-A-2026-004/screen/"),
        *("/contacts/", "/contacts/camden/camden-asc/", "/contacts/camden/camden-asc/end/"),
        *("/meetings/", "/meetings/?when=past", "/meetings/?month=2020-05", "/meetings/new/"),
        *("/meetings/series/", "/meetings/series/new/", "/meetings/series/camden/1/stop/"),
        "/meetings/standing/",
        *(
            "/performance/?place=camden",
            f"/performance/?{EMPTY}",
            "/performance/?place=camden&year=0&level=9",
        ),
        *(f"/performance/{kpi}/missed/?place=camden" for kpi in ("4", "6")),
        *(f"/performance/6/missed/?{EMPTY}", "/performance/left-out/?place=camden"),
        f"/performance/left-out/?{EMPTY}",
        *("/cases/?level=9&category=1", "/follow-ups/", "/escalations/"),
        *("/returns/camden/2025-26/q/9/", "/returns/camden/2025-26/q/1/records/q1_l1/"),
    ],
    ("chair", "Strategic Management Board"): [
        *("/region/", f"/region/?{LONG_AGO}", "/region/?sort=-six"),
        *("/performance/", "/performance/6/missed/"),
        *("/performance/left-out/", "/follow-ups/", "/escalations/", "/contacts/"),
    ],
    ("area administrator", "London MAPPA"): [
        *("/admin/area/london/", "/admin/area/london/settings/reviews/", "/admin/area/london/boroughs/"),
        *(
            "/admin/area/london/organisations/",
            "/admin/area/london/people/",
            "/audit/",
            "/audit/?action=nothing",
        ),
    ],
}


def look(person, address: str, titles: dict[str, str]) -> list[str]:
    person.go(address)
    found = [f"{address}: {what}" for what in person.violations()]
    if person.page.locator("h1").count() != 1:
        found.append(f"{address}: {person.page.locator('h1').count()} headings of the first level")
    title = person.page.title()
    path = address.partition("?")[0]  # a filtered list keeps its title
    if titles.setdefault(title, path) != path:
        found.append(f"{address}: has the title of {titles[title]}, {title}")
    return found


@pytest.mark.parametrize("width", WIDTHS)
def test_public_pages(visitor, width):
    person, titles = visitor(width=WIDTHS[width]), {}
    found = [problem for address in PUBLIC for problem in look(person, address, titles)]
    person.errors.clear()  # Chromium reports each 404 page as an error
    assert found == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("seat", BY_SEAT, ids=lambda s: s[0])
def test_pages_by_seat(visitor, seat, width):
    person, titles = visitor(width=WIDTHS[width]).sign_in(*seat), {}
    found = [problem for address in BY_SEAT[seat] for problem in look(person, address, titles)]
    person.errors.clear()
    assert found == []


def test_the_journey_works_by_keyboard(visitor):
    """Skip link first; every link and button of the list page can be reached and shows its focus."""
    person = visitor().sign_in("co-ordinator", "London MAPPA").go("/protocols/")
    person.page.keyboard.press("Tab")
    assert person.page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
    seen = set()
    for _ in range(200):
        person.page.keyboard.press("Tab")
        place = person.page.evaluate(
            "() => { const e = document.activeElement; const b = e.getBoundingClientRect();"
            " return [e.outerHTML.slice(0, 200), b.width > 0 && b.height > 0]; }"
        )
        if place[0].startswith("<body"):
            break
        assert place[1], place[0]
        seen.add(place[0])
    expected = person.page.locator("main a:visible, main button:visible").count()
    assert len(seen) >= expected
