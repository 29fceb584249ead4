"""Two endings kept apart, a recall that suspends, and how a case stands after whatever people do to it."""

from contextlib import nullcontext
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import Change, Draft
from boards.models import AreaSettings
from data_returns.register import facts
from mappa_portal.exceptions import Conflict
from meetings.actions import agenda
from meetings.due import due_cases
from meetings.models import Meeting
from referrals import actions
from referrals.endings import Ending, eligibility_endings
from referrals.listing import with_clock
from referrals.models import Case
from referrals.personal import Person
from tests.pages import text
from tests.world import TODAY

SINCE, DAY = date(2026, 1, 1), date(2026, 3, 1)


@pytest.fixture
def by(world):
    return world.camden_administrator


@pytest.fixture
def case(world, by):
    return add(world, by)


def add(world, by, level=2, category=1, since=SINCE, name="Jo Canary") -> Case:
    unit = world.organisation("camden-mappa-unit")
    begins = {"level": level, "starts_on": since if level else None}
    return actions.add_case(unit, person=Person(name), category=category, **begins, today=TODAY, by=by)


def change(case, level, on, by, ending="", act=actions.change_level):
    return act(case, level=level, starts_on=on, reason="Because", ending=ending, today=TODAY, by=by)


def recall(case, by, on=DAY):
    return actions.recall(case, on=on, reason="Canary sings", today=TODAY, by=by)


def end(case, by, on=DAY, ending="died"):
    return actions.end(case, ending=ending, on=on, reason="Canary sings", today=TODAY, by=by)


def levels(case):
    return [(p.level, p.starts_on, p.ends_on, p.ending) for p in case.levels.all()]


def stands(case) -> Case:
    return with_clock(Case.objects.all(), TODAY).get(pk=case.pk)


# -- Active management ends --

DOWN = [  # from, to, reason given; refused, or what the period before says
    (2, 1, "reduced", "reduced"),
    (3, 1, "licence", "licence"),
    (3, 1, "registration", "registration"),
    (3, 1, "", None),
    (2, 1, "died", None),
    (2, 1, "transferred", None),
    (3, 2, "", ""),  # goes on at another level: nothing ends
    (3, 2, "reduced", None),
    (2, 3, "recalled", None),
    (1, 2, "", ""),
]


@pytest.mark.parametrize("before, level, ending, kept", DOWN)
def test_down_to_level_1_says_why_active_management_ends(world, by, before, level, ending, kept):
    case = add(world, by, level=before)
    with nullcontext() if kept is not None else pytest.raises(ValidationError, match="ctive management ends"):
        change(case, level, DAY, by, ending)
    last = (before, SINCE, DAY - timedelta(days=1), kept) if kept is not None else (before, SINCE, None, "")
    assert levels(case)[-1] == last
    assert stands(case).standing == "managed"


def test_a_correction_asks_too_and_what_goes_on_after_all_has_not_ended(case, by):
    change(case, 3, DAY, by)
    with pytest.raises(ValidationError, match="Select why active"):
        change(case, 1, DAY, by, act=actions.correct_level)
    change(case, 1, DAY, by, "reduced", act=actions.correct_level)
    assert levels(case)[1] == (2, SINCE, date(2026, 2, 28), "reduced")
    change(case, 3, DAY, by, act=actions.correct_level)
    assert levels(case)[1] == (2, SINCE, date(2026, 2, 28), "")
    change(case, 2, DAY, by)
    assert levels(case) == [(2, SINCE, None, "")]


# -- A recall suspends --


def test_a_recall_suspends_until_the_release(case, by):
    recall(case, by)
    assert levels(case) == [(2, SINCE, DAY, "recalled")]
    found = stands(case)
    assert (found.standing, found.stands, found.next_review) == (
        "suspended",
        "suspended: recalled on 1 March 2026",
        None,
    )
    with pytest.raises(ValidationError, match="First day must be after 1 March 2026"):
        change(case, 2, DAY, by)
    change(case, 2, date(2026, 4, 1), by)
    assert stands(case).standing == "managed" and stands(case).next_review == date(2026, 7, 22)
    change(case, 2, date(2026, 5, 1), by, act=actions.correct_level)
    assert levels(case) == [(2, date(2026, 5, 1), None, ""), (2, SINCE, DAY, "recalled")]


def test_recalled_as_the_reason_for_level_1_suspends_as_well(case, by):
    change(case, 1, DAY, by, "recalled")
    assert levels(case) == [(2, SINCE, DAY, "recalled")] and stands(case).standing == "suspended"


# -- Eligibility ends --

BY_CATEGORY = [(1, "notification"), (2, "order"), (3, "decided"), (4, "terrorist")]


@pytest.mark.parametrize("category, own", BY_CATEGORY)
def test_eligibility_ends_for_a_reason_of_the_category(world, by, category, own):
    assert set(eligibility_endings(category)) == {own, "died"}
    case = add(world, by, category=category, since=date(2026, 2, 1))
    for _, ending in BY_CATEGORY:
        if ending != own:
            with pytest.raises(ValidationError, match="no longer eligible"):
                end(case, by, ending=ending)
    end(case, by, ending=own)
    assert levels(case) == [(2, date(2026, 2, 1), DAY, own)] and stands(case).standing == "ended"


WHEN = [
    (date(2025, 12, 31), "must be 1 January 2026 or later, as Level 2 began"),
    (date(2026, 11, 23), "must be today or in the past"),
]


@pytest.mark.parametrize("on, said", WHEN)
@pytest.mark.parametrize("act", [recall, end])
def test_the_last_day_lies_within_the_level(case, by, act, on, said):
    with pytest.raises(ValidationError, match=said):
        act(case, by, on=on)
    assert levels(case) == [(2, SINCE, None, "")]


def test_a_suspended_case_ends_and_a_case_without_a_level_too(world, case, by):
    recall(case, by)
    with pytest.raises(ValidationError, match="or later, as the case was suspended on 1 March"):
        end(case, by, on=date(2026, 2, 1))
    end(case, by, on=date(2026, 5, 1))
    assert levels(case) == [(2, SINCE, DAY, "recalled")] and stands(case).standing == "ended"
    assert actions.take_back(case, reason="Alive", by=by).standing == "suspended"
    bare = add(world, by, level=None)
    end(bare, by)
    assert stands(bare).standing == "ended"


def test_what_is_said_of_an_ending_lies_sealed(case, by):
    ended = end(case, by)
    assert ended.why_ended == "Canary sings" and "Canary" not in ended.ended_because
    actions.take_back(case, reason="Canary lives", by=by)
    assert Draft.objects.filter(name="case.ending_taken_back").exists()
    assert "Canary" not in str([c.__dict__ for c in Change.objects.all()])


WHO = ["camden_business_manager", "camden_csc_spoc", "hackney_administrator", "co_ordinator"]


@pytest.mark.parametrize("who", WHO)
def test_only_the_unit_suspends_ends_and_takes_back(world, case, who):
    stranger = getattr(world, who)
    for act in (recall, end, lambda case, by: actions.take_back(case, reason="x", by=by)):
        with pytest.raises(PermissionDenied):
            act(case, stranger)


# -- What follows --


@pytest.mark.parametrize("act", [recall, end])
def test_31_March_leaves_out_who_is_suspended_or_has_ended(world, case, by, act):
    other = add(world, by, name="Else")
    act(case, by, on=date(2026, 3, 31))
    borough = case.territory
    assert {f.reference for f in facts(borough, date(2026, 3, 31))} == {case.reference, other.reference}
    assert {f.reference for f in facts(borough, date(2026, 4, 1))} == {other.reference}
    assert {f.reference for f in facts(borough, date(2027, 3, 31))} == {other.reference}


def test_a_meeting_is_offered_neither_and_refuses_what_has_ended(world, by, case):
    ended, still = add(world, by), add(world, by)
    recall(case, by, on=TODAY)
    end(ended, by, on=TODAY)
    london = AreaSettings.objects.get(territory__slug="london")
    due = due_cases(case.organisation, by=date(2030, 1, 1), today=TODAY, settings=london)
    assert [d.case for d in due] == [still]
    common = {"territory": case.territory, "organisation": case.organisation, "level": 2}
    meeting = Meeting.objects.create(**common, reference="M1", held_on=date(2030, 1, 1), status="scheduled")
    with pytest.raises(ValidationError, match=r"has ended: the person died, 22 November 2026\. Take it off"):
        agenda.choose_cases(meeting, cases={still.pk: None, ended.pk: None}, revision=1, by=by)
    agenda.choose_cases(meeting, cases={still.pk: None, case.pk: None}, revision=1, by=by)
    assert meeting.discussions.count() == 2


def test_pages_from_recall_to_release_and_from_ending_back(browser_of, world, by):
    case, browser = add(world, by), browser_of("camden_administrator")
    page = f"/cases/{case}/"
    day = {f"on_{part}": getattr(DAY, part) for part in ("day", "month", "year")}
    assert "Enter why the person was recalled" in text(browser.post(f"{page}recall/", day))
    shown = text(browser.post(f"{page}recall/", day | {"reason": "Breach"}, follow=True))
    assert "Suspended Recalled on 1 March 2026" in shown and "No review is due" in shown and "Breach" in shown
    assert "Suspended" in text(browser.get("/cases/")) and str(case) not in text(
        browser.get("/cases/?review=overdue")
    )
    assert "Release again, at a level" in shown and "Release again" in text(browser.get(f"{page}level/"))
    sent = day | {"ending": "died", "reason": "A letter"}
    shown = text(browser.post(f"{page}end/", sent, follow=True))
    assert "Ended The person died, last day 1 March 2026" in shown and "A letter" in shown
    assert browser.get(f"{page}level/").status_code == 409
    assert str(case) not in text(browser.get("/cases/"))
    assert str(case) in text(browser.get("/cases/?state=ended")) and str(case) in text(
        browser.get("/cases/?state=all")
    )
    shown = text(browser.post(f"{page}take-back/", {"reason": "Alive"}, follow=True))
    assert "Suspended Recalled on 1 March 2026" in shown


# -- Whatever people try, in whatever order --

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["level_2", "level_1", "level_1_recalled", "recall", "end", "take_back"]),
        st.integers(-2, 3),
    ),
    max_size=10,
)
TRIES = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def step(verb: str, case: Case, on: date, by) -> None:
    if verb == "recall":
        recall(case, by, on=on)
    elif verb == "end":
        end(case, by, on=on)
    elif verb == "take_back":
        actions.take_back(case, reason="x", by=by)
    else:
        ending = {"level_1": "reduced", "level_1_recalled": "recalled"}.get(verb, "")
        change(case, 2 if verb == "level_2" else 1, on, by, ending)


def told(stands: str, has_level: int, verb: str) -> tuple[str, ...]:
    """Where a step that succeeds may lead; nothing where the rules do not let it."""
    if verb == "take_back":
        return {"suspended": ("managed",), "ended": ("managed", "suspended")}.get(stands, ())
    if stands == "ended":
        return ()
    if verb == "end":
        return ("ended",)
    if verb == "recall":
        return ("suspended",) if stands == "managed" and has_level else ()
    if verb == "level_1_recalled":
        return ("managed", "suspended")
    return ("managed",)


def test_no_order_of_steps_leads_around_the_rules(world, by):
    first = add(world, by, level=None)

    @TRIES
    @given(STEPS)
    def steps(taken):
        with transaction.atomic():
            stands, day = "managed", SINCE
            for verb, days in taken:
                day += timedelta(days=days)
                may = told(stands, first.levels.count(), verb)
                try:
                    with transaction.atomic():
                        step(verb, Case.objects.get(pk=first.pk), day, by)
                except Conflict:
                    assert not may, (taken, verb, stands)
                    continue
                except ValidationError:  # the day
                    continue
                case = Case.objects.with_standing().get(pk=first.pk)
                assert case.standing in may, (taken, verb, stands)
                stands = case.standing
                _holds_together(case)
            transaction.set_rollback(True)

    steps()


def _holds_together(case: Case) -> None:
    """Periods follow each other; the newest is open exactly while the case is managed; both ways of asking agree."""
    assert case.standing == Case.objects.get(pk=case.pk).standing
    found = list(case.levels.all())
    assert all(later.starts_on > earlier.ends_on for later, earlier in pairwise(found))
    assert not found or (found[0].ends_on is None) == (case.standing == "managed")
    assert bool(case.ended_on) == (case.standing == "ended") == bool(case.ending)
    assert [p for p in found[1:] if p.ending == Ending.DIED] == []
