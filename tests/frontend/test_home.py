"""Home, search and navigation."""

from datetime import date

import pytest

from boards.roles import Seat
from mappa_portal import home, search
from mappa_portal.exceptions import TooMany
from mappa_portal.limits import limit
from tests.factories import appoint
from tests.frontend.html import page

TODAY = date(2026, 11, 22)


DAYS = [
    (date(2026, 11, 21), "Overdue"),
    (date(2026, 11, 22), "Today"),
    (None, "Today"),
    (date(2026, 11, 23), "Next 14 days"),
    (date(2026, 12, 6), "Next 14 days"),
    (date(2026, 12, 7), "Later"),
]


@pytest.mark.parametrize("due, heading", DAYS)
def test_home_groups_by_day(due, heading):
    (group,) = home.grouped([home.Task("the protocol", "/", due)], TODAY)
    assert group.heading == heading


@pytest.fixture
def signed_in(client, world):
    client.force_login(world.camden_administrator)
    return client


def test_home_without_work_names_what_comes_next(signed_in, monkeypatch):
    monkeypatch.setattr(home, "_rooms", [lambda user, today: []])
    assert "Nothing needs you today." in signed_in.get("/").content.decode()

    later = home.Task("the Camden protocol", "/x/", date(2099, 12, 8), verb="Review")
    monkeypatch.setattr(home, "_rooms", [lambda user, today: [later]])
    text = signed_in.get("/").content.decode()
    assert "Nothing needs you today. Next: Review the Camden protocol on Tuesday 8 December 2099." in text
    assert "OFFICIAL-SENSITIVE" in text and "London MAPPA" in text and "Camden MAPPA Unit" in text


def test_search_counts_by_kind_and_says_which_forms_work(signed_in, monkeypatch):
    hits = [search.Hit("Camden protocol", "/x/", "CMD-P-2026-001"), search.Hit("Other", "/y/")]
    monkeypatch.setattr(
        search, "_rooms", {"protocols": lambda user, query: hits if query == "CMD-2026" else []}
    )
    text = signed_in.get("/search/?q=CMD-2026").content.decode()
    assert "2 results for ‘CMD-2026’ in protocols" in text and "CMD-P-2026-001" in text

    text = signed_in.get("/search/", {"q": "<b>" * 99}).content.decode()
    assert "0 results for" in text and "<b>" not in text and "a reference, or how it begins" in text


@pytest.mark.parametrize("address", ["/", "/search/"])
def test_home_and_search_ask_you_to_sign_in(client, db, address):
    response = client.get(address)
    assert response.status_code == 302 and "/sign-in/" in response.headers["Location"]


def test_an_empty_search_says_what_to_enter(client, world):
    client.force_login(world.camden_administrator)
    assert "Enter a reference, a title or an organisation" in client.get("/search/?q=+").text
    assert "There is a problem" not in client.get("/search/").text


def test_nobody_is_sent_to_ask_themselves(client, world):
    client.force_login(world.co_ordinator)
    page = client.get("/admin/area/").text
    assert "read by its auditors. Yours is another seat: Co-ordinator, London MAPPA Executive Office." in page
    assert "Area Administrator can tell you" in page
    client.force_login(world.area_administrator)
    page = client.get("/mail/").text
    assert "Area Administrator can tell you" not in page and "You hand out the seats of your area" in page
    assert "What became of an invitation" in page


def test_E4_searching_has_a_limit(db):
    with pytest.raises(TooMany):
        for _ in range(4):
            limit("test", "somebody", most=3)


SEES = [
    (
        "camden_administrator",
        ["Home", "Meetings", "Referrals", "Protocols", "Performance", "Data returns"],
        "Cases",
    ),
    ("camden_board_chair", ["Home", "Protocols", "Performance", "Data returns"], "Review calendar"),
    (
        "area_administrator",
        ["Home", "Region", "Protocols", "Performance", "Area", "Audit"],
        "Check a signed document",
    ),
    ("auditor", ["Home", "Region", "Protocols", "Performance", "Area", "Audit"], "Check a signed document"),
    (
        "co_ordinator",  # of the area: the boroughs' meetings are theirs
        ["Home", "Region", "Protocols", "Performance", "Data returns", "Escalations"],
        "Boroughs",
    ),
    ("camden_police_spoc", ["Home", "Meetings", "Referrals"], "Check a signed document"),
    ("nobody", [], "You hold no seat today"),
]


@pytest.mark.parametrize("who, links, register", SEES)
def test_each_seat_finds_its_way(client, world, who, links, register):
    client.force_login(getattr(world, who))
    tree = page(client.get("/"))
    menu = tree.find(".//ul[@id='navigation']")
    assert ["".join(link.itertext()).strip() for link in menu or []] == links
    assert register in "".join(tree.find(".//main").itertext())


SEATINGS = [
    (o, s) for o in ("london-smb", "london-mappa-executive-office", "camden-mappa-unit") for s in Seat
]


@pytest.mark.parametrize(("where", "seat"), SEATINGS)
def test_what_is_offered_opens(client, world, where, seat):
    appoint(world.nobody, world.organisation(where), seat)
    client.force_login(world.nobody)
    tree = page(client.get("/"))
    offered = {link.get("href") for link in tree.findall(".//ul[@id='navigation']//a")}
    offered |= {
        link.get("href") for link in tree.findall(".//main//a") if "no-visited" in link.get("class", "")
    }
    assert len(offered) > 1
    for url in offered:
        assert client.get(url, follow=True).status_code == 200, url
