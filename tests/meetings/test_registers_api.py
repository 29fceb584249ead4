"""Meetings, invitations, replies and attendance for programs: who gets which rows, and what stands in them."""

import base64
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.utils import timezone
from rest_framework.test import APIRequestFactory, force_authenticate

from audit.models import Event
from boards.access import share
from meetings.models import Discussion, Invitation, Meeting, Reply
from meetings.registers_api import AttendanceViewSet, InvitationViewSet, MeetingViewSet, ReplyViewSet
from tests.meetings.files import ABSENT, CHILD

VIEWS = [MeetingViewSet, InvitationViewSet, ReplyViewSet, AttendanceViewSet]
REGISTERS = ["meetings", "invitations", "replies", "attendance"]
NAME = "Canary Representative"


@pytest.fixture
def registers(register):
    """Two meetings of Camden, one of Hackney; Camden's Children's Services was given the first case and answered."""
    register.put(
        {"agency": "CSC"} | CHILD,
        {} | CHILD,
        {"meeting": "M2", "case": "C2", "held_on": "2024-09-01", "level": "3", "agency": "CSC"} | ABSENT,
        {"borough": "hackney", "meeting": "H1", "case": "H1"},
    )
    csc = register.world.organisation("camden-childrens-services")
    meeting = Meeting.objects.get(file_reference="M1")
    share(Discussion.objects.get(meeting=meeting), with_=csc)
    for agency, sent_at in (
        (csc, timezone.now()),
        (register.world.organisation("camden-adult-social-care"), None),
    ):
        invitation = Invitation.objects.create(
            territory=meeting.territory, meeting=meeting, agency=agency, sent_at=sent_at
        )
    invitation = Invitation.objects.get(agency=csc)
    for number, answer in ((1, "apologies"), (2, "attending")):
        Reply.objects.create(
            territory=meeting.territory,
            invitation=invitation,
            number=number,
            answer=answer,
            name=NAME,
            reason="canary reason",
            channel="link",
            answered_at=timezone.now(),
        )
    return register


def rows(browser, register: str, query: str = "") -> list[dict]:
    answer = browser.get(f"/api/v1/{register}/?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


WHO = [  # who: how many meetings, invitations, replies, attendances
    ("camden_administrator", (2, 2, 2, 3)),
    ("camden_mappa_chair", (2, 2, 2, 3)),
    ("camden_csc_spoc", (1, 1, 2, 1)),
    ("hackney_administrator", (1, 0, 0, 1)),
    ("camden_business_manager", (0, 0, 0, 0)),
    ("co_ordinator", (0, 0, 0, 0)),
    ("smb_member", (0, 0, 0, 0)),
    ("nobody", (0, 0, 0, 0)),
]


@pytest.mark.parametrize("who, numbers", WHO)
def test_A3_who_gets_how_many_rows(registers, browser_of, who, numbers):
    browser = browser_of(who)
    assert tuple(len(rows(browser, register)) for register in REGISTERS) == numbers


@pytest.mark.parametrize("who, name", [("camden_administrator", NAME), ("camden_csc_spoc", None)])
def test_names_of_who_will_come_are_for_the_unit(registers, browser_of, who, name):
    found = rows(browser_of(who), "replies")
    assert [(r["number"], r["answer"], r["name"]) for r in found] == [
        (1, "apologies", name),
        (2, "attending", name),
    ]
    assert all("reason" not in row for row in found)


def test_A5_rows_hold_references_and_no_row_numbers(registers, browser_of):
    browser = browser_of("camden_administrator")
    [first] = rows(browser, "attendance", "agency=CSC&level=2")
    assert first == {
        "meeting": "CMD-M-2024-001",
        "borough": "camden",
        "held_on": "2024-05-01",
        "level": 2,
        "case": "CMD-C-2024-001",
        "agency": "camden-childrens-services",
        "agency_type": "CSC",
        "invited": True,
        "stood_down": False,
        "attended": True,
        "substitute": False,
        "mode": "in_person",
        "grade": 3,
        "report": False,
        "explained": None,
    }
    one = browser.get("/api/v1/meetings/CMD-M-2024-002/").json()
    assert one == rows(browser, "meetings", "from=2024-06-01")[0] and one["level"] == 3
    for missing in ("HCK-M-2024-001", "CMD-M-2024-999"):
        assert browser.get(f"/api/v1/meetings/{missing}/").status_code == 404


FILTERS = [
    ("meetings", "status=held", 2),
    ("meetings", "to=2024-05-01", 1),
    ("meetings", "level=3", 1),
    ("meetings", "borough=hackney", 0),
    ("attendance", "meeting=CMD-M-2024-001", 2),
    ("attendance", "case=CMD-C-2024-002", 1),
    ("attendance", "attended=false", 1),
    ("attendance", "agency=ASC&from=2024-05-01&to=2024-05-01", 1),
    ("attendance", "organisation=1&territory=9", 3),
    ("replies", "answer=attending", 1),
    ("invitations", "agency=CSC", 1),
]


@pytest.mark.parametrize("name, query, number", FILTERS)
def test_A3_filters_are_an_allow_list(registers, browser_of, name, query, number):
    assert len(rows(browser_of("camden_administrator"), name, query)) == number


@pytest.mark.parametrize(
    "name, value", [("from", "soon"), ("level", "1"), ("borough", "atlantis"), ("answer", "x")]
)
def test_a_wrong_value_is_named(registers, browser_of, name, value):
    answer = browser_of("camden_administrator").get("/api/v1/replies/", {name: value})
    assert answer.status_code == 400 and [e["pointer"] for e in answer.json()["errors"]] == [f"/{name}"]


def test_pages_hold_every_row_once_and_no_row_number(registers, browser_of):
    registers.put(
        *({"meeting": "M9", "case": f"N{n}", "agency": a} for n in range(4) for a in ("ASC", "CSC", "YOT"))
    )
    browser = browser_of("camden_administrator")
    whole = rows(browser, "attendance")
    seen, address = [], "/api/v1/attendance/?limit=4"
    while address:
        page = browser.get(address).json()
        seen += page["results"]
        address = page["next"]
        if address:
            cursor = parse_qs(urlsplit(address).query)["cursor"][0]
            assert "CMD-M-2024-" in unquote(base64.b64decode(cursor).decode())
    assert seen == whole and len(seen) == 15


@pytest.mark.parametrize("name", REGISTERS)
def test_an_unchanged_answer_is_not_sent_again_and_nothing_is_written(registers, browser_of, name):
    browser, address = browser_of("camden_administrator"), f"/api/v1/{name}/"
    tag = browser.get(address)["ETag"]
    assert browser.get(address, headers={"If-None-Match": tag}).status_code == 304
    for method in ("post", "put", "patch", "delete"):
        assert getattr(browser, method)(address).status_code == 405


def test_X1_a_register_as_a_table_is_marked_recorded_and_limited(registers, browser_of):
    browser, table = browser_of("camden_administrator"), {"Accept": "text/csv"}
    answer = browser.get("/api/v1/attendance/?limit=2", headers=table)
    head, *lines = answer.content.decode().splitlines()
    assert head.startswith("meeting,borough,held_on,level,case,agency") and head.endswith("Marking")
    assert len(lines) == 2 and lines[0].endswith("OFFICIAL-SENSITIVE") and 'rel="next"' in answer["Link"]
    event = Event.objects.get(name="figures.exported")
    assert (event.territory.slug, event.reason) == ("camden", "Camden: 2 rows, CSV of attendance")
    others = [browser.get("/api/v1/attendance/", headers=table).status_code for _ in range(10)]
    assert others == [200] * 9 + [429]


@pytest.mark.parametrize("who", ["camden_administrator", "camden_csc_spoc"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_list_is_at_most_six_queries_however_long(registers, django_assert_max_num_queries, view, who):
    user = getattr(registers.world, who)

    def queries() -> int:
        request = APIRequestFactory().get("/", {"limit": "200"})
        force_authenticate(request, user)
        with registers.world.acting(user), django_assert_max_num_queries(6) as seen:
            assert view.as_view({"get": "list"})(request).status_code == 200
        return len(seen)

    few = queries()
    registers.put(*({"meeting": f"N{n}", "case": f"C{n}", "agency": "CSC"} for n in range(20)))
    assert queries() == few
