"""One person who is two cases: found, merged and told apart again, with nothing moved."""

from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boards.models import AreaSettings
from data_returns.register import facts
from mappa_portal.exceptions import Conflict
from meetings.due import due_cases
from meetings.models import Discussion, Meeting
from referrals.actions import add_case, change_level, open_disclosure, withdraw
from referrals.actions.addresses import Stay, add_address
from referrals.actions.endings import end
from referrals.actions.merging import merge, unmerge
from referrals.disclosing.ledger import Kind
from referrals.finding import find_people
from referrals.listing import with_clock
from referrals.models import Case
from referrals.personal import Person
from tests.pages import text
from tests.referrals.disclosing import DAY, SAID
from tests.referrals.test_referral_pages import browser
from tests.together import together

BORN = date(1980, 2, 29)
FIRST, SECOND = Person("Jo Canary", birth_date=BORN), Person("J. Canary", ("Kit Marchbank",), BORN)


def case_of(world, person=FIRST, level=None, starts_on=DAY, by=None, unit="camden-mappa-unit") -> Case:
    begins = {"level": level, "starts_on": starts_on} if level else {}
    by = by or world.camden_administrator
    return add_case(world.organisation(unit), person=person, today=localdate(), by=by, **begins)


def heard(case: Case, on: date, status="held") -> Meeting:
    number = Meeting.objects.count() + 1
    of = {"territory": case.territory, "organisation": case.organisation, "reference": f"M{number}"}
    meeting = Meeting.objects.create(**of, level=2, held_on=on, status=status)
    Discussion.objects.create(territory=case.territory, meeting=meeting, case=case)
    return meeting


def told(case: Case, by):
    said = {"said": SAID[Kind.REQUEST], "organisation": None, "today": localdate()}
    return open_disclosure(case, Kind.REQUEST, on=DAY, **said, by=by)


def merged(world, kept: Case, other: Case) -> Case:
    return merge(other, into=kept, reason="Same fingerprints", by=world.camden_administrator)


def clocked(case: Case) -> Case:
    return with_clock(Case.objects.filter(pk=case.pk), localdate()).get()


WHO = [
    ("camden_administrator", None),
    ("camden_mappa_chair", None),
    ("camden_csc_spoc", PermissionDenied),
    ("hackney_administrator", PermissionDenied),
    ("co_ordinator", PermissionDenied),
]


@pytest.mark.parametrize("who, refused", WHO)
def test_who_merges_and_who_undoes_it(world, who, refused):
    kept, other, by = case_of(world), case_of(world, SECOND), getattr(world, who)
    with pytest.raises(refused) if refused else nullcontext():
        merge(other, into=kept, reason="x", by=by)
    if refused:
        merged(world, kept, other)
    with pytest.raises(refused) if refused else nullcontext():
        unmerge(other, reason="x", by=by)


def test_a_duplicate_is_found_by_name_alias_and_date_and_answers_as_the_case_that_is_kept(world):
    kept, other = case_of(world), case_of(world, SECOND)
    unit, by = [world.organisation("camden-mappa-unit")], world.camden_administrator
    merged(world, kept, other)
    for name, born in (("Kit Marchbank", None), ("Canary", None), ("", BORN)):
        assert [m.case for m in find_people(unit, name=name, birth_date=born, by=by)] == [kept]
    unmerge(other, reason="Twins", by=by)
    assert [m.case for m in find_people(unit, name="Kit Marchbank", birth_date=None, by=by)] == [other]


def test_the_kept_case_has_the_level_the_clock_and_everything_else_of_both(world):
    by, today = world.camden_administrator, localdate()
    kept, other = case_of(world), case_of(world, SECOND, level=2)
    heard(kept, DAY + timedelta(days=7))
    last = heard(other, DAY + timedelta(days=30))
    disclosure = told(other, by)
    merged(world, kept, other)
    now = clocked(kept)
    assert (now.present_level, now.level_since, now.last_review) == (2, DAY, last.held_on)
    page = text(browser(by).get(f"/cases/{kept}/"))
    assert f"Level 2 in case {other}" in page and last.reference in page and disclosure.reference in page
    change_level(kept, level=3, starts_on=today, reason="Higher", today=today, by=by)
    assert clocked(kept).present_level == 3
    unmerge(other, reason="x", by=by)
    assert (clocked(kept).present_level, clocked(other).present_level) == (3, 2)
    assert clocked(kept).last_review == DAY + timedelta(days=7)


def test_nobody_is_counted_or_proposed_twice(world):
    kept, other = case_of(world, level=2), case_of(world, SECOND, level=3)
    borough, unit = kept.territory, kept.organisation
    area = AreaSettings.objects.get(territory=borough.parent)
    names = lambda: [f.reference for f in facts(borough, localdate())]  # noqa: E731
    due = lambda: [d.case for d in due_cases(unit, by=date(2030, 1, 1), today=localdate(), settings=area)]  # noqa: E731
    assert len(names()) == len(due()) == 2
    merged(world, kept, other)
    assert names() == [kept.reference] and due() == [kept]
    assert [f.level for f in facts(borough, localdate())] == [2]
    listed = text(browser(world.camden_administrator).get("/cases/"))
    assert kept.reference in listed and other.reference not in listed


def test_a_merged_case_is_read_and_not_changed(world):
    kept, other, by = case_of(world), case_of(world, SECOND), world.camden_administrator
    merged(world, kept, other)
    with pytest.raises(Conflict, match=f"merged into {kept}"):
        change_level(other, level=2, starts_on=DAY, reason="x", today=localdate(), by=by)
    for stays in (kept, other):
        with pytest.raises(Conflict, match="undo that first"):
            withdraw(stays, reason="x", by=by)
    for again in (lambda: merged(world, kept, other), lambda: merged(world, other, kept)):
        with pytest.raises(Conflict):
            again()
    assert f"merged into case {kept}" in text(browser(by).get(f"/cases/{other}/"))
    assert f"Case {other} is the same person" in text(browser(by).get(f"/cases/{kept}/"))


def test_no_case_merges_with_itself_nor_across_boroughs_nor_in_a_chain(world):
    first, second, third = (case_of(world) for _ in range(3))
    with pytest.raises(ValidationError):
        merged(world, first, first)
    merged(world, second, third)
    with pytest.raises(Conflict, match="undo that first"):
        merged(world, first, second)
    assert merged(world, second, first).merged.count() == 2


def test_a_merged_cases_level_is_nobodys_once_the_kept_one_has_ended(world):
    by, today = world.camden_administrator, localdate()
    kept, other = case_of(world, level=2), case_of(world, level=2)
    merged(world, kept, other)
    end(kept, ending="died", on=today - timedelta(days=1), reason="x", today=today, by=by)
    assert clocked(kept).present_level is None and facts(world.territory("camden"), today) == ()
    assert len(facts(world.territory("camden"), DAY)) == 1


def test_the_present_address_of_the_merged_case_is_the_persons(world):
    kept, other = case_of(world), case_of(world, SECOND)
    add_address(other, Stay("home", "1 Canary Lane", other.territory), today=localdate(), by=None)
    merged(world, kept, other)
    assert "Present address Home, Camden 1 Canary Lane" in text(
        browser(world.camden_administrator).get(f"/cases/{kept}/")
    )


def test_a_birth_date_known_under_the_merged_case_is_the_persons(world):
    kept, other = case_of(world, Person("Jo Canary"), level=2), case_of(world, FIRST)
    age = lambda: [f.under_18 for f in facts(kept.territory, localdate())]  # noqa: E731
    assert age() == [None]
    merged(world, kept, other)
    assert age() == [False]


HANGS = st.fixed_dictionaries(
    {
        "levels": st.lists(st.sampled_from([1, 2, 3]), max_size=2),
        "meetings": st.integers(0, 2),
        "disclosures": st.integers(0, 1),
        "person": st.sampled_from([FIRST, SECOND, Person()]),
    }
)


def hang(world, what: dict) -> Case:
    case, by, today = case_of(world, what["person"]), world.camden_administrator, localdate()
    for n, level in enumerate(what["levels"]):
        if [level] != what["levels"][:n][-1:]:
            ending = "reduced" if level == 1 and n else ""
            since = DAY + timedelta(days=n)
            change_level(case, level=level, starts_on=since, reason="x", ending=ending, today=today, by=by)
    for n in range(what["meetings"]):
        heard(case, DAY + timedelta(days=n), "held" if n else "scheduled")
    for _ in range(what["disclosures"]):
        told(case, by)
    return case


def everything() -> dict:
    """All rows of the registers."""
    rooms = [model for room in ("referrals", "meetings") for model in apps.get_app_config(room).get_models()]
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in rooms}


def test_to_merge_and_undo_it_leaves_every_row_as_it_was(world):
    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
    @given(HANGS, HANGS)
    def once(one, two):
        with transaction.atomic():
            kept, other = hang(world, one), hang(world, two)
            before = everything()
            merged(world, kept, other)
            changed = {name for name, rows in everything().items() if rows != before[name]}
            assert changed == {"Case"}, "nothing moves"
            unmerge(other, reason="Two people", by=world.camden_administrator)
            assert everything() == before
            transaction.set_rollback(True)

    once()


def test_the_pages_show_both_side_by_side_and_lead_to_the_one_that_stays(world):
    kept, other, client = case_of(world, level=2), case_of(world, SECOND), browser(world.camden_administrator)
    page = client.get(f"/cases/{kept}/merge/")
    assert f"Compare with {other}" in text(page) and "birth date" in text(page)
    assert "No other case of the borough" in text(
        client.post(f"/cases/{kept}/merge/", {"other": "CMD-C-1-1"})
    )
    both = f"/cases/{kept}/merge/{other}/"
    assert client.post(f"/cases/{kept}/merge/", {"other": f"{other}".lower()}).url == both
    page = text(client.get(both))
    assert "Jo Canary" in page and "Kit Marchbank" in page and "Level 2 from 2 March 2026" in page
    said = text(client.post(both, {}))
    assert "Select which reference stays" in said and "Enter how you know that it is one person" in said
    done = client.post(both, {"keep": other.reference, "reason": "Same PNC"}, follow=True)
    assert f"Case {kept} is merged into {other}" in text(done)
    undone = client.post(f"/cases/{kept}/merge/undo/", {"reason": "Brothers"}, follow=True)
    assert "The merge is undone" in text(undone) and not Case.objects.exclude(merged_into=None).exists()


@pytest.mark.xdist_group("committed")
def test_two_who_merge_crosswise_at_once_merge_once(committed):
    with committed.scope():
        one, two = case_of(committed), case_of(committed, SECOND)
        by = committed.camden_administrator
    said = together(
        lambda: merge(one, into=two, reason="x", by=by), lambda: merge(two, into=one, reason="x", by=by)
    )
    assert sorted(said) == ["Conflict", "done"]
    with committed.scope():
        assert Case.objects.exclude(merged_into=None).count() == 1
