"""Pages of boards and boroughs, and search over them."""

import pytest
from django.utils.timezone import localdate

from accounts.models import User
from boards import actions
from boards.access import seats_of
from boards.roles import Seat
from boards.search import find_boroughs, find_organisations

BOARD = [
    ("camden_board_chair", 200),
    ("camden_business_manager", 200),
    ("camden_administrator", 200),
    ("co_ordinator", 200),
    ("smb_chair", 200),
    ("hackney_administrator", 403),
    ("leeds_co_ordinator", 404),
    ("nobody", 404),
]


@pytest.mark.parametrize(("who", "status"), BOARD)
def test_who_opens_a_board_and_its_borough(world, client, who, status):
    client.force_login(getattr(world, who))
    assert client.get("/boards/camden-lscb/").status_code == status
    assert client.get("/boroughs/camden/").status_code == status


def test_a_board_shows_who_speaks_for_it_and_what_is_missing(world, client):
    board = world.organisation("camden-lscb")
    actions.appoint(
        board,
        user=world.camden_business_manager,
        seat=Seat.REPRESENTATIVE,
        starts_on=localdate(),
        by=world.area_administrator,
    )
    client.force_login(world.camden_board_chair)
    page = client.get("/boards/camden-lscb/").content.decode()
    assert "Camden Board Chair" in page and "Camden Csc Spoc" in page and "Camden Police Spoc" in page
    assert "No substitute named" in page
    assert "a team manager at Level 2, and a service manager at Level 3" in page
    assert "Hackney Csc Spoc" not in page and "Change people" not in page


def test_A3_boards_of_the_area_see_no_people_of_a_borough(world, client):
    for who, shown in (("smb_chair", False), ("camden_administrator", True), ("co_ordinator", True)):
        client.force_login(getattr(world, who))
        page = client.get("/boroughs/camden/").content.decode()
        assert ("Camden Mappa Chair" in page) == shown, who


@pytest.mark.parametrize("who", ["camden_csc_spoc", "camden_police_spoc"])
def test_an_agency_reads_of_its_borough_who_is_there_and_whom_to_ask(world, client, who):
    User.objects.filter(pk=world.camden_mappa_chair.pk).update(phone="020 7946 0999")
    world.submitted("camden")
    client.force_login(getattr(world, who))
    page = client.get("/boroughs/camden/").text
    for text in ("Camden LSCB", "Metropolitan Police", "Camden Mappa Chair", "020 7946 0999"):
        assert text in page, text
    assert "camden_administrator@example.org" in page
    for text in ("Camden Board Chair", "Camden Csc Spoc,", "CMD-P-", "/boards/camden-lscb/", "Hackney"):
        assert text not in page, text
    assert (
        client.get("/boroughs/hackney/").status_code == client.get("/boards/camden-lscb/").status_code == 403
    )


LISTED = [
    ("camden_administrator", ["Camden"], ["Camden LSCB", "London LSCB Chairs", "London SCB", "London SMB"]),
    ("camden_csc_spoc", ["Camden"], []),
    ("leeds_co_ordinator", ["Leeds"], ["Leeds LSCB", "West Yorkshire SMB"]),
    ("nobody", [], []),
]


@pytest.mark.parametrize(("who", "boroughs", "boards"), LISTED)
def test_the_lists_hold_what_opens(world, client, who, boroughs, boards):
    client.force_login(getattr(world, who))
    for address, names in (("/boroughs/", boroughs), ("/boards/", boards)):
        page = client.get(address)
        assert [name for _, name, _ in page.context["rows"]] == names
        assert all(client.get(url).status_code == 200 for url, _, _ in page.context["rows"])
        assert ("Your seats open none of them" in page.text) == (not names)


def test_a_list_is_sorted_by_any_column(world, client):
    client.force_login(world.co_ordinator)
    names = [name for _, name, _ in client.get("/boroughs/?sort=-borough").context["rows"]]
    assert names == ["Islington", "Hackney", "Camden"]
    assert client.get("/boards/?sort=what-it-is").context["rows"][0][1] == "London LSCB Chairs"


def test_who_misses_somebody_is_told_whom_to_ask(world, client):
    unit = world.organisation("camden-mappa-unit")
    unit.appointments.all().delete()
    for who, said in (
        ("camden_board_chair", "Area Administrator can appoint people"),
        ("area_administrator", "/admin/area/london/organisations/camden-mappa-unit/appoint/"),
    ):
        client.force_login(getattr(world, who))
        page = client.get("/boroughs/camden/").text
        assert "Nobody appointed" in page and said in page, who
    client.force_login(world.camden_board_chair)
    assert "Area Administrator can appoint people" in client.get("/boards/camden-lscb/").text


def test_a_protocol_leads_to_the_parties_that_its_reader_may_open(world, client):
    world.protocol("camden")
    client.force_login(world.camden_board_chair)
    page = client.get("/protocols/CMD-P-2026-001/").text
    assert 'href="/boards/camden-lscb/"' in page and 'href="/boroughs/camden/#camden-mappa-unit"' in page


WORDS = [
    ("childrens services", "Camden Children's Services", True),
    ("CHILDREN’S cam", "Camden Children's Services", True),
    ("services camden", "Camden Children's Services", True),
    ("amden", "Camden Children's Services", False),
    ("", "Camden Children's Services", False),
    ("st helens", "St. Helens Board", True),
    ("trent", "Stoke-on-Trent", True),
    ("mon", "Ynys Môn", True),
    ("MÔN", "Ynys MÔN", True),
    ("m.n (", "Ynys Môn", False),
]


@pytest.mark.parametrize(("query", "text", "found"), WORDS)
def test_search_goes_by_the_beginnings_of_words(world, query, text, found):
    world.organisation("camden-lscb").names.update(name=text)
    pages = [hit.url for hit in find_organisations(world.camden_board_chair, query)]
    assert ("/boards/camden-lscb/" in pages) == found


def test_search_asks_as_often_for_many_hits_as_for_one(world, django_assert_num_queries):
    for user in (world.hackney_administrator, world.area_administrator):
        seats_of(user)
        for query in ("hackney lscb", "hackney", "l"):
            with django_assert_num_queries(5):
                assert list(find_organisations(user, query))


def test_A3_search_finds_only_pages_that_open(world):
    found = {
        who: [hit.title for hit in find_organisations(getattr(world, who), "camden lscb")]
        for who in (
            "camden_administrator",
            "hackney_administrator",
            "area_administrator",
            "leeds_co_ordinator",
        )
    }
    assert found == {
        "camden_administrator": ["Camden LSCB"],
        "hackney_administrator": [],
        "area_administrator": ["Camden LSCB"],
        "leeds_co_ordinator": [],
    }
    assert [hit.reference for hit in find_boroughs(world.camden_administrator, "cmd")] == ["CMD"]
    assert not list(find_boroughs(world.hackney_administrator, "camden"))


def test_search_goes_by_earlier_names_too(world):
    board = world.organisation("camden-lscb")
    actions.rename(board, name="New Partnership", since=localdate(), by=world.area_administrator)
    (hit,) = find_organisations(world.camden_board_chair, "camden lscb")
    assert hit.title == "New Partnership" and "Earlier: Camden LSCB" in hit.summary
