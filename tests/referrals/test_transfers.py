"""A case goes to another borough when that accepts it: who may, what goes along, what either side sees afterwards."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils.timezone import localdate, now

from audit.models import Draft, Event
from boards.roles import Seat
from boards.scope import everywhere, scope
from data_returns.register import facts
from mappa_portal.exceptions import Conflict
from outbox.models import Message
from referrals import actions
from referrals.actions import guarding, merging, transfers
from referrals.actions.addresses import Stay, add_address
from referrals.finding import find_people
from referrals.looking import AskWhy
from referrals.models import Case, Guard, Transfer
from referrals.personal import Person
from referrals.transferring.hand_over import HandOver
from tests.factories import left, person
from tests.pages import text

TODAY = localdate()
YESTERDAY, SINCE = TODAY - timedelta(days=1), date(2026, 1, 1)
JO = Person("Jo Canary", ("Yellow",), date(2001, 5, 1))
NOTE = "Canary must not go near the aviary"


def new_case(world, **values) -> Case:
    unit, by = world.organisation("camden-mappa-unit"), world.camden_administrator
    usual = {"person": JO, "category": 1, "level": 2, "starts_on": SINCE, "today": TODAY, "by": by}
    lead = world.organisation("metropolitan-police")
    return actions.add_case(unit, responsible_agency=lead, **usual | values)


@pytest.fixture
def case(world) -> Case:
    return new_case(world)


def offered(world, case, to="hackney") -> Transfer:
    common = {"reason": "Moved", "note": NOTE, "by": world.camden_administrator, "at": now()}
    return transfers.offer(case, to_unit=world.organisation(f"{to}-mappa-unit"), **common)


def accept(transfer, by) -> Case:
    return transfers.accept(transfer, by=by, at=now())


def outside(case, by, on=TODAY) -> Transfer:
    to = {"outside": "Kent", "accepted_by": "The co-ordinator", "accepted_on": on}
    return transfers.hand_outside(case, **to, reason="Moved", note=NOTE, by=by, at=now())


def standing(case) -> str:
    return Case.objects.get(pk=case.pk).standing


def levels(case):
    return [(p.level, p.starts_on, p.ends_on, p.ending) for p in case.levels.all()]


# -- Accepted --


def test_acceptance_begins_a_case_there_and_ends_the_one_here(world, case):
    add_address(case, Stay("home", "1 Canary Lane", world.territory("hackney")), today=TODAY, by=None)
    transfer = offered(world, case)
    with world.acting(world.hackney_administrator):
        new = accept(
            Transfer.objects.for_user(world.hackney_administrator).get(), world.hackney_administrator
        )
    assert (new.reference, new.organisation.slug) == (f"HCK-C-{TODAY.year}-001", "hackney-mappa-unit")
    assert Person.opened(new.personal) == JO and (new.category, new.came_from) == (1, transfer.reference)
    assert levels(new) == [(2, TODAY, None, "")] and new.responsible_agency.slug == "metropolitan-police"
    [lives] = new.addresses.all()
    assert (lives.lines, lives.place, lives.leads_away) == ("1 Canary Lane", "Hackney", False)
    assert levels(case) == [(2, SINCE, YESTERDAY, "transferred")]
    assert standing(case) == "transferred" and standing(new) == "managed"
    units, by = [new.organisation], world.hackney_administrator
    assert [m.case for m in find_people(units, name="Jo Canary", birth_date=None, by=by)] == [new]
    with pytest.raises(Conflict):
        actions.take_back(case, reason="x", by=world.camden_administrator)
    with pytest.raises(Conflict, match="was transferred or offered"):
        actions.withdraw(new, reason="x", by=by)


def test_nobody_is_counted_in_two_boroughs_on_one_day(world, case):
    new = accept(offered(world, case), world.hackney_administrator)
    for day, here, there in ((YESTERDAY, 1, 0), (TODAY, 0, 1)):
        assert len(facts(case.territory, day)) == here and len(facts(new.territory, day)) == there


def test_what_began_today_ends_today_and_what_is_suspended_goes_without_a_level(world, case):
    late = new_case(world, starts_on=TODAY)
    accept(offered(world, late), world.hackney_administrator)
    assert levels(late) == [(2, TODAY, TODAY, "transferred")]
    actions.recall(case, on=date(2026, 3, 1), reason="x", today=TODAY, by=world.camden_administrator)
    new = accept(offered(world, case), world.hackney_administrator)
    assert levels(case)[0][3] == "recalled" and standing(case) == "transferred" and levels(new) == []


def test_nothing_flows_afterwards(world, case, browser_of):
    transfer = offered(world, case)
    camden, hackney = world.camden_administrator, world.hackney_administrator
    usual = {"category": 2, "responsible_agency": None, "responsible_csc": None, "by": camden}
    actions.edit_case(case, revision=1, person=Person("Somebody New"), **usual)
    new = accept(transfer, hackney)
    assert Person.opened(new.personal) == JO and new.category == 1, "as of the offer"
    old = Case.objects.get(pk=case.pk)
    actions.edit_case(old, revision=old.revision, person=Person("Newer Still"), **usual)
    assert Person.opened(Case.objects.get(pk=new.pk).personal) == JO
    sender, receiver = browser_of("camden_administrator"), browser_of("hackney_administrator")
    assert sender.get(f"/cases/{new}/").status_code == receiver.get(f"/cases/{case}/").status_code == 404
    theirs = text(receiver.get(f"/transfers/{transfer}/"))
    assert NOTE in theirs and f"Your case {new}" in theirs and str(case) not in theirs
    ours = text(sender.get(f"/transfers/{transfer}/"))
    assert f"Case {case}" in ours and str(new) not in ours
    assert Event.objects.filter(name="transfer.viewed").count() == 2


# -- Refused, withdrawn, and who may --


def test_a_refusal_goes_back_with_its_reason_and_closes_the_hand_over(world, case, browser_of):
    transfer = transfers.refuse(
        offered(world, case), reason="The flat is in Enfield", by=world.hackney_administrator, at=now()
    )
    assert "The flat is in Enfield" in text(browser_of("camden_administrator").get(f"/transfers/{transfer}/"))
    assert browser_of("hackney_administrator").get(f"/transfers/{transfer}/").status_code == 404
    assert standing(case) == "managed" and Case.objects.count() == 1
    assert offered(world, case, "islington").status == "offered"


def test_an_offer_is_withdrawn_and_nothing_is_left_to_accept(world, case, browser_of):
    transfer = offered(world, case)
    transfers.withdraw_offer(transfer, reason="Moved back", by=world.camden_administrator, at=now())
    with pytest.raises(Conflict, match=r"Camden Administrator answered at .*: this transfer is withdrawn"):
        accept(transfer, world.hackney_administrator)
    assert browser_of("hackney_administrator").get(f"/transfers/{transfer}/").status_code == 404


WHO = [  # who; offers and withdraws; accepts and refuses
    ("camden_administrator", True, False),
    ("camden_mappa_chair", True, False),
    ("hackney_administrator", False, True),
    ("hackney_mappa_chair", False, True),
    ("islington_administrator", False, False),
    ("camden_csc_spoc", False, False),
    ("co_ordinator", False, False),
]


@pytest.mark.parametrize("who, sends, receives", WHO)
def test_who_may_do_what(world, case, who, sends, receives):
    transfer, by = offered(world, case), getattr(world, who)
    other = new_case(world)
    common, to = {"by": by, "at": now()}, world.organisation("hackney-mappa-unit")
    again = transfers.offer(other, to_unit=to, reason="x", note="y", by=None, at=now())
    sending = [lambda: transfers.withdraw_offer(transfer, reason="x", **common)]
    receiving = [lambda: accept(transfer, by), lambda: transfers.refuse(again, reason="x", **common)]
    for acts, may in ((receiving, receives), (sending, sends)):
        for act in acts:
            if may:
                act()
            else:
                with pytest.raises(PermissionDenied):
                    act()


def test_a_case_is_offered_once_and_not_ended_meanwhile(world, case):
    offered(world, case)
    by = world.camden_administrator
    for act in (
        lambda: offered(world, case, "islington"),
        lambda: actions.end(case, ending="died", on=TODAY, reason="x", today=TODAY, by=by),
        lambda: outside(case, by),
    ):
        with pytest.raises(Conflict, match="The transfer of this case is offered"):
            act()


@pytest.mark.parametrize("to", ["camden-mappa-unit", "london-mappa-unit", "metropolitan-police"])
def test_it_goes_to_the_mappa_unit_of_another_borough(world, case, to):
    found = world.organisation(to) if to != "london-mappa-unit" else None
    unit = found or next(o for o in type(case.organisation).objects.filter(kind="unit") if o.is_area_seat)
    with pytest.raises(ValidationError, match="Select another borough"):
        transfers.offer(case, to_unit=unit, reason="x", note="y", by=None, at=now())


# -- Not on the portal --

DAYS = [
    (TODAY, None),
    (SINCE, None),
    (date(2025, 12, 31), "or later"),
    (TODAY + timedelta(days=1), "in the past"),
]


@pytest.mark.parametrize("on, refused", DAYS)
def test_to_another_area_the_sender_records_who_accepted_and_when(world, case, on, refused):
    by = world.camden_administrator
    if refused:
        with pytest.raises(ValidationError, match=refused):
            outside(case, by, on)
        assert not Transfer.objects.exists() and standing(case) == "managed"
        return
    transfer = outside(case, by, on)
    assert (transfer.answered, transfer.accepted_on, transfer.to) == ("The co-ordinator", on, "Kent")
    assert levels(case) == [(2, SINCE, max(on - timedelta(days=1), SINCE), "transferred")]
    assert Case.objects.count() == 1 and not Message.objects.exists()


# -- Sealed, told, seen --


def test_letters_and_the_database_name_nobody(world, case):
    accept(offered(world, case), world.hackney_administrator)
    letters = Message.objects.filter(kind="transfer")
    assert {m.to_email for m in letters} == {
        "hackney_administrator@example.org",
        "camden_administrator@example.org",
    }
    assert all("Canary" not in m.subject + m.text + m.html and str(case) not in m.text for m in letters)
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT string_agg(t::text, '') FROM referrals_transfer t)")
        [[stored]] = cursor.fetchall()
    kept = str([d.__dict__ for d in Draft.objects.all()])
    assert "Canary" not in stored + kept and "Moved" not in stored + kept


def test_when_who_offered_it_has_left_the_unit_hears_the_answer(world, case):
    transfer = offered(world, case)
    left(world.camden_administrator)
    transfers.refuse(transfer, reason="Elsewhere", by=world.hackney_administrator, at=now())
    [letter] = Message.objects.filter(text__contains="has answered your offer")
    assert letter.to_email == "left_yesterday@example.org"


def test_pages_from_the_offer_to_the_case_there(world, case, browser_of):
    add_address(case, Stay("home", "1 Canary Lane", world.territory("hackney")), today=TODAY, by=None)
    sender, receiver = browser_of("camden_administrator"), browser_of("hackney_administrator")
    assert "Offer the transfer" in text(sender.get(f"/cases/{case}/"))
    page = f"/cases/{case}/transfer/"
    assert '<option value="hackney" selected>' in sender.get(page).content.decode()
    said = text(sender.post(page, {"to": "elsewhere", "reason": "Moved"}))
    assert "Enter the hand-over note" in said and "Enter who accepted it" in said
    shown = text(sender.post(page, {"to": "hackney", "reason": "Moved", "note": NOTE}, follow=True))
    assert "The case is offered to Hackney" in shown and "Offered, Camden to Hackney" in shown
    transfer = Transfer.objects.get()
    assert "Transfer offered to you by" in text(receiver.get("/"))
    assert f"Follow transfer {transfer} With Hackney since" in text(sender.get("/"))
    assert f"transfer {transfer}" not in text(browser_of("islington_administrator").get("/"))
    assert "Enter why the transfer is refused" in text(receiver.post(f"/transfers/{transfer}/refuse/", {}))
    shown = text(receiver.post(f"/transfers/{transfer}/accept/", follow=True))
    assert (
        "The transfer is accepted" in shown
        and "Accepted, Camden to Hackney" in shown
        and "Jo Canary" in shown
    )
    assert receiver.post(f"/transfers/{transfer}/accept/").status_code == 409
    assert "Transferred" in text(sender.get(f"/cases/{case}/"))
    assert str(case) not in text(sender.get("/cases/"))
    assert str(case) in text(sender.get("/cases/?state=transferred"))


# -- At once --


def test_two_people_who_accept_at_once_begin_one_case(committed):
    with committed.scope():
        pk = offered(committed, new_case(committed)).pk
    people = [committed.hackney_administrator, committed.hackney_mappa_chair]
    ready, named = Barrier(2), everywhere()

    def run(by) -> str:
        try:
            ready.wait(30)
            with scope(named.territories, named.areas):
                accept(Transfer.objects.get(pk=pk), by)
            return "done"
        except Conflict as refused:
            return str(refused)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        done, late = sorted(threads.map(run, people), key=len)
    assert done == "done" and "this transfer is accepted" in late
    with committed.scope():
        assert Case.objects.filter(territory__slug="hackney").count() == 1


def test_a_restricted_case_stays_restricted_there(world, case):
    guarding.guard(
        case, Guard.Kind.RESTRICTION, reason="In the papers", by=world.camden_mappa_chair, at=now()
    )
    world.camden_administrator.reasons_given = {case.pk: "check"}
    transfer = offered(world, case)
    with world.acting(world.hackney_administrator):
        new = Case.objects.get(pk=accept(transfer, world.hackney_administrator).pk)
        assert new.is_restricted
        with pytest.raises(AskWhy):
            actions.look(new, by=world.hackney_administrator)


# -- Guarded, merged, recalled --


def test_a_restricted_case_stays_so_whoever_accepts_it(world, case):
    """A co-ordinator of the borough keeps cases, not their records."""
    guarding.guard(case, Guard.Kind.RESTRICTION, reason="x", by=world.camden_mappa_chair, at=now())
    sender = world.camden_administrator
    sender.reasons_given = {case.pk: "risk"}
    unit = world.organisation("hackney-mappa-unit")
    new = accept(offered(world, case), person("hackney_co_ordinator", unit, Seat.CO_ORDINATOR))
    assert new.guards.get().began_by.name == "Hackney Co Ordinator"
    assert Case.objects.get(pk=new.pk).is_restricted


@pytest.mark.parametrize("guarded", ["restricted", "erased"])
def test_what_guards_the_case_here_holds_for_what_it_began_with(world, case, guarded):
    transfer, by = offered(world, case), world.hackney_administrator
    new = accept(transfer, by)
    if guarded == "restricted":
        guarding.guard(new, Guard.Kind.RESTRICTION, reason="x", by=world.hackney_mappa_chair, at=now())
    else:
        Case.objects.filter(pk=new.pk).update(erased_at=now())
    with world.acting(by), pytest.raises(AskWhy if guarded == "restricted" else Conflict):
        transfers.look(transfer, by=by)


def test_the_hand_over_has_what_is_known_under_a_merged_case(world):
    kept, other = new_case(world, level=None, starts_on=None), new_case(world)
    add_address(other, Stay("home", "1 Canary Lane", other.territory), today=TODAY, by=None)
    merging.merge(other, into=kept, reason="x", by=world.camden_administrator)
    given = HandOver.opened(offered(world, kept).hand_over)
    assert (given.level, given.level_since, given.address) == (2, SINCE.isoformat(), "1 Canary Lane")


def test_a_recalled_persons_hand_over_says_so(world, case, browser_of):
    actions.recall(case, on=date(2026, 3, 1), reason="x", today=TODAY, by=world.camden_administrator)
    transfer = offered(world, case)
    shown = text(browser_of("hackney_administrator").get(f"/transfers/{transfer}/"))
    assert "None at present: recalled on 1 March 2026, Level 2 before" in shown
