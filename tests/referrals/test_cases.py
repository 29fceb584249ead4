"""Cases by hand: adding, changing, levels, and what a new birth date moves."""

from contextlib import nullcontext
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.vault import unseal
from audit.models import Change, Draft
from mappa_portal.exceptions import Conflict, StaleEdit
from meetings.models import Discussion, Meeting, Recount
from referrals import actions
from referrals.models import Case, LevelPeriod, Token
from referrals.personal import Person
from tests.world import TODAY

JO = Person("Jo Canary", ("JC",), date(2010, 5, 1))


@pytest.fixture
def unit(world):
    return world.organisation("camden-mappa-unit")


@pytest.fixture
def add(world, unit):
    def added(person=JO, by=None, **values):
        by = by or world.camden_administrator
        return actions.add_case(unit, person=person, today=TODAY, by=by, **values)

    return added


def edit(case, by, person=JO, **values):
    usual = {"revision": 1, "category": None, "responsible_agency": None, "responsible_csc": None}
    return actions.edit_case(case, person=person, by=by, **usual | values)


WHO_WITHDRAWS = [
    ("camden_administrator", None),
    ("camden_mappa_chair", None),
    ("camden_csc_spoc", PermissionDenied),
    ("hackney_administrator", PermissionDenied),
]


@pytest.mark.parametrize("who, refused", WHO_WITHDRAWS)
def test_a_case_added_by_mistake_is_withdrawn_and_its_reference_not_given_again(add, world, who, refused):
    case = add(level=2, starts_on=TODAY, reason="Mistake")
    with pytest.raises(refused) if refused else nullcontext():
        actions.withdraw(case, reason="Added twice", by=getattr(world, who))
    left = Case.objects.exists(), LevelPeriod.objects.exists(), Token.objects.exists()
    assert left == (bool(refused),) * 3
    said = Draft.objects.filter(name="case.withdrawn").values_list("reference", "reason")
    assert list(said) == ([] if refused else [("CMD-C-2026-001", "Added twice")])
    assert add().reference == "CMD-C-2026-002"


def test_a_case_of_a_meeting_stays(add, world, unit):
    case = add()
    meeting = Meeting.objects.create(
        territory=case.territory,
        organisation=unit,
        reference="CMD-M-2026-001",
        level=2,
        held_on=TODAY,
        status="cancelled",
    )
    Discussion.objects.create(territory=case.territory, meeting=meeting, case=case)
    with pytest.raises(Conflict, match="on the agenda of a meeting"):
        actions.withdraw(case, reason="Added twice", by=world.camden_administrator)


SAME = ["LOCAL/7", "local/7", "CMD-C-2026-001", "cmd-c-2026-001"]


@pytest.mark.parametrize("again", SAME)
def test_no_two_cases_of_a_borough_have_the_same_reference(add, again):
    add(file_reference="LOCAL/7")
    with pytest.raises(ValidationError, match="exists already"):
        add(file_reference=again)
    add(file_reference="LOCAL/8")


def test_a_case_gets_the_next_reference_and_its_particulars_lie_sealed(add, world):
    case = add(category=1, level=2, starts_on=date(2026, 11, 1), reason="High risk")
    assert case.reference == "CMD-C-2026-001" and add(Person()).personal == ""
    assert "Canary" not in case.personal and Person.opened(case.personal) == JO
    [period] = case.levels.all()
    assert (period.level, period.why) == (2, "High risk") and "High" not in period.reason
    kept = " ".join(str(change.__dict__) for change in Change.objects.all())
    assert "Canary" not in kept and "2010" not in kept
    added = Draft.objects.filter(name="case.added").first()
    assert unseal(Change.objects.get(event_id=added.pk).after["name"]) == "Jo Canary"


WHO = ["camden_business_manager", "camden_csc_spoc", "hackney_administrator", "smb_chair", "co_ordinator"]


@pytest.mark.parametrize("who", WHO)
def test_only_the_unit_adds_and_changes(add, world, who):
    case = add()
    by = getattr(world, who)
    refused = [
        lambda: add(by=by),
        lambda: edit(case, by, Person()),
        lambda: actions.look(case, by=by),
        lambda: actions.change_level(case, level=2, starts_on=TODAY, reason="x", today=TODAY, by=by),
    ]
    for act in refused:
        with pytest.raises(PermissionDenied):
            act()


CATEGORY_4 = [(date(2022, 4, 27), False), (date(2022, 4, 28), True), (None, True)]


@pytest.mark.parametrize("starts_on, taken", CATEGORY_4)
def test_category_4_holds_from_its_beginning(add, starts_on, taken):
    values = {"category": 4, "level": starts_on and 3, "starts_on": starts_on}
    if taken:
        assert add(**values).category == 4
    else:
        with pytest.raises(ValidationError, match="Category 4 began on 28 April 2022"):
            add(**values)


def test_C2_a_stale_save_is_refused_and_the_same_again_is_no_change(add, world):
    case, by = add(), world.camden_administrator
    assert edit(case, by).revision == 1
    assert edit(case, by, category=2).revision == 2
    with pytest.raises(StaleEdit):
        edit(case, by, category=1)
    assert Draft.objects.filter(name="case.edited").count() == 1


def test_a_new_name_is_found_and_the_old_one_is_not(add, world):
    case = add()
    before = set(Token.objects.values_list("token", flat=True))
    edit(case, world.camden_administrator, Person("Somebody Else"))
    assert not before & set(Token.objects.values_list("token", flat=True))


# -- What a birth date moves --

BORN = [  # birth date, stated before, under 18 afterwards, figures move
    (date(2009, 1, 1), None, True, True),
    (date(1980, 1, 1), None, False, True),
    (date(2009, 1, 1), False, True, True),  # what is known wins over what was stated
    (date(1980, 1, 1), False, False, False),
    (None, None, None, False),
    (None, True, True, False),
]


@pytest.mark.parametrize("born, stated, under_18, moves", BORN)
def test_C11_a_new_birth_date_sets_under_18_anew_whatever_was_stated(
    add, world, unit, born, stated, under_18, moves
):
    case = add(Person())
    meeting = Meeting.objects.create(
        territory=unit.territory,
        organisation=unit,
        reference="M",
        level=2,
        held_on=date(2026, 5, 1),
        status="held",
    )
    discussion = Discussion.objects.create(
        territory=unit.territory,
        meeting=meeting,
        case=case,
        under_18=stated,
        under_18_stated=stated is not None,
    )
    edit(case, world.camden_administrator, Person(birth_date=born))
    discussion.refresh_from_db()
    still_stated = stated is not None and born is None
    assert (discussion.under_18, discussion.under_18_stated) == (under_18, still_stated)
    assert [r.first_day for r in Recount.objects.all()] == ([date(2026, 5, 1)] if moves else [])


# -- Levels --


def levels(case):
    return [(p.level, p.starts_on, p.ends_on) for p in case.levels.all()]


def change(case, level: int, starts_on: date, by, act=actions.change_level):
    ending = "reduced" if level == 1 else ""
    return act(case, level=level, starts_on=starts_on, reason="Because", ending=ending, today=TODAY, by=by)


def test_a_new_level_ends_the_one_before_on_the_day_before(add, world):
    case, by = add(level=2, starts_on=date(2026, 1, 1)), world.camden_administrator
    change(case, 3, date(2026, 3, 1), by)
    assert levels(case) == [(3, date(2026, 3, 1), None), (2, date(2026, 1, 1), date(2026, 2, 28))]
    change(case, 1, date(2026, 3, 1), by)  # decided anew on the same day
    assert levels(case)[0] == (1, date(2026, 3, 1), None) and case.levels.count() == 2


def test_a_level_decided_and_taken_back_on_its_day_leaves_the_one_before_as_it_was(add, world):
    case, by = add(level=2, starts_on=date(2026, 1, 1)), world.camden_administrator
    for _ in range(2):
        change(case, 3, date(2026, 3, 1), by)
        change(case, 2, date(2026, 3, 1), by)
        assert levels(case) == [(2, date(2026, 1, 1), None)]
    last = Draft.objects.filter(name="case.level_corrected").last()
    change_kept = Change.objects.get(event_id=last.pk)
    assert (change_kept.before["level"], change_kept.after["level"]) == (3, 2)
    assert change_kept.after["level_since"] == "2026-01-01"


REFUSED = [
    (2, date(2026, 2, 1), "Level 2 is the present level. Select another"),
    (3, date(2025, 12, 31), "First day must be 1 January 2026 or later, as Level 2 began then"),
    (3, date(2026, 11, 23), "First day must be today or in the past"),
]


@pytest.mark.parametrize("level, starts_on, said", REFUSED)
def test_a_level_that_cannot_follow_is_refused(add, world, level, starts_on, said):
    case = add(level=2, starts_on=date(2026, 1, 1))
    with pytest.raises(ValidationError, match=said):
        change(case, level, starts_on, world.camden_administrator)
    assert levels(case) == [(2, date(2026, 1, 1), None)]


def test_the_newest_level_is_corrected_and_the_one_before_follows(add, world):
    case, by = add(level=2, starts_on=date(2026, 1, 1)), world.camden_administrator
    change(case, 3, date(2026, 3, 1), by)
    change(case, 1, date(2026, 4, 1), by, actions.correct_level)
    assert levels(case) == [(1, date(2026, 4, 1), None), (2, date(2026, 1, 1), date(2026, 3, 31))]
    for level, day, said in [
        (2, date(2026, 4, 1), "The level before was 2"),
        (1, date(2026, 1, 1), "must be after"),
    ]:
        with pytest.raises(ValidationError, match=said):
            change(case, level, day, by, actions.correct_level)
    with pytest.raises(Conflict):
        change(add(Person()), 1, TODAY, by, actions.correct_level)
    assert LevelPeriod.objects.count() == 2 and Case.objects.count() == 2


def test_no_level_holds_before_the_person_was_born(add, world):
    by, born = world.camden_administrator, date(2000, 5, 1)
    with pytest.raises(ValidationError, match="must be after the date of birth, 1 May 2000"):
        add(Person("Jo", birth_date=born), level=2, starts_on=born)
    case = add(Person("Jo", birth_date=born), level=2, starts_on=date(2026, 1, 1))
    with pytest.raises(ValidationError, match="must be after the date of birth"):
        change(case, 3, date(1999, 1, 1), by, actions.correct_level)


def test_a_level_that_takes_anothers_place_leaves_its_reason_with_the_event(add, world):
    case = add(level=2, starts_on=date(2026, 1, 1), reason="Level 2 holds the risk")
    change(case, 3, date(2026, 1, 1), world.camden_administrator)
    last = Draft.objects.filter(name="case.level_corrected").last()
    kept = Change.objects.get(event_id=last.pk)
    assert (
        unseal(kept.before["reason"]) == "Level 2 holds the risk"
        and kept.after["reason"] != kept.before["reason"]
    )
