"""Records are reviewed, never deleted silently; erasing takes two people and leaves figures and chain as they were."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils.timezone import localdate, now

from accounts.vault import seal, unseal
from audit.chain import problems_in
from audit.models import Change, Event
from boards import sealed
from boards.models import AreaSettings
from boards.scope import scope
from data_returns import register
from mappa_portal.exceptions import Conflict
from meetings.actions import actions as agreed
from meetings.actions import decisions, minutes
from meetings.models import AttendanceFile, Discussion, Meeting, Minutes
from meetings.record import Record
from referrals import actions
from referrals.actions import endings, guarding, keeping, merging, packs
from referrals.actions.addresses import Stay, add_address
from referrals.models import (
    Case,
    Disclosure,
    DisclosureEntry,
    Guard,
    Keeping,
    OutOfAreaCheck,
    RecipientToken,
    Referral,
    Token,
)
from referrals.personal import Person
from referrals.records.erasing import path_to
from referrals.records.kinds import due
from referrals.rules import CASE_RULES
from tests.pages import text
from tests.referrals.referring import started

CANARY = "Zebulon Quillfeather"
TODAY = localdate()
HELD_ON = TODAY - timedelta(days=40 * 366)
MARCH = date(HELD_ON.year + 1, 3, 31)


@pytest.fixture
def unit(world):
    return world.organisation("camden-mappa-unit")


@pytest.fixture
def case(world, unit):
    """Ended 35 years ago, the canary in all that was written about it; a child then, as the birth date says."""
    by = world.camden_administrator
    person = Person(CANARY, (CANARY,), HELD_ON - timedelta(days=3650))
    made = actions.add_case(
        unit, person=person, level=2, starts_on=HELD_ON, reason=CANARY, today=TODAY, by=by
    )
    actions.edit_case(
        made,
        revision=1,
        person=Person(CANARY, (CANARY, "Zeb"), person.birth_date),
        category=1,
        responsible_agency=None,
        responsible_csc=None,
        by=by,
    )
    common = {"territory": made.territory, "organisation": unit, "level": 2, "status": "held"}
    meeting = Meeting.objects.create(**common, reference="CMD-M-1986-001", held_on=HELD_ON)
    heard = Discussion.objects.create(territory=made.territory, meeting=meeting, case=made)
    said = {"said": Record(risk=CANARY), "risk_of_harm": "high", "level_decided": 2, "revision": 1}
    decisions.record_discussion(heard, **said, under_18=None, by=by, today=TODAY)
    police = world.organisation("metropolitan-police")
    agreed.add(heard, text=CANARY, agency=police, due_on=HELD_ON, by=by)
    minutes.draft(meeting, by=by, at=now())
    request = {
        "asked_by": CANARY,
        "circumstances": ["INFO"],
        "recipients": [{"name": CANARY, "role": "parent"}],
    }
    actions.open_disclosure(made, "request", on=HELD_ON, said=request, today=TODAY, by=by)
    add_address(made, Stay("home", CANARY, made.territory), today=TODAY, by=by)
    over, made = HELD_ON + timedelta(days=5 * 365), Case.objects.get(pk=made.pk)
    endings.end(made, ending="notification", on=over, reason=CANARY, today=TODAY, by=by)
    return Case.objects.get(pk=made.pk)


def the_due(unit, kind="case"):
    return [each for each in due(unit, TODAY) if each.kind == kind]


def propose(world, unit, kind="case", **values):
    usual = {"outcome": "erase", "reason": f"Nobody needs {CANARY}", "at": now(), "today": TODAY}
    [made] = keeping.decide(unit, the_due(unit, kind), **usual | values, by=world.camden_administrator)
    return made


def canary_stands(territory) -> set[str]:
    """Columns, sealed ones opened, in which the canary still is."""
    found = set()
    for one in sealed.registered():
        for row in one.model.objects.filter(territory=territory):
            found |= {f"{one.model.__name__}.{c}" for c in one.columns if CANARY in _opened(getattr(row, c))}
    with scope([territory.pk]):
        pass  # what waits for the commit is done
    for change in Change.objects.filter(territory=territory):
        values = [*change.before.values(), *change.after.values()]
        event = Event.objects.get(pk=change.event_id)
        found |= {f"Change of {event.subject_kind}" for value in values if CANARY in _opened(value)}
    return found


def _opened(value) -> str:
    return unseal(value) if isinstance(value, str) and value.startswith("gAAAA") else str(value)


def counts(world) -> tuple:
    """KPI rows rest on discussions, the return on facts of cases."""
    return (
        register.facts(world.territory("camden"), MARCH),
        list(Discussion.objects.order_by("pk").values_list("under_18", "level_decided", "risk_of_harm")),
    )


def test_what_is_in_use_again_is_not_erased(world, unit, case):
    proposed, by = propose(world, unit), world.camden_administrator
    endings.take_back(case, reason="Mistake", by=by)
    with pytest.raises(Conflict, match="in use again"):
        keeping.confirm(proposed, by=world.camden_mappa_chair, at=now())
    live = actions.add_case(unit, person=Person("Jo"), today=TODAY, by=by)
    for one, other in ((live, case), (case, live)):
        with pytest.raises(Conflict, match="is proposed: decide"):
            merging.merge(other, into=one, reason="x", by=by)
    assert canary_stands(case.territory)


def test_what_was_erased_is_not_taken_up_again(world, unit, case, browser_of):
    keeping.confirm(propose(world, unit), by=world.camden_mappa_chair, at=now())
    case, by = Case.objects.get(pk=case.pk), world.camden_administrator
    assert CASE_RULES.allowed(by, case) == {"add", "see", "keep_records", "restrict"}
    for act in (
        lambda: endings.take_back(case, reason="x", by=by),
        lambda: packs.start(
            case, kind="subject", parts=["levels"], requested_on=TODAY, today=TODAY, by=by, at=now()
        ),
    ):
        with pytest.raises(Conflict, match="was erased"):
            act()
    ledger = Disclosure.objects.get(case=case)
    with pytest.raises(Conflict, match="was erased"):
        actions.add_entry(ledger, "view", on=TODAY, said={}, today=TODAY, by=by)
    page = text(browser_of("camden_administrator").get(f"/cases/{case}/"))
    assert "Take the ending back" not in page and "lead agency’s word" not in page


def test_a_disclosure_is_due_years_after_its_last_entry(world, unit, case):
    ledger = Disclosure.objects.get(case=case)
    Disclosure.objects.filter(pk=ledger.pk).update(status="closed", due_on=None, review_on=None)
    [each] = the_due(unit, "disclosure")
    assert each.since == HELD_ON
    entry = DisclosureEntry(territory=ledger.territory, disclosure=ledger, number=2, kind="step", at=now())
    entry.happened_on = TODAY
    entry.say({})
    entry.save()
    assert the_due(unit, "disclosure") == []


LEFT = [("draft", False, True), ("draft", True, False), ("returned", False, True)]


@pytest.mark.parametrize("status, edited, is_due", LEFT)
def test_a_referral_on_which_nobody_works_is_due_too(world, unit, status, edited, is_due):
    referral, long_ago = started(world), now() - timedelta(days=40 * 366)
    reason = seal("x") if status == "returned" else ""
    Referral.objects.filter(pk=referral.pk).update(started_at=long_ago, status=status, reason=reason)
    referral.sections.update(edited_at=now() if edited else long_ago)
    assert bool(the_due(unit, "referral")) == is_due
    if is_due:
        proposed = propose(world, unit, "referral")
        referral.sections.filter(number=1).update(edited_at=now())
        with pytest.raises(Conflict, match="in use again"):
            keeping.confirm(proposed, by=world.camden_mappa_chair, at=now())


YEARS = [(25, True), (100, False)]


@pytest.mark.parametrize("years, is_due", YEARS)
@pytest.mark.parametrize("kind", ["case", "minutes"])
def test_what_is_due_follows_the_areas_years(world, unit, case, kind, years, is_due):
    AreaSettings.objects.update(**{f"keep_{kind}_years": years})
    assert bool(the_due(unit, kind)) == is_due


def test_a_case_that_has_not_ended_is_never_due(world, unit, case):
    endings.take_back(case, reason="Mistake", by=world.camden_administrator)
    assert the_due(unit) == []


def test_what_is_kept_longer_is_due_again_then(world, unit, case):
    until = TODAY + timedelta(days=365)
    with pytest.raises(ValidationError):
        propose(world, unit, outcome="keep", keep_until=TODAY)
    propose(world, unit, outcome="keep", keep_until=until)
    assert the_due(unit) == []
    assert [each.kind for each in due(unit, until) if each.kind == "case"] == ["case"]


def test_H2_erasing_takes_what_was_said_and_leaves_figures_and_chain(world, unit, case):
    before = counts(world)
    assert before[0][0].under_18 is True
    assert {
        "Case.personal",
        "Case.ended_because",
        "Address.text",
        "LevelPeriod.reason",
        "Minutes.content",
        "Change of referrals.case",
    } <= canary_stands(case.territory)
    proposed = propose(world, unit)
    with world.acting(world.camden_mappa_chair):
        keeping.confirm(proposed, by=world.camden_mappa_chair, at=now())
    assert canary_stands(case.territory) == set()
    assert not Token.objects.filter(case=case).exists()
    assert not RecipientToken.objects.filter(entry__disclosure__case=case).exists()
    assert counts(world) == before
    assert problems_in([case.territory_id]) == []
    events = Event.objects.filter(subject_kind="referrals.case", subject_id=case.pk)
    assert {"case.added", "case.edited"} <= set(events.values_list("name", flat=True))
    assert the_due(unit) == []


def test_H2_an_age_known_under_a_merged_case_outlives_the_erasure_of_both(world, unit, case):
    by = world.camden_administrator
    kept = actions.add_case(unit, person=Person("Zebulon Q"), today=TODAY, by=by)
    endings.end(kept, ending="died", on=case.ended_on, reason="x", today=TODAY, by=by)
    merging.merge(case, into=kept, reason="Same fingerprints", by=by)
    before = counts(world)
    assert [fact.under_18 for fact in before[0]] == [True]
    keeping.confirm(propose(world, unit), by=world.camden_mappa_chair, at=now())
    assert Case.objects.filter(erased_at=None).count() == 0 and counts(world) == before


def test_the_pages_of_what_was_erased_say_so(world, unit, case, browser_of):
    keeping.confirm(propose(world, unit), by=world.camden_mappa_chair, at=now())
    browser = browser_of("camden_administrator")
    assert "was erased on" in text(browser.get(f"/cases/{case.reference}/"))
    reference = Disclosure.objects.get().reference
    assert "was erased on" in text(browser.get(f"/disclosures/{reference}/"))
    assert "Erased" in text(browser.get("/meetings/CMD-M-1986-001/minutes/"))


def test_who_erases_is_told_of_a_request_that_is_open(world, unit, case, browser_of):
    by = world.camden_administrator
    packs.start(case, kind="subject", parts=["levels"], requested_on=TODAY, today=TODAY, by=by, at=now())
    page, warning = "/cases/due-for-review/", "Pack 1 is not released yet"
    assert warning in text(browser_of("camden_administrator").get(page))
    propose(world, unit)
    assert warning in text(browser_of("camden_mappa_chair").get(page))


def test_I2_one_person_does_not_erase_alone(world, unit, case):
    proposed = propose(world, unit)
    with pytest.raises(Conflict, match="Another person"):
        keeping.confirm(proposed, by=world.camden_administrator, at=now())
    with pytest.raises(PermissionDenied):
        keeping.confirm(proposed, by=world.camden_csc_spoc, at=now())
    with pytest.raises(PermissionDenied):
        keeping.confirm(proposed, by=world.hackney_administrator, at=now())
    assert Person.opened(Case.objects.get().personal).name == CANARY
    keeping.confirm(proposed, by=world.camden_mappa_chair, at=now())
    with pytest.raises(Conflict):
        keeping.confirm(proposed, by=world.camden_mappa_chair, at=now())


def test_a_refused_erasure_leaves_the_record_due(world, unit, case):
    proposed = propose(world, unit)
    assert the_due(unit) == []
    keeping.refuse(proposed, by=world.camden_mappa_chair, at=now())
    assert len(the_due(unit)) == 1
    with pytest.raises(Conflict):
        keeping.confirm(proposed, by=world.camden_mappa_chair, at=now())


@pytest.mark.parametrize("kind", ["case", "minutes"])
def test_a_legal_hold_refuses_every_erasure(world, unit, case, kind):
    chair, proposed = world.camden_mappa_chair, propose(world, unit, kind)
    guarding.guard(case, Guard.Kind.HOLD, reason="Inquest", by=chair, at=now())
    with pytest.raises(Conflict, match="legal hold"):
        keeping.confirm(proposed, by=chair, at=now())
    keeping.refuse(proposed, by=chair, at=now())
    with pytest.raises(Conflict, match="legal hold"):
        propose(world, unit, kind)
    guarding.lift(case, Guard.Kind.HOLD, reason="Over", by=chair, at=now())
    keeping.confirm(propose(world, unit, kind), by=chair, at=now())


def test_minutes_are_erased_by_themselves(world, unit, case):
    keeping.confirm(propose(world, unit, "minutes"), by=world.camden_mappa_chair, at=now())
    assert "Minutes.content" not in canary_stands(case.territory)
    assert Person.opened(Case.objects.get().personal).name == CANARY


REFUSED = {
    "values beside events": lambda: Change.objects.all().delete(),
    "an entry of the ledger": lambda: Disclosure.objects.get().entries.update(content=""),
}


@pytest.mark.parametrize("tried", REFUSED, ids=str)
def test_H2_the_database_lets_nothing_go_outside_a_confirmed_erasure(world, unit, case, tried):
    from django.db import connection

    proposed = propose(world, unit)
    for setting in ("", str(proposed.pk), "999999"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('portal.erasure', %s, true)", [setting])
            REFUSED[tried]()


# Three days at most; meetings.erasing takes out the pages of the case; of somebody who is no case
APART = {AttendanceFile, Minutes, OutOfAreaCheck}


def test_every_sealed_column_about_a_case_goes_with_it():
    assert {one.model for one in sealed.registered() if not path_to(one.model, Case)} == APART


def test_the_page_proposes_and_another_person_confirms(world, unit, case, browser_of):
    browser, page = browser_of("camden_administrator"), "/cases/due-for-review/"
    shown = text(browser.get(page))
    assert f"Case record {case.reference}" in shown
    assert "Select what happens to them" in text(browser.post(page, {}))
    sent = {"records": f"case:{case.reference}", "outcome": "erase", "reason": "Nobody needs it"}
    assert browser.post(page, sent).status_code == 302
    address = f"{page}case/{case.reference}/confirm/"
    assert browser.post(address).status_code == 409
    chair = browser_of("camden_mappa_chair")
    assert "Confirm or refuse" in text(chair.get("/"))
    assert chair.post(address).status_code == 302
    assert Keeping.objects.get().erased_at and Case.objects.get().personal == ""
