"""Camden's rules of disclosure, each as somebody meets it, through the pages."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.second_factor import current_code
from audit.models import Event
from referrals.disclosing.ledger import Kind
from referrals.models import Disclosure
from tests.pages import text
from tests.referrals.disclosing import DAY, Disclosing
from tests.referrals.disclosing_pages import DECISION, PROPOSAL, REQUEST, TODAY, TOLD, day, opened, send

CHAIR = "camden_mappa_chair"


@pytest.fixture
def ledger(world):
    return Disclosing(world)


@pytest.fixture
def browse(world):
    def browser(who="camden_administrator"):
        client = Client()
        client.force_login(getattr(world, who))
        return client

    return browser


def test_a_school_return_reaches_only_head_and_designated_teacher(ledger, browse, world):
    client, chair = browse(), browse(CHAIR)
    page = opened(client, ledger.case)
    offered = client.get(f"{page}add/proposal/").content.decode()
    roles = set(re.findall(r'name="role" value="(\w+)"', offered))
    assert roles == {"head", "safeguarding"}
    refused = text(client.post(f"{page}add/proposal/", PROPOSAL | {"role": "parent", "seen": 1}, follow=True))
    assert "Select who this is" in refused
    two = {"recipient_2": "Canary Teacher", "role_2": "safeguarding"}
    assert send(client, f"{page}add/proposal/", PROPOSAL | two, pages=5).status_code == 302
    code = {"code": current_code(world.camden_mappa_chair)}
    assert send(chair, f"{page}add/decision/", DECISION | code).status_code == 302
    assert "Canary Head, head teacher" in text(client.get(f"{page}add/carried_out/"))
    assert send(client, f"{page}add/carried_out/", TOLD).status_code == 302
    assert "Still to be told" in text(client.get(page))
    assert send(client, f"{page}add/carried_out/", TOLD | {"recipient": "0"}).status_code == 200, (
        "told already"
    )
    assert send(client, f"{page}add/carried_out/", TOLD | {"recipient": "1"}).status_code == 302
    told = Disclosure.objects.get().state.told
    assert [e.said["recipients"][0]["role"] for e in told] == ["head", "safeguarding"]


def test_an_emergency_decision_is_red_until_the_next_panel(ledger, browse, world):
    made = ledger.decided()
    client = browse(CHAIR)
    red = '<strong class="govuk-tag govuk-tag--red">Awaiting ratification</strong>'
    assert red in client.get(f"/disclosures/{made}/").content.decode()
    assert red in client.get("/disclosures/").content.decode()
    before = ledger.hearing(on=made.state.decision.on - timedelta(days=1))
    panel = ledger.hearing(on=made.state.decision.on + timedelta(days=14))
    values = {"meeting": panel.reference, "ratified": "yes", "code": current_code(world.camden_mappa_chair)}
    refused = send(client, f"/disclosures/{made}/add/ratification/", values | {"meeting": before.reference})
    assert "Date of the meeting must be the same as or after 2 March 2026" in text(refused), (
        "not by a panel before it"
    )
    values |= (
        {"code": ""} if "You confirmed" in text(client.get(f"/disclosures/{made}/add/ratification/")) else {}
    )
    assert send(client, f"/disclosures/{made}/add/ratification/", values).status_code == 302
    assert red not in client.get(f"/disclosures/{made}/").content.decode()


def test_a_decision_asks_for_the_second_factor(ledger, browse, world):
    made, client = ledger.proposed(), browse(CHAIR)
    for code, said in (("", "Enter the 6-digit code"), ("000000", "this one is not right")):
        assert said in text(send(client, f"/disclosures/{made}/add/decision/", DECISION | {"code": code}))
        cache.clear()
    assert Disclosure.objects.get().status == "proposed"


def test_a_social_workers_question_is_answered_and_kept(ledger, browse):
    client = browse()
    address = f"/cases/{ledger.case}/disclosures/new/request/"
    asked = REQUEST | {
        "asked_by": "A social worker of another borough, with manager and MAPPA representative",
        "why": "A police check suggested MAPPA; current work with a family in contact with the person",
        "circumstances": ["INFO", "VICTIM"],
    }
    page = client.post(f"{address}?step=4", asked)["Location"]
    to = {"recipient": "Canary Worker", "role": "social_worker"}
    assert send(client, f"{page}add/proposal/", PROPOSAL | to, pages=5).status_code == 302
    assert "social worker" in text(client.get(page)).lower()
    assert "CMD-D-" in text(client.post("/disclosures/find/", {"name": "canary worker"}))


ASK_ELSEWHERE = {"hackney_administrator"}  # keeps a ledger of another borough
OTHERS = [
    "camden_board_chair",
    "camden_business_manager",
    "smb_chair",
    "camden_csc_spoc",
    "hackney_administrator",
]


@pytest.mark.parametrize("who", OTHERS)
def test_for_everybody_else_there_is_no_ledger(ledger, browse, who):
    made, client = ledger.proposed(), browse(who)
    addresses = [
        *(f"/disclosures/{made}/", f"/disclosures/{made}/pdf/", f"/disclosures/{made}/add/decision/"),
        *(f"/cases/{ledger.case}/disclosures/new/", f"/cases/{ledger.case}/disclosures/new/request/"),
        *(
            []
            if who in ASK_ELSEWHERE
            else ["/disclosures/", "/disclosures/export/", "/disclosures/who-knew/"]
        ),
    ]
    assert {a: client.get(a).status_code for a in addresses} == dict.fromkeys(addresses, 404)
    assert who.startswith("hackney") or "Disclosure" not in text(client.get("/"))


# -- The pages themselves --


def test_the_same_form_twice_is_one_entry(ledger, browse):
    client = browse()
    address = f"/cases/{ledger.case}/disclosures/new/request/"
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(address).content.decode())[1]
    sent = REQUEST | {"csrfmiddlewaretoken": token}
    page = client.post(f"{address}?step=4", sent)["Location"]
    assert page == client.post(f"{address}?step=4", sent)["Location"]
    assert f'href="{page}"' in client.get(f"/cases/{ledger.case}/").content.decode()
    assert Disclosure.objects.count() == 1


def test_the_list_is_filtered_sorted_and_taken_away_without_names(ledger, browse):
    client = browse()
    assert "No disclosures recorded." in text(client.get("/disclosures/"))
    made, outside = ledger.proposed(), ledger.open(Kind.OUTSIDE)
    for query, shown in (
        ("status=outside", {outside.reference}),
        ("basis=cja325&role=accommodation&circumstance=OTHERS&year=2026", {made.reference}),
        ("role=head", set()),
        ("sort=status", {made.reference, outside.reference}),
    ):
        page = text(client.get(f"/disclosures/?{query}"))
        assert set(re.findall(r"CMD-D-\d+-\d+", page)) == shown
        assert ("No disclosure matches these filters." in page) == (not shown)
    table = client.get("/disclosures/export/").content.decode()
    assert made.reference in table and "canary" not in table.lower() and "OFFICIAL-SENSITIVE" in table
    assert Event.objects.filter(name="disclosures.exported").count() == 1


def test_reading_a_trail_is_recorded_and_costs_the_same_with_more_entries(
    ledger, browse, django_assert_max_num_queries
):
    made, client = ledger.add(ledger.proposed(), Kind.VIEW), browse()

    def queries(address) -> int:
        with django_assert_max_num_queries(40) as seen:
            client.get(address)
        return len(seen)

    trail = f"/disclosures/{made}/"
    queries(trail)
    few, listed = queries(trail), queries("/disclosures/")
    assert Event.objects.filter(name="disclosure.viewed", actor=ledger.administrator).count() == 2
    for _ in range(4):
        ledger.add(made, Kind.VIEW)
        ledger.open()
    assert (queries(trail), queries("/disclosures/")) == (few, listed)


def test_who_knew_and_the_trail_on_paper(ledger, browse):
    made, client = ledger.add(ledger.decided(), Kind.CARRIED_OUT), browse()
    asked = {"case": ledger.case.reference.lower(), **day("on")}
    page = client.post("/disclosures/who-knew/", asked).content.decode()
    assert "canary words" in page and "canary" not in re.search("<title>(.*?)</title>", page)[1].lower()
    assert "Nobody had been told by then" in text(
        client.post("/disclosures/who-knew/", asked | {"on_year": "2025"})
    )
    tomorrow = text(client.post("/disclosures/who-knew/", asked | day("on", TODAY + timedelta(days=1))))
    assert "Day must be today or in the past" in tomorrow and "canary words" not in tomorrow
    assert "Enter the reference of a case in your register" in text(
        client.post("/disclosures/who-knew/", asked | {"case": "HCK-C-2026-001"})
    )
    paper = client.get(f"/disclosures/{made}/pdf/")
    assert paper.content.startswith(b"%PDF-") and paper["Content-Disposition"].endswith(f'{made}.pdf"')
    assert Event.objects.filter(name="disclosure.downloaded").count() == 1


# -- At the table, and beyond the borough --


def agenda(world, meeting, who="camden_administrator") -> str:
    client = Client()
    client.force_login(getattr(world, who))
    page = text(client.get(f"/meetings/{meeting}/"))
    return page.partition("Disclosures to ratify or note")[2][:400]


def test_what_was_disclosed_without_a_panel_stands_on_the_cases_next_agenda(world):
    ledger = Disclosing(world)
    outside, emergency = ledger.open(Kind.OUTSIDE), ledger.decided()
    before = ledger.hearing(DAY - timedelta(days=1), "scheduled")
    later, following = (ledger.hearing(DAY + timedelta(days=n), "scheduled") for n in (9, 20))
    shown = agenda(world, later)
    assert outside.reference in shown and "Note what was disclosed" in shown
    assert emergency.reference in shown and "Ratify the emergency decision" in shown
    assert not agenda(world, before) and not agenda(world, following)
    later.status = "held"
    later.save()
    assert outside.reference in agenda(world, later) and outside.reference in agenda(world, following)
    ledger.add(outside, Kind.HEARD, on=later.held_on, meeting=later.reference)
    assert outside.reference not in agenda(world, later) + agenda(world, following)


def test_the_areas_office_is_told_whom_to_ask_and_nothing_of_a_borough(world):
    made = Disclosing(world).open()
    client = Client()
    client.force_login(world.co_ordinator)
    told = client.get("/disclosures/")
    assert told.status_code == 403 and "stays with the borough’s MAPPA unit" in text(told)
    trail = [client.get(f"/disclosures/{reference}/") for reference in (made.reference, "CMD-D-2026-999")]
    assert [answer.status_code for answer in trail] == [404, 404]
