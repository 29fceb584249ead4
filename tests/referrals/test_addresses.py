"""Where a person lives, one address at a time; which borough that is; how addresses came out of the particulars."""

import json
from datetime import date
from importlib import import_module

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from accounts.vault import seal, unseal
from audit.models import Change
from mappa_portal.exceptions import Conflict
from referrals import actions
from referrals.actions.addresses import Stay, add_address, correct_address, end_address
from referrals.models import Address, Case
from referrals.models.addresses import present
from referrals.personal import Person
from tests.pages import text
from tests.world import TODAY

JAN, MARCH, MAY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1)
LANE = "1 Canary Lane"


@pytest.fixture
def by(world):
    return world.camden_administrator


@pytest.fixture
def case(world, by):
    unit = world.organisation("camden-mappa-unit")
    return actions.add_case(unit, person=Person("Jo"), category=1, level=2, starts_on=JAN, today=TODAY, by=by)


@pytest.fixture
def lives(world, case, by):
    def lived(starts_on=JAN, ends_on=None, kind="home", borough="camden", elsewhere=""):
        where = world.territory(borough) if borough else None
        stay = Stay(kind, LANE, where, elsewhere, starts_on, ends_on)
        return add_address(case, stay, today=TODAY, by=by)

    return lived


def days(case) -> list[tuple]:
    return [(a.starts_on, a.ends_on) for a in case.addresses.all()]


def test_who_moves_leaves_the_address_before_on_the_day_before(case, lives):
    lives(starts_on=None)
    lives(MARCH)
    assert days(case) == [(MARCH, None), (None, date(2026, 2, 28))]


OVERLAPS = [  # the first one; the next; beside which date, and what is said
    ((JAN, MARCH), (MARCH, None), "starts_on", "First day overlaps: Home held until 1 March 2026"),
    ((JAN, None), (JAN, None), "starts_on", "First day overlaps: Home still holds: end it first"),
    ((JAN, None), (MARCH, MAY), "starts_on", "First day overlaps: Home still holds: end it first"),
    ((MARCH, MAY), (JAN, MARCH), "ends_on", "Last day must be before 1 March 2026"),
    ((MARCH, None), (JAN, None), "ends_on", "Last day must be before 1 March 2026"),
    ((None, MARCH), (None, JAN), "starts_on", "First day overlaps: Home held until 1 March 2026"),
    ((JAN, MARCH), (date(2026, 11, 23), None), "starts_on", "First day must be today or in the past"),
    ((JAN, MARCH), (MAY, date(2026, 4, 30)), "ends_on", "Last day must be 1 May 2026 or later"),
    ((JAN, MARCH), (date(2026, 3, 2), None), None, None),
    ((MARCH, MAY), (JAN, date(2026, 2, 28)), None, None),
]


@pytest.mark.parametrize("first, then, field, said", OVERLAPS)
def test_no_two_addresses_hold_on_one_day(case, lives, first, then, field, said):
    lives(*first)
    if field is None:
        lives(*then)
    else:
        with pytest.raises(ValidationError) as refused:
            lives(*then)
        assert said in refused.value.message_dict[field][0]
    assert case.addresses.count() == (2 if field is None else 1) and days(case)[-1:] == [
        min([first, then], key=lambda d: d[0] or date.min) if field is None else first
    ]


def test_an_address_is_corrected_and_ended(world, case, lives, by):
    lives(JAN, MARCH)
    second = lives(MAY)
    with pytest.raises(ValidationError):
        correct_address(second, Stay("home", LANE, None, "Kent", MARCH), today=TODAY, by=by)
    fixed = correct_address(
        second, Stay("approved", LANE, None, "Kent", date(2026, 4, 1)), today=TODAY, by=by
    )
    assert (fixed.kind, fixed.place, fixed.starts_on) == ("approved", "Kent", date(2026, 4, 1))
    with pytest.raises(ValidationError, match="Last day must be 1 April 2026 or later"):
        end_address(fixed, ends_on=MARCH, by=by)
    end_address(fixed, ends_on=MAY, by=by)
    with pytest.raises(ValidationError):
        end_address(fixed, ends_on=MAY, by=by)
    assert days(case) == [(date(2026, 4, 1), MAY), (JAN, MARCH)]


@pytest.mark.parametrize("who", ["camden_business_manager", "camden_csc_spoc", "hackney_administrator"])
def test_only_the_unit_writes_addresses(world, case, who):
    with pytest.raises(PermissionDenied):
        add_address(case, Stay("home", LANE), today=TODAY, by=getattr(world, who))


def test_of_an_ended_case_nothing_moves(case, by, lives):
    actions.end(case, ending="died", on=MARCH, reason="x", today=TODAY, by=by)
    with pytest.raises(Conflict):
        lives()


def test_what_an_address_says_lies_sealed(case, lives):
    lives(borough=None, elsewhere="Canary Wharf of Kent")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text || elsewhere FROM referrals_address")
        [[stored]] = cursor.fetchall()
    assert "Canary" not in stored + str([c.__dict__ for c in Change.objects.all()])


AWAY = [  # kind, borough, elsewhere; leads to another borough's panel
    ("home", "camden", "", False),
    ("home", "hackney", "", True),
    ("approved", "hackney", "", True),
    ("placement", None, "Kent", True),
    ("links", "hackney", "", True),
    ("hospital", "hackney", "", False),
    ("custody", None, "Kent", False),
]


@pytest.mark.parametrize("kind, borough, elsewhere, away", AWAY)
def test_where_a_person_lives_decides_the_borough(case, lives, browser_of, kind, borough, elsewhere, away):
    address = lives(JAN, kind=kind, borough=borough, elsewhere=elsewhere)
    assert address.leads_away == away
    page = text(browser_of("camden_administrator").get(f"/cases/{case}/"))
    assert (f"The present address lies in {elsewhere or 'Hackney'}" in page) == away
    assert LANE in page


PRESENT = [(date(2025, 12, 31), None), (JAN, 1), (MARCH, 1), (date(2026, 3, 2), None), (MAY, 2)]


@pytest.mark.parametrize("on, number", PRESENT)
def test_the_present_address_is_that_of_the_day(case, lives, on, number):
    lives(JAN, MARCH)
    lives(MAY)
    found = present(case.addresses.all(), on)
    assert (found and found.number) == number


def sent(**values):
    day = {f"starts_on_{part}": getattr(MARCH, part) for part in ("day", "month", "year")}
    return {"kind": "home", "text": LANE, "borough": "camden", "elsewhere": ""} | day | values


def test_pages_add_correct_and_end(case, browser_of):
    browser, page = browser_of("camden_administrator"), f"/cases/{case}/addresses/"
    assert "Enter which place it is" in text(browser.post(f"{page}new/", sent(borough="elsewhere")))
    shown = text(browser.post(f"{page}new/", sent(), follow=True))
    assert "Home, Camden From 1 March 2026, at present" in shown
    again = browser.post(f"{page}new/", sent())
    assert "First day overlaps: Home still holds: end it first" in text(again)
    assert 'value="approved"' in browser.get(f"{page}1/").content.decode()
    shown = text(
        browser.post(f"{page}1/", sent(kind="approved", borough="elsewhere", elsewhere="Kent"), follow=True)
    )
    assert "Approved premises, Kent" in shown
    last = {"ends_on_day": "1", "ends_on_month": "5", "ends_on_year": "2026"}
    assert "From 1 March 2026 to 1 May 2026" in text(browser.post(f"{page}1/end/", last, follow=True))
    assert {browser.get(f"{page}2/{more}").status_code for more in ("", "end/")} == {404}


def test_the_page_of_a_case_costs_the_same_with_more_addresses(
    case, lives, browser_of, django_assert_max_num_queries
):
    def queries() -> int:
        with django_assert_max_num_queries(45) as seen:
            browser.get(f"/cases/{case}/")
        return len(seen)

    browser = browser_of("camden_administrator")
    lives(date(2025, 1, 1))
    queries()
    few = queries()
    for month in range(2, 8):
        lives(date(2025, month, 1), borough="hackney")
    assert queries() == few


# -- The migration --

move = import_module("referrals.migrations.0008_addresses_move").move
OLD = {"name": "Jo", "aliases": [], "birth_date": None, "address": LANE}
KEPT = [  # particulars before; afterwards, and the address
    (OLD, Person("Jo"), LANE),
    (OLD | {"address": ""}, Person("Jo"), None),
    (OLD | {"name": ""}, Person(), LANE),
]


@pytest.mark.parametrize("before, person, lines", KEPT)
def test_the_address_moves_out_of_the_particulars(case, before, person, lines):
    Case.objects.update(personal=seal(json.dumps(before)))
    with connection.schema_editor(atomic=False) as editor, connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('portal.territories'), current_setting('portal.areas')")
        [scope] = cursor.fetchall()
        move(None, editor)
        cursor.execute(
            "SELECT set_config('portal.territories', %s, true), set_config('portal.areas', %s, true)", scope
        )
    case = Case.objects.get()
    assert Person.opened(case.personal) == person and bool(case.personal) == (person != Person())
    if case.personal:
        assert "address" not in json.loads(unseal(case.personal))
    found = Address.objects.values_list("kind", "borough__slug", "starts_on", "number")
    assert list(found) == ([("home", "camden", None, 1)] if lines else [])
    assert [a.lines for a in Address.objects.all()] == ([lines] if lines else [])
