"""A restricted case asks why before anything about it is shown; who looked, and why, stays to be read."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.timezone import localdate, now

from accounts.vault import seal
from audit.history import done_to
from audit.models import Event
from audit.words import action_in_words
from boards.access import share_many
from mappa_portal.exceptions import Conflict
from meetings.actions import minutes
from meetings.models import Action, Discussion, Minutes
from meetings.record import Record
from referrals import actions, looking
from referrals.actions import guarding, merging
from referrals.models import Case, Disclosure, Guard, Referral, ReferralSection
from referrals.personal import Person
from tests.access.addresses import address
from tests.access.building import build
from tests.access.rows import ROUTES
from tests.pages import text

ASKED = re.compile(r'name="why_of" value="([^"]+)"')
CANARY = "Zebulon Quillfeather"
GIVEN = {"why": "risk", "why_from": "GET", "why_more": ""}


@pytest.fixture
def case(world):
    unit, by = world.organisation("camden-mappa-unit"), world.camden_administrator
    return actions.add_case(unit, person=Person(CANARY), today=localdate(), by=by)


def answer(asked, **said) -> dict[str, str]:
    """What the form of that page sends."""
    return GIVEN | {"why_of": ASKED.search(asked.content.decode())[1]} | said


def restrict(world, case, by=None):
    guarding.guard(
        case, Guard.Kind.RESTRICTION, reason="In the papers", by=by or world.camden_mappa_chair, at=now()
    )
    case.refresh_from_db()


WHO = [
    ("camden_mappa_chair", "restriction", None),
    ("camden_administrator", "restriction", None),
    ("camden_csc_spoc", "restriction", PermissionDenied),
    ("camden_mappa_chair", "hold", None),
    ("camden_administrator", "hold", PermissionDenied),
]


@pytest.mark.parametrize("who, kind, refused", WHO)
def test_who_restricts_and_who_holds(world, case, who, kind, refused):
    by = getattr(world, who)
    if refused:
        with pytest.raises(refused):
            guarding.guard(case, kind, reason="Because", by=by, at=now())
        return
    guarding.guard(case, kind, reason="Because", by=by, at=now())
    with pytest.raises(Conflict):
        guarding.guard(case, kind, reason="Twice", by=by, at=now())
    ended = guarding.lift(case, kind, reason="Over", by=by, at=now())
    assert (ended.why, ended.why_ended) == ("Because", "Over")
    with pytest.raises(Conflict):
        guarding.lift(case, kind, reason="Twice", by=by, at=now())


def test_the_reason_is_asked_once_in_half_an_hour_and_stands_in_the_event(world, case, browser_of, settings):
    restrict(world, case)
    browser, page = browser_of("camden_administrator"), f"/cases/{case.reference}/"
    asked = browser.get(page)
    assert asked.status_code == 403 and CANARY not in text(asked)
    assert not Event.objects.filter(name="case.viewed").exists()
    assert "Select why you open it" in text(browser.post(page, answer(asked, why="")))
    assert "Enter the reason" in text(browser.post(page, answer(asked, why="other")))
    answered = browser.post(page, answer(asked, why_more="She asked me"))
    assert (answered.status_code, answered["Location"]) == (303, page)
    assert CANARY in text(browser.get(page)) and CANARY in text(browser.get(page))
    seen = list(case.reasons_to_look.values_list("code", flat=True))
    assert seen == ["risk"]
    session = browser.session
    session["reasons_given"] = {str(case.pk): ["risk", (now() - looking.VALID).timestamp() - 1]}
    session.save()
    assert browser.get(page).status_code == 403


def test_another_person_and_another_session_are_asked_again(world, case, browser_of):
    restrict(world, case)
    page = f"/cases/{case.reference}/"
    first, again = browser_of("camden_administrator"), browser_of("camden_administrator")
    said = answer(first.get(page))
    browser_of("camden_mappa_chair").post(page, said)
    assert first.get(page).status_code == 403, "said for one's own account alone"
    first.post(page, said)
    assert first.get(page).status_code == 200
    assert again.get(page).status_code == browser_of("camden_mappa_chair").get(page).status_code == 403


def test_an_answer_for_a_case_that_was_not_asked_about_opens_nothing(world, case, browser_of):
    restrict(world, case)
    browser, page = browser_of("camden_administrator"), f"/cases/{case.reference}/"
    other = actions.add_case(
        case.organisation, person=Person("Bo Ash"), today=localdate(), by=world.camden_administrator
    )
    restrict(world, other)
    for said in (GIVEN, GIVEN | {"why_of": "forged"}, answer(browser.get(f"/cases/{other.reference}/"))):
        browser.post(page, said)
        assert browser.get(page).status_code == 403
    assert not case.reasons_to_look.exists() and other.reasons_to_look.exists()


def test_two_tabs_that_ask_at_once_each_get_their_own_reason(world, case, browser_of):
    by = world.camden_administrator
    other = actions.add_case(case.organisation, person=Person("Bo Ash"), today=localdate(), by=by)
    for one in (case, other):
        restrict(world, one)
    browser, pages = browser_of("camden_administrator"), [f"/cases/{one.reference}/" for one in (case, other)]
    asked = [browser.get(page) for page in pages]
    for page, why, was in zip(pages, ("risk", "check"), asked, strict=True):
        browser.post(page, answer(was, why=why))
    assert [one.reasons_to_look.get().code for one in (case, other)] == ["risk", "check"]


def test_a_form_that_is_asked_why_goes_on_with_what_was_typed(world, case, browser_of):
    restrict(world, case)
    browser, page = browser_of("camden_administrator"), f"/cases/{case.reference}/edit/"
    typed = {"revision": case.revision, "name": "Zebulon Featherquill", "category": "1"}
    asked = browser.post(page, typed)
    assert asked.status_code == 403 and 'value="Zebulon Featherquill"' in asked.content.decode()
    done = browser.post(page, typed | answer(asked, why_from="POST"))
    assert done.status_code == 302
    case.refresh_from_db()
    assert (case.category, Person.opened(case.personal).name) == (1, "Zebulon Featherquill")


def test_whoever_acts_without_a_session_is_refused(world, case):
    restrict(world, case)
    with pytest.raises(looking.AskWhy):
        actions.look(case, by=world.camden_administrator)


@pytest.fixture
def restricted(world):
    """Camden's case of the matrix: restricted, and the canary in all that is written about it."""
    build(world, "draft")
    case = Case.objects.get(reference="CMD-C-2024-001")
    case.personal = Person(CANARY, (CANARY,)).sealed()
    case.save()
    case.levels.update(reason=seal(CANARY))
    case.addresses.update(text=seal(CANARY))
    heard = Discussion.objects.get(case=case)
    Discussion.objects.filter(pk=heard.pk).update(record=Record(risk=CANARY, plan=CANARY).sealed())
    Action.objects.filter(discussion=heard).update(text=seal(CANARY))
    Minutes.objects.filter(meeting=heard.meeting).delete()
    made = minutes.draft(heard.meeting, by=world.camden_administrator, at=now())
    Minutes.objects.filter(pk=made.pk).update(issued_at=now(), approved_at=now())
    agency = Action.objects.get(discussion=heard).agency
    share_many([(heard, world.organisation("camden-childrens-services")), (heard, agency)])
    request = {
        "asked_by": CANARY,
        "circumstances": ["INFO"],
        "recipients": [{"name": CANARY, "role": "parent"}],
    }
    made = actions.open_disclosure(case, "request", on=localdate(), said=request, today=localdate(), by=None)
    named = "CMD-D-2026-001"  # by the addresses: the one with the canary
    Disclosure.objects.filter(territory=case.territory, reference=named).update(reference="CMD-D-2025-009")
    Disclosure.objects.filter(pk=made.pk).update(reference=named)
    referral = Referral.objects.get(reference="CMD-A-2026-001")
    ReferralSection.objects.filter(referral=referral).update(content="")
    for section in referral.sections.all():
        section.keep({"name": CANARY}, is_done=True, by=None, at=now())
    Referral.objects.filter(pk=referral.pk).update(status="accepted", case=case, reason=seal(CANARY))
    restrict(world, case)
    return case


OF_PEOPLE = (
    "referrals:",
    "referral:",
    "disclosures:",
    "meetings:",
    "transfers:",
    "meeting-",
    "home",
    "search",
    "audit:list",
)


def walk(browser_of, person: str):
    """Every route of the rooms that hold something about people."""
    browser = browser_of(person)
    for name, row in ROUTES.items():
        if name.startswith(OF_PEOPLE) and row.stage == "draft" and not row.post and row.of != "kpi":
            yield name, browser.get(address(name, row.of, "own"))


@pytest.mark.parametrize("person", ["camden_administrator", "camden_csc_spoc"])
def test_H1_no_page_shows_a_restricted_person_before_the_reason(restricted, browser_of, person):
    shown = [name for name, answer in walk(browser_of, person) if CANARY in answer.content.decode("latin1")]
    assert shown == []


def test_H1_the_canary_is_where_the_walk_looks_for_it(world, restricted, browser_of):
    """Without the restriction the same walk meets it, so the test above would see what slips through."""
    guarding.lift(restricted, Guard.Kind.RESTRICTION, reason="Over", by=world.camden_mappa_chair, at=now())
    shown = {
        name
        for name, answer in walk(browser_of, "camden_administrator")
        if CANARY in answer.content.decode("latin1")
    }
    assert shown >= {
        *("referrals:case", "referrals:edit", "meetings:decision", "meetings:minutes", "meetings:action"),
        *("disclosures:disclosure", "disclosures:add", "referral:detail"),
    }


# -- Who looked --


@pytest.fixture
def looked(world, case, browser_of):
    restrict(world, case)
    page = f"/cases/{case.reference}/"
    browser = browser_of("camden_administrator")
    browser.post(page, answer(browser.get(page), why_more="=She asked me"))
    browser.get(page)
    return browser


def test_the_case_says_who_looked_and_why(world, case, looked):
    page = text(looked.get(f"/cases/{case.reference}/looks/"))
    assert str(world.camden_administrator) in page
    assert "New information about risk. =She asked me" in page
    assert "Looked at the particulars of a case" in page


def test_looks_are_those_of_a_period(case, looked):
    today = localdate()
    for day, shown in ((today, True), (today - timedelta(days=1), False)):
        query = "&".join(
            f"{n}_{p}={getattr(day, p)}" for n in ("since", "until") for p in ("day", "month", "year")
        )
        assert ("New information" in text(looked.get(f"/cases/{case.reference}/looks/?{query}"))) == shown


def test_the_export_is_recorded_and_safe_to_open(case, looked):
    answer = looked.get(f"/cases/{case.reference}/looks/export/")
    assert "She asked me" in answer.content.decode() and ",=She" not in answer.content.decode()
    assert Event.objects.filter(name="case.looks_exported").exists()


@pytest.mark.parametrize("who, status", [("co_ordinator", 404), ("camden_csc_spoc", 404)])
def test_who_looked_is_for_chair_and_administrator(case, looked, browser_of, who, status):
    assert browser_of(who).get(f"/cases/{case.reference}/looks/").status_code == status


def test_withdrawing_is_refused_under_a_hold(world, case):
    guarding.guard(case, Guard.Kind.HOLD, reason="Inquest", by=world.camden_mappa_chair, at=now())
    with pytest.raises(Conflict, match="under legal hold"):
        actions.withdraw(case, reason="Mistake", by=world.camden_administrator)


def test_looks_at_a_merged_case_stand_with_the_one_that_is_kept(world, case, browser_of):
    by = world.camden_administrator
    other = actions.add_case(case.organisation, person=Person("Zeb"), today=localdate(), by=by)
    actions.look(other, by=world.camden_mappa_chair)
    merging.merge(other, into=case, reason="x", by=by)
    page = text(browser_of("camden_administrator").get(f"/cases/{case.reference}/looks/"))
    assert str(world.camden_mappa_chair) in page


def test_who_looked_is_in_no_history(world, case, looked):
    """It is read by those who may not read who looked."""
    looked.get(f"/cases/{case.reference}/looks/export/")
    looks = {"case.viewed", "case.reason_given", "case.looks_exported"}
    assert looks <= set(Event.objects.values_list("name", flat=True))
    done = {entry.what for entry in done_to(case)}
    assert done == {action_in_words(name) for name in ("case.added", "case.restricted")}
