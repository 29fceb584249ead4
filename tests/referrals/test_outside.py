"""Out-of-area checks: three conditions, a manager, the MAPPA unit, and an answer."""

import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate, now

from audit.models import Draft, Event
from boards.roles import Seat
from mappa_portal.exceptions import Conflict
from outbox.models import Message
from referrals.actions import outside as actions
from referrals.models import OutOfAreaCheck
from referrals.outside.home import tasks
from referrals.outside.rules import allowed
from tests.factories import appoint, left
from tests.referrals.referring import referrer

SAID = {
    "name": "Jo Canary",
    "birth_date": date(1980, 2, 29),
    "place": "West Yorkshire",
    "police_check": "Canary police check",
    "child_at_risk": "Canary child",
    "family_work": "Canary family",
}


def asked(world, **changed) -> OutOfAreaCheck:
    agency, borough = world.organisation("camden-childrens-services"), world.territory("camden")
    values = {"borough": borough, "by": referrer(world), "at": now()} | SAID | changed
    return actions.ask(values.pop("agency", agency), **values)


def endorsed(world) -> OutOfAreaCheck:
    return actions.endorse(asked(world), by=world.camden_csc_spoc, at=now())


def passed_on(world) -> OutOfAreaCheck:
    return actions.pass_on(endorsed(world), reason="To Leeds", by=world.camden_administrator, at=now())


def answered(world) -> OutOfAreaCheck:
    said = {"answer": "managed", "contact": "Leeds MAPPA unit", "reason": ""}
    return actions.answer(passed_on(world), **said, by=world.camden_administrator, at=now())


def events(name: str) -> int:
    return sum(table.objects.filter(name=name).count() for table in (Draft, Event))


@pytest.mark.parametrize(
    "lacks, text",
    [
        ("police_check", "Enter what the police check said"),
        ("child_at_risk", "Enter why a child is thought to be at risk"),
        ("family_work", "Enter your work with a family that the person is in contact with"),
    ],
)
def test_each_condition_is_needed_and_named_beside_its_field(world, browser_of, lacks, text):
    with pytest.raises(ValidationError) as refused:
        asked(world, **{lacks: " "})
    assert refused.value.message_dict == {lacks: [text]}
    referrer(world)
    born = {"birth_date_day": "29", "birth_date_month": "2", "birth_date_year": "1980"}
    sent = {name: value for name, value in SAID.items() if name not in (lacks, "birth_date")} | born
    sent |= {"agency": "camden-childrens-services", "borough": "camden"}
    page = browser_of("camden_csc_referrer").post("/out-of-area/new/", sent)
    assert f'href="#id_{lacks}">{text}' in page.text and "Jo Canary" in page.text
    assert not OutOfAreaCheck.objects.exists()


def test_from_the_question_to_the_answer(world, browser_of):
    worker, manager = referrer(world), world.camden_csc_spoc
    sent = {name: value for name, value in SAID.items() if name != "birth_date"}
    sent |= {"agency": "camden-childrens-services", "borough": "camden"}
    made = browser_of("camden_csc_referrer").post("/out-of-area/new/", sent)
    check = OutOfAreaCheck.objects.get()
    url = f"/out-of-area/{check.reference}/"
    assert made["Location"] == url and check.reference == f"CMD-O-{localdate().year}-001"
    [task] = tasks(manager, localdate())
    assert task.verb == "Endorse" and not list(tasks(worker, localdate()))
    assert browser_of("camden_administrator").get(url).status_code == 404  # not before the manager
    assert browser_of("camden_csc_spoc").post(f"{url}endorse/", {"agreed": "on"}).status_code == 302
    unit = browser_of("camden_administrator")
    assert "Decide on" in [t.verb for t in tasks(world.camden_administrator, localdate())]
    assert "Canary child" in unit.get(url).text and events("out_of_area.viewed") > 0
    assert unit.post(f"{url}decide/", {"decision": "pass_on", "reason": "To Leeds"}).status_code == 302
    missing = unit.post(f"{url}answer/", {"answer": "managed"}).text
    assert "Enter whom to contact there" in missing
    assert unit.post(f"{url}answer/", {"answer": "managed", "contact": "Leeds MAPPA unit"}).status_code == 302
    page = browser_of("camden_csc_referrer").get(url).text
    assert "Managed there" in page and "Leeds MAPPA unit" in page and "To Leeds" in page
    letters = Message.objects.filter(kind="out_of_area")
    assert sorted(letters.values_list("to_email", flat=True)) == [
        "camden_administrator@example.org",
        "camden_csc_referrer@example.org",
        "camden_csc_referrer@example.org",
        "camden_csc_spoc@example.org",
        "left_yesterday@example.org",
    ]
    assert not re.search("Canary|1980", "".join(m.subject + m.text + m.html for m in letters))


def test_a_refusal_names_the_missing_condition_beside_it(world, browser_of):
    check = endorsed(world)
    refusal = {"missing": "child_at_risk", "reason": "No child is named", "at": now()}
    actions.refuse(check, **refusal, by=world.camden_administrator)
    page = browser_of("camden_csc_spoc").get(f"/out-of-area/{check.reference}/").text
    assert re.search(r"child is at risk</dt><dd[^>]*>Canary child <strong[^>]*>Missing", page)
    with pytest.raises(Conflict, match="refused"):
        actions.pass_on(check, reason="After all", by=world.camden_administrator, at=now())


def test_the_manager_is_another_person_of_the_same_agency(world):
    by = world.camden_csc_spoc
    check = asked(world, by=by)
    with pytest.raises(Conflict, match="You asked for this check"):
        actions.endorse(check, by=by, at=now())
    assert "endorse" not in allowed(by, check)
    with pytest.raises(IntegrityError), transaction.atomic():
        OutOfAreaCheck.objects.filter(pk=check.pk).update(endorsed_by=by, endorsed_at=now())
    for who in ("camden_police_spoc", "hackney_csc_spoc", "camden_administrator"):
        with pytest.raises(PermissionDenied):
            actions.endorse(check, by=getattr(world, who), at=now())
    with pytest.raises(PermissionDenied):
        actions.endorse(check, by=referrer(world), at=now())


@pytest.mark.parametrize(
    "who", ["camden_police_spoc", "camden_administrator", "hackney_csc_spoc", "camden_board_chair"]
)
def test_only_childrens_services_of_the_borough_ask(world, who):
    with pytest.raises(PermissionDenied):
        asked(world, by=getattr(world, who))
    with pytest.raises(PermissionDenied):
        asked(world, agency=world.organisation("metropolitan-police"), by=world.camden_police_spoc)


MOMENTS = {  # what is done already: what may still be done
    asked: {"endorse", "withdraw"},
    endorsed: {"decide", "withdraw"},
    passed_on: {"answer"},
    answered: set(),
}


@pytest.mark.parametrize("made, then", MOMENTS.items(), ids=lambda m: getattr(m, "__name__", ""))
def test_each_verb_has_its_moment(world, made, then):
    check, unit = made(world), world.camden_administrator
    verbs = {
        "endorse": lambda: actions.endorse(check, by=world.camden_csc_spoc, at=now()),
        "withdraw": lambda: actions.withdraw(check, by=referrer(world), at=now()),
        "decide": lambda: actions.refuse(check, missing="", reason="No", by=unit, at=now()),
        "answer": lambda: actions.answer(check, answer="none", contact="", reason="", by=unit, at=now()),
    }
    for name, verb in verbs.items():
        with transaction.atomic():
            if name in then:
                verb()
            else:
                with pytest.raises((Conflict, PermissionDenied)):
                    verb()
            transaction.set_rollback(True)


def letters(who: str) -> list[str]:
    return [m.text for m in Message.objects.filter(kind="out_of_area", to_email=f"{who}@example.org")]


def test_a_check_withdrawn_after_the_endorsement_is_told_to_the_unit(world):
    for made, told in ((asked, 0), (endorsed, 1)):
        actions.withdraw(made(world), by=referrer(world), at=now())
        assert sum("was withdrawn" in text for text in letters("camden_administrator")) == told


def test_when_the_social_worker_has_left_the_managers_hear_the_answer(world):
    check = passed_on(world)
    left(check.asked_by)
    said = {"answer": "none", "contact": "", "reason": "x"}
    actions.answer(check, **said, by=world.camden_administrator, at=now())
    news = [["news" in text for text in letters(who)] for who in ("camden_csc_referrer", "camden_csc_spoc")]
    assert [sum(each) for each in news] == [1, 1]  # of passing it on; of the answer


def test_who_reads(world, browser_of):
    url = f"/out-of-area/{answered(world).reference}/"
    expected = {
        **dict.fromkeys(("camden_csc_spoc", "camden_csc_referrer", "camden_administrator"), 200),
        "camden_mappa_chair": 403,  # of the unit, and it is the administrator who screens
        **dict.fromkeys(
            ("camden_police_spoc", "hackney_csc_spoc", "camden_board_chair", "co_ordinator"), 404
        ),
    }
    for who, status in expected.items():
        assert browser_of(who).get(url).status_code == status, who
    listed = browser_of("camden_administrator").get("/out-of-area/").text
    assert "CMD-O-" in listed and "Canary" not in listed
    assert "CMD-O-" not in browser_of("hackney_csc_spoc").get("/out-of-area/").text
    assert browser_of("camden_police_spoc").get("/out-of-area/").status_code == 403
    assert (
        browser_of("camden_csc_spoc").get("/out-of-area/?name=Jo+Canary").text.count("CMD-O-") > 0
    )  # no search by address


def test_a_seat_that_does_not_refer_lists_no_check_of_that_agency(world, browser_of):
    check, by = answered(world), world.hackney_csc_spoc
    appoint(by, check.organisation, Seat.SUBSTITUTE)
    client = browser_of("hackney_csc_spoc")
    assert client.get(f"/out-of-area/{check.reference}/").status_code == 403
    assert check.reference not in client.get("/out-of-area/").text


def test_what_it_says_stands_sealed(world):
    stored = OutOfAreaCheck.objects.filter(pk=asked(world).pk).values().get()
    assert "Canary" not in str(stored) and "1980" not in str(stored)
